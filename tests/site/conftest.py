"""What every test of the pages starts from."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """No test sees the genres or profiles that another one's pages remembered."""
    cache.clear()
    yield
    cache.clear()
