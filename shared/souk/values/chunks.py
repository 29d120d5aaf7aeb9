"""Splitting what is too much for one request."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of this size; the last one may be shorter. Python 3.12 has it as `itertools.batched`."""
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk
