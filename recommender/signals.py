"""What the recommender tells the other rooms, without knowing them."""

from django.dispatch import Signal

# Films were ranked; `seconds` says how long it took.
recommended = Signal()
