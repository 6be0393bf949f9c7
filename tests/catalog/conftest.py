"""What every test of the catalogue starts from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.catalog.desk import make_editor
from tests.catalog.web import Web, serving


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """No test relies on what another one's search has caught up with."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def curator(client: Client) -> Client:
    """The browser of somebody who keeps the catalogue."""
    client.force_login(make_editor())
    return client


@pytest.fixture
def own_uploads(settings: Any, tmp_path: Path) -> None:
    """What a test uploads lies in its own folder."""
    settings.VAR_DIR = tmp_path / "var"


@pytest.fixture
def web() -> Iterator[Web]:
    """A web of our own that posters are fetched from."""
    with serving() as web:
        yield web
