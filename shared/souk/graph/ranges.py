"""Ranges of numbers in filters."""

from math import isfinite
from typing import Self

from pydantic import model_validator

from souk.storage import Input


class ValueRange(Input):
    """The contract's IntRange or FloatRange. Both ends are inclusive and optional."""

    range_start: float | None = None
    range_end: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has no ends."""
        return self.range_start is None and self.range_end is None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        start, end = self.range_start, self.range_end
        if not all(isfinite(bound) for bound in (start, end) if bound is not None):
            raise ValueError("rangeStart and rangeEnd must be finite numbers")
        if start is not None and end is not None and start > end:
            raise ValueError("rangeStart must not be above rangeEnd")
        return self
