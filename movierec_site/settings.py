"""All settings of the site, read from the environment (and from a .env file beside manage.py, if there is one)."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

from health.logs import logging_settings
from movierec_site.env import caches, choice, database, flag, media_storage, number, secret, token

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = flag(env, "DEBUG", default=False)
SECRET_KEY = secret(env, "SECRET_KEY", fallback="for-development-only" if DEBUG else None)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = flag(env, "HTTPS", default=not DEBUG)
DEMO_MODE = flag(env, "DEMO_MODE", default=False)
PORT = number(env, "PORT", default=8000, low=1, high=65535)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
MODELS_DIR = VAR_DIR / "models"
BACKUP_DIR = Path(env.str("BACKUP_DIR", default=str(VAR_DIR / "backups")))
INDEX_DIR = VAR_DIR / "index"
METRICS_TOKEN = token(env, "METRICS_TOKEN")
METRICS_DIR = VAR_DIR / "metrics"

INSTALLED_APPS = [
    "recommender",
    "catalog",
    "health",
    "jobs",  # before django_tasks_db, whose command db_worker it extends
    "movierec_site.admin_site.Config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "axes",
]
MIDDLEWARE = [
    "health.middleware.watch_requests",
    "django.middleware.security.SecurityMiddleware",
    "catalog.headers.careful",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "catalog.language.BrowserLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "catalog.language.account_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "catalog.viewing.ViewAsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "catalog.limits.LimitMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "movierec_site.urls"
WSGI_APPLICATION = "movierec_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

VAR_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": database(env, default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
VECTOR_SEARCH = choice(env, "VECTOR_SEARCH", "memory", "pgvector")  # who finds the nearest films
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "catalog.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# Wrong passwords lock a name for one address only: nobody can lock others out by guessing at their names.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "catalog.limits.locked_out"
AXES_USERNAME_CALLABLE = "catalog.limits.guessed_name"
AXES_CLIENT_IP_CALLABLE = "catalog.network.address_of"
AXES_CLIENT_STR_CALLABLE = "catalog.limits.somebody"
AXES_DISABLE_ACCESS_LOG = True  # who logs in, when and from where is nobody's business
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
LOGIN_URL = "catalog:login"
LOGIN_REDIRECT_URL = "recommender:home"
LOGOUT_REDIRECT_URL = "recommender:home"

LANGUAGE_CODE = "en"
# The languages of the site's texts; a film may carry its title and description in each of them.
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("kk", "Қазақша")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["movierec_site.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SECURE = HTTPS
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

# Background work waits in the database for "manage.py db_worker"; tests and tiny sites do it within the request.
JOBS_AT_ONCE = flag(env, "JOBS_AT_ONCE", default=False)
TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend"
        if JOBS_AT_ONCE
        else "django_tasks_db.DatabaseBackend"
    }
}

# What is expensive, or tempting to repeat: the address's name with its method, how often one visitor and how often one
# network address (a school, a household) may ask within so many seconds. RATE_LIMITS=0 turns all of it off.
_MINUTE, _QUARTER, _HOUR = 60, 900, 3600
RATE_LIMITS: dict[str, tuple[str, int, int, int]] = {
    "recommender:home": ("GET", 120, 1200, _MINUTE),
    "recommender:films": ("GET", 120, 1200, _MINUTE),
    "recommender:recommendations": ("GET", 60, 600, _MINUTE),
    "recommender:taste": ("GET", 60, 600, _MINUTE),
    "recommender:map": ("GET", 120, 1200, _MINUTE),
    "recommender:map_find": ("GET", 180, 1800, _MINUTE),
    "recommender:night": ("GET", 120, 600, _MINUTE),
    "recommender:together": ("POST", 20, 200, _HOUR),
    "recommender:join_night": ("POST", 20, 200, _HOUR),
    "catalog:history_imports": ("POST", 30, 150, _HOUR),
    "catalog:export_json": ("GET", 20, 100, _HOUR),
    "catalog:export_letterboxd": ("GET", 40, 200, _HOUR),
    "catalog:sign_up": ("POST", 30, 90, _HOUR),
    "catalog:reset_password": ("POST", 5, 30, _HOUR),
    "catalog:login": ("POST", 60, 120, _QUARTER),
    "admin:login": ("POST", 60, 120, _QUARTER),
    "catalog:change_password": ("POST", 15, 60, _QUARTER),
    "catalog:delete_account": ("POST", 15, 60, _QUARTER),
}
if not flag(env, "RATE_LIMITS", default=True):
    RATE_LIMITS = {}
CACHES = caches(env)
LIMITS_IN_DATABASE = not env.str("CACHE_URL", default="") and DATABASES["default"]["ENGINE"].endswith("postgresql")

STATIC_URL = "static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
STORAGES = {
    "default": media_storage(env),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# Pictures are our own, too: posters elsewhere are fetched first, so that no other site sees who looks at a film.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # whoever asks for these is on this machine
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
BEHIND_PROXY = flag(env, "BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

globals().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="MovieRec <movierec@localhost>")

LOGGING = logging_settings(
    choice(env, "LOG_FORMAT", "line", "json"),
    choice(env, "LOG_LEVEL", "INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL"),
)
