"""The benchmark has the variables that a function needs; `make test` does not run it."""

from dataclasses import fields

from souk.runtime.settings import Settings
from tests.bench import caller


def test_bench_sets_every_variable() -> None:
    assert {f"SOUK_{field.name.upper()}" for field in fields(Settings)} <= caller.environment().keys()
