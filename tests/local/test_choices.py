"""The settings of a local run and their validation."""

from pathlib import Path

import pytest

from souk.local import choices, emulator
from souk.local.home import Home
from souk.local.run import run
from souk.operations.problem import Problem


@pytest.fixture(autouse=True)
def _nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("SOUK_DEMO", *choices.CONTEXT):
        monkeypatch.delenv(variable, raising=False)


def test_choices_become_cdk_context(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choices.context() == {}
    for variable, value in (("IMPLICIT", "Off"), ("LOG_LEVEL", "debug"), ("REQUESTS_PER_MINUTE", "1000000")):
        monkeypatch.setenv(f"SOUK_{variable}", value)
    assert choices.context() == {"implicit": "off", "logLevel": "DEBUG", "requestsPerMinute": "1000000"}
    brand = {"SOUK_NAME": "Bazaar & Söhne", "SOUK_LANGUAGES": "de,en"}
    for variable, value in brand.items():
        monkeypatch.setenv(variable, value)
    assert choices.context().items() >= {"name": "Bazaar & Söhne", "languages": "de,en"}.items()


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("SOUK_DEMO", "none", "it must be on or off"),
        ("SOUK_AUTO_CONSENT", "olivia", "it must be the e-mail address of a person"),
        ("SOUK_IMPLICIT", "Perhaps", "it must be on or off"),
        ("SOUK_LANGUAGES", "en;de", "it must be languages, separated by commas"),
        ("SOUK_LOG_LEVEL", "Loud", "it must be DEBUG, INFO, WARN or ERROR"),
        ("SOUK_NAME", " Bazaar", "it must be 1 to 60 characters"),
        ("SOUK_PROFILE_REVIEW", "Perhaps", "it must be on or off"),
        ("SOUK_REQUESTS_PER_MINUTE", "many", "it must be a whole number, at least 10"),
        ("SOUK_REQUESTS_PER_MINUTE", "9", "it must be a whole number, at least 10"),
    ],
)
def test_invalid_choice_is_named_with_its_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(Problem, match=f"^{variable}={value} is not valid; {allowed}"):
        choices.context()


def test_demo_data_is_no_part_of_the_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choices.demo()
    monkeypatch.setenv("SOUK_DEMO", "OFF")
    assert not choices.demo()
    assert choices.context() == {}


def test_all_invalid_choices_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUK_IMPLICIT", "1")
    monkeypatch.setenv("SOUK_LOG_LEVEL", "2")
    with pytest.raises(Problem, match=r"SOUK_IMPLICIT=1.*\n.*SOUK_LOG_LEVEL=2"):
        choices.context()


def test_hosts_are_names_in_lower_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOUK_HOSTS", raising=False)
    assert choices.hosts() == frozenset()
    monkeypatch.setenv("SOUK_HOSTS", " Souk.internal, abc.tunnel.example,,api ")
    assert choices.hosts() == {"souk.internal", "abc.tunnel.example", "api"}


@pytest.mark.parametrize("name", ["*", "*.tunnel.example", "https://a.example", "a.example:80", "a b", "a/b", "."])
def test_invalid_host_stops_run_before_any_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv("SOUK_HOSTS", f"api,{name}")
    with pytest.raises(Problem, match=r"SOUK_HOSTS: .* is not valid; it must be host names"):
        run(Home(tmp_path / "home"), 8000, print)
    assert not (tmp_path / "home").exists()


def test_invalid_choice_stops_run_before_any_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOUK_IMPLICIT", "1")
    monkeypatch.setattr(emulator, "cloud", None)
    with pytest.raises(Problem, match="SOUK_IMPLICIT=1"):
        run(Home(tmp_path / "home"), 8000, print)
    assert not (tmp_path / "home").exists()
