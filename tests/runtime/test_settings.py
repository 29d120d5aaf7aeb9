"""Reading settings from the environment."""

import pytest

from souk.runtime.settings import auth_settings, settings
from tests.support.environment import deployed


def test_variables_are_named_after_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    with deployed(monkeypatch, search_bucket="the-index", writes="JOB# FILE#", address_limit="300"):
        own = settings()
    assert (own.search_bucket, own.writes, own.address_limit) == ("the-index", ("JOB#", "FILE#"), 300)


def test_missing_variable_is_named_in_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with deployed(monkeypatch):
        monkeypatch.delenv("SOUK_SEARCH_BUCKET")
        with pytest.raises(RuntimeError, match="SOUK_SEARCH_BUCKET is not set"):
            settings()


def test_invalid_value_is_named_in_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with deployed(monkeypatch, address_limit="many"), pytest.raises(RuntimeError, match=r"SOUK_ADDRESS_LIMIT .*'many'"):
        settings()


def test_auto_consent_is_refused_in_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER_POOL", "USER_POOL_CLIENT", "TOKEN_SECRET", "MAIL_FROM"):
        monkeypatch.setenv(f"SOUK_{name}", "")
    monkeypatch.setenv("SOUK_IMPLICIT", "off")
    monkeypatch.setenv("SOUK_AUTO_CONSENT", "olivia@acme.test")
    auth_settings.cache_clear()
    with deployed(monkeypatch, target="aws"), pytest.raises(RuntimeError, match="local runs only"):
        auth_settings()
