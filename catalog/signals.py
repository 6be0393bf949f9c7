"""What the catalogue tells whoever listens; it does not know who does."""

from django.dispatch import Signal

# Sent after films were saved together with their genres, people and texts. Argument: movie_ids, a list of ints.
movies_changed = Signal()

# Sent in the transaction of a merge, once all rows point at the film that stays. Arguments: stays (int), goes (ints).
films_merged = Signal()
