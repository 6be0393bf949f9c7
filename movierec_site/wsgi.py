"""The door for WSGI servers."""

import os

from django.core.wsgi import get_wsgi_application

# Workers are what shares the cores; threads of the linear algebra beneath them would only get into each other's way.
# NumPy reads this when it is loaded, which happens below.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "movierec_site.settings")
application = get_wsgi_application()
