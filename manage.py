#!/usr/bin/env python
"""Django's command line for this site."""

import gc
import os
import sys


def main() -> None:
    """Run one administrative task."""
    # Commands make rows by the thousand and let go of them again. Looking for cycles every 700 of them, as Python does
    # by itself, took a fifth of an import's time.
    gc.set_threshold(50_000, 20, 100)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "movierec_site.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import Error as DatabaseError
    except ImportError as missing:
        raise SystemExit(
            "Django is not installed here. Run bin/demo or bin/test once: they set everything up."
        ) from missing
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        raise SystemExit(f"The settings are not right: {problem}") from problem
    except (DatabaseError, OSError) as problem:
        from recommender.operations.diagnosis import explained

        if (words := explained(problem)) is None:
            raise
        raise SystemExit(words) from problem


if __name__ == "__main__":
    main()
