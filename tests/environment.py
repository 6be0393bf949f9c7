"""Sets the environment of the tests before Django reads it, so that nobody's .env or database takes part."""

import os
import tempfile

_folder = tempfile.mkdtemp(prefix="movierec-tests-")
os.environ.update(
    {
        "ALLOWED_HOSTS": "*",
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", f"sqlite:///{_folder}/tests.sqlite3"),
        "DEBUG": "1",  # plain static files without collectstatic; pytest-django turns the debug pages off
        "DEMO_MODE": "0",
        "HTTPS": "0",
        "JOBS_AT_ONCE": "1",
        "RATE_LIMITS": "0",  # all tests have one address; those of the limits set their own
        "SECRET_KEY": "for-tests-only",
        "VAR_DIR": _folder,
    }
)
