"""Typed readers of environment variables that refuse nonsense instead of guessing."""

import json
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from recommender.operations.address import read_address

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_SHORTEST_TOKEN = 16


def flag(env: environ.Env, name: str, *, default: bool) -> bool:
    """Read a yes/no variable; an unknown word is an error, since a misread DEBUG is an outage."""
    raw = str(env.str(name, default="")).strip().lower()
    if not raw:
        return default
    if raw not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name} must be 1 or 0 (or true/false, yes/no, on/off), not {raw!r}.")
    return raw in _TRUE


def number(env: environ.Env, name: str, *, default: int, low: int, high: int) -> int:
    """Read a whole number between low and high."""
    raw = str(env.str(name, default="")).strip()
    if not raw:
        return default
    if not raw.isascii() or not raw.isdigit() or not low <= int(raw) <= high:
        raise ImproperlyConfigured(f"{name} must be a whole number from {low} to {high}, not {raw!r}.")
    return int(raw)


def secret(env: environ.Env, name: str, *, fallback: str | None) -> str:
    """Read a secret; without a fallback (that is, outside debug) it has to be given."""
    value = str(env.str(name, default="")) or fallback
    if not value:
        raise ImproperlyConfigured(
            f"{name} is required when DEBUG is off. Set it to a long random text, "
            'for example from: python -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    return value


def choice(env: environ.Env, name: str, default: str, *others: str) -> str:
    """Read one of a few words, in capitals or not."""
    raw = str(env.str(name, default="")).strip() or default
    known = {word.lower(): word for word in (default, *others)}
    if raw.lower() not in known:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join((default, *others))}, not {raw!r}.")
    return known[raw.lower()]


def token(env: environ.Env, name: str) -> str:
    """Read a password for programs; empty means that there is none, and a short one is refused."""
    raw = str(env.str(name, default="")).strip()
    if raw and (len(raw) < _SHORTEST_TOKEN or not raw.isascii()):
        raise ImproperlyConfigured(
            f"{name} must have at least {_SHORTEST_TOKEN} letters and digits, "
            'for example from: python -c "import secrets; print(secrets.token_urlsafe(24))"'
        )
    return raw


def caches(env: environ.Env) -> dict[str, dict[str, Any]]:
    """Read CACHE_URL: what pages remember, and what limits count. Without it each process has its own memory."""
    if not str(env.str("CACHE_URL", default="")):
        memory = "django.core.cache.backends.locmem.LocMemCache"
        limits = {"BACKEND": memory, "LOCATION": "limits", "OPTIONS": {"MAX_ENTRIES": 100_000}}
        return {"default": {"BACKEND": memory}, "limits": limits}
    try:
        shared: dict[str, Any] = env.cache_url("CACHE_URL")
    except (ValueError, KeyError, ImproperlyConfigured):
        raise ImproperlyConfigured(
            "CACHE_URL must name a cache. Examples: rediscache://127.0.0.1:6379/1, memcache://127.0.0.1:11211"
        ) from None
    return {"default": shared, "limits": {**shared, "KEY_PREFIX": "limits"}}


def media_storage(env: environ.Env) -> dict[str, Any]:
    """Read MEDIA_STORAGE, who keeps uploaded pictures, and MEDIA_STORAGE_OPTIONS; by default it is a folder."""
    backend = str(env.str("MEDIA_STORAGE", default="")) or "django.core.files.storage.FileSystemStorage"
    try:
        import_string(backend)
    except ImportError as problem:
        raise ImproperlyConfigured(
            f"MEDIA_STORAGE names {backend}, which cannot be imported ({problem}). "
            "For S3: .venv/bin/pip install django-storages[s3], and MEDIA_STORAGE=storages.backends.s3.S3Storage"
        ) from problem
    try:
        options = json.loads(str(env.str("MEDIA_STORAGE_OPTIONS", default="")) or "{}")
    except ValueError:
        options = None
    if not isinstance(options, dict):
        raise ImproperlyConfigured('MEDIA_STORAGE_OPTIONS must be JSON like {"bucket_name": "films"}.')
    return {"BACKEND": backend, "OPTIONS": options}


def database(env: environ.Env, *, default: str) -> dict[str, Any]:
    """Read DATABASE_URL."""
    return read_address(str(env.str("DATABASE_URL", default=default)))
