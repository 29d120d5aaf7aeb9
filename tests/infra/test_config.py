"""The settings of the CDK app and their validation."""

import pytest

from infra.app import warnings
from infra.config import Config, read_config


def config(**context: object) -> Config:
    return read_config(context.get)


def test_default_is_production() -> None:
    chosen = config()
    assert (chosen.target, chosen.stage, chosen.prefix) == ("aws", "prod", "souk-prod")
    assert chosen.retain
    assert chosen.tls_only
    assert chosen.requests_per_minute == 300
    assert chosen.max_cost == 10_000
    assert chosen.production
    assert chosen.address_limit is None
    assert not chosen.implicit
    assert (chosen.mail_from, chosen.auto_consent) == (None, None)


def test_profiles_are_not_reviewed_by_default() -> None:
    assert (config().profile_review, config().profile_pages) == (False, None)
    chosen = config(profileReview="true", profilePages="https://example.com/people/")
    assert (chosen.profile_review, chosen.profile_pages) == (True, "https://example.com/people/")


def test_new_versions_are_tried_by_a_tenth_of_calls_in_aws() -> None:
    assert (config().canary, config(canary="off").canary, config(target="local").canary) == (True, False, False)


def test_screenshots_are_kept_for_180_days_by_default() -> None:
    assert config().archive_days == 180
    assert config(archiveDays="30").archive_days == 30


def test_deployment_without_alarm_address_is_warned() -> None:
    (warning,) = warnings(config())
    assert "alarmEmail" in warning
    assert warnings(config(alarmEmail="ops@example.com")) == warnings(config(target="local")) == []


def test_paid_switches_are_off_by_default() -> None:
    assert (config().tracing, config().threat_protection) == (False, False)
    chosen = config(tracing="on", threatProtection="on")
    assert (chosen.tracing, chosen.threat_protection) == (True, True)


def test_emulator_retains_nothing_and_allows_http() -> None:
    chosen = config(target="local")
    assert (chosen.stage, chosen.prefix) == ("local", "souk-local")
    assert not chosen.retain
    assert not chosen.tls_only
    assert chosen.address_limit == 300
    assert chosen.implicit
    assert chosen.auto_consent is None


def test_auto_consent_only_in_local_target() -> None:
    assert config(target="local", autoConsent="olivia@acme.test").auto_consent == "olivia@acme.test"
    assert config(autoConsent="").auto_consent is None


@pytest.mark.parametrize("value", ["false", False, "False"])
def test_retain_can_be_turned_off(value: object) -> None:
    assert not config(retain=value).retain


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"target": "gcp"}, "aws or local"),
        ({"stage": "Prod"}, "lower case"),
        ({"stage": "a-b"}, "lower case"),
        ({"stage": "averylongstage"}, "11"),
        ({"retain": "perhaps"}, "true or false"),
        ({"requestsPerMinute": "many"}, "a number"),
        ({"requestsPerMinute": 9}, "10 at least"),
        ({"archiveDays": "13"}, "14"),
        ({"maxCost": 999}, "1000 at least"),
        ({"autoConsent": "olivia@acme.test"}, "target=local"),
        ({"target": "local", "autoConsent": "olivia"}, "e-mail address"),
        ({"mailFrom": "Souk <souk@example.com>"}, "e-mail address"),
        ({"mailFrom": "souk@localhost"}, "e-mail address"),
        ({"implicit": "maybe"}, "true or false"),
        ({"profileReview": "sometimes"}, "true or false"),
        ({"profilePages": "example.com"}, "web address"),
        ({"logLevel": "loud"}, "one of DEBUG"),
        ({"domain": "api.example.com"}, "certificate"),
        ({"target": "local", "canary": "on"}, "target=aws"),
        ({"target": "local", "snapStart": "on"}, "target=aws"),
        ({"certificate": "arn:aws:acm:eu-west-1:1:certificate/1"}, "domain"),
    ],
)
def test_invalid_value_is_explained(context: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        config(**context)


@pytest.mark.parametrize("target", ["aws", "local"])
def test_functions_are_compiled_unless_chosen_otherwise(target: str) -> None:
    assert config(target=target).precompile
    assert not config(target=target, precompile="false").precompile
