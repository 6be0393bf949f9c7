"""The group of curators with exactly the rights it needs; every `migrate` sees to it, on a fresh database, too.

The group is the site's own: a right added to it by hand is taken back, so whoever needs more gets a group beside it.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db import router
from django.db.models.signals import post_migrate

CURATORS = "Curators"

_ALL = ("view", "add", "change", "delete")
# What curators do, as {app: {model: rights}}. Accounts, likes and marks are none of their business.
RIGHTS: dict[str, dict[str, tuple[str, ...]]] = {
    "catalog": {
        "movie": _ALL,
        "filmtext": _ALL,
        "credit": _ALL,
        "person": _ALL,
        "genre": _ALL,
        "country": _ALL,
        "catalogueimport": ("view", "add", "change"),
    },
    "admin": {"logentry": ("view",)},
}


def see_to_curators(sender: AppConfig, using: str, apps: Any = apps, **_rest: Any) -> None:
    """Make the group where it is missing, and give it the rights of one app."""
    rights = {f"{right}_{model}" for model, several in RIGHTS.get(sender.label, {}).items() for right in several}
    if not rights or not router.allow_migrate(using, "auth", model_name="Group"):
        return
    from django.contrib.auth.management import create_permissions

    try:
        group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return  # migrated back to where there are no groups yet
    create_permissions(sender, verbosity=0, using=using, apps=apps)  # Django's own receiver may come after this one
    group = group_model.objects.using(using).get_or_create(name=CURATORS)[0]
    of_app = permission_model.objects.using(using).filter(content_type__app_label=sender.label)
    group.permissions.remove(*of_app.exclude(codename__in=rights).filter(group=group))
    group.permissions.add(*of_app.filter(codename__in=rights))


post_migrate.connect(see_to_curators, dispatch_uid="catalog.roles")
