"""How gunicorn runs the site: gunicorn --config deploy/gunicorn.conf.py movierec_site.wsgi"""

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = 4
timeout = 60
graceful_timeout = 30
max_requests = 20_000  # a worker is replaced now and then, so that nothing grows for ever
max_requests_jitter = 2_000
control_socket_disable = True  # it would lie in the home folder, and whoever reaches it can stop the server
accesslog = None  # the site writes its own lines, without addresses of people
errorlog = "-"


def on_starting(server: Any) -> None:
    """Forget the metrics of the processes before; a counter that starts at zero is usual for Prometheus."""
    try:
        from movierec_site import settings
    except ImproperlyConfigured as problem:
        raise SystemExit(f"The settings are not right: {problem}") from problem
    for file in settings.METRICS_DIR.glob("*.db"):
        file.unlink()
