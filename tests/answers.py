"""Reads answers to their end."""

from typing import Any


def drain(answer: Any) -> None:
    """Read the rest, which closes its file, too; its own close() would end the test's connection on PostgreSQL."""
    if answer.streaming:
        for _piece in answer.streaming_content:
            pass
