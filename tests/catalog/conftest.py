"""What every test of the catalogue starts from."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """No test relies on what another one's search has caught up with."""
    cache.clear()
    yield
    cache.clear()
