"""The environment of a deployed function, for tests of what reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

import pytest

from souk.settings import Settings, settings


@contextmanager
def deployed(patch: pytest.MonkeyPatch, **settled: str) -> Iterator[None]:
    """Set every variable that `souk.settings` reads; `settled` are those that matter, by their fields' names."""
    given = {one.name: "test" for one in fields(Settings)} | {"address_limit": ""} | settled
    for name, value in given.items():
        patch.setenv(f"SOUK_{name.upper()}", value)
    settings.cache_clear()
    yield
    settings.cache_clear()
