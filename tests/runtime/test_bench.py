"""The benchmark has the variables that a function needs; `make test` does not run it."""

from souk.runtime.settings import Settings
from tests.bench import caller


def test_bench_sets_every_variable() -> None:
    assert {f"SOUK_{name.upper()}" for name in Settings._fields} <= caller.environment().keys()
