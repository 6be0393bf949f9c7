"""The door for WSGI servers."""

import logging
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

# Workers are what shares the cores; threads of the linear algebra beneath them would only get into each other's way.
# NumPy reads this when it is loaded, which happens below.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# A page waits half a minute for PostgreSQL, not for ever; commands may take their time.
os.environ.setdefault("PGOPTIONS", "-c statement_timeout=30s")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "movierec_site.settings")
_CANNOT_START = 3  # gunicorn then ends instead of trying again for ever

try:
    application = get_wsgi_application()
except ImproperlyConfigured as problem:
    sys.stderr.write(f"The settings are not right: {problem}\n")
    raise SystemExit(_CANNOT_START) from problem

from recommender.operations.diagnosis import at_start  # noqa: E402  (it needs the settings)

for words in at_start():  # visitors get 503 until it is mended, and the site goes on by itself
    logging.getLogger(__name__).error("%s", words)
