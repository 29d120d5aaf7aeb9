"""No test depends on how fast the machine is."""

from typing import Any

import pytest
from hypothesis import HealthCheck


def test_property_tests_have_no_time_limit(request: pytest.FixtureRequest) -> None:
    """Of all tests that this run has collected."""
    functions: set[Any] = {getattr(item, "function", None) for item in request.session.items}
    chosen = {one: one._hypothesis_internal_use_settings for one in functions if hasattr(one, "hypothesis")}  # noqa: SLF001
    limited = {
        f"{one.__module__}.{one.__name__}"
        for one, settings in chosen.items()
        if settings.deadline or HealthCheck.too_slow not in settings.suppress_health_check
    }
    assert not limited, "Leave `deadline` to tests/conftest.py, and add HealthCheck.too_slow to suppress_health_check."
