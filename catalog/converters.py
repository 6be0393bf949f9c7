"""Parts of addresses that name rows and marks; anything else is a page that does not exist."""

from django.urls.converters import IntConverter, StringConverter

from catalog.models import Mark


class RowId(IntConverter):
    """A number of a film, a person or a genre, no longer than a database can hold."""

    regex = "[0-9]{1,18}"


class MarkKind(StringConverter):
    """What a film can be marked as."""

    regex = "|".join(Mark.Kind.values)
