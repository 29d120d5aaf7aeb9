"""The brand that a deployment sets: its options, and the files that its functions bring along."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import brand
from infra.config import Config, read_config
from souk.domains.marketplace import deployment
from souk.domains.marketplace.deployment import defaults, deployment_logo
from souk.domains.reference.ontology import current
from souk.runtime.settings import marketplace_settings

_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x40\x00\x00\x00\x20"


def config(**context: object) -> Config:
    return read_config(context.get)


@pytest.fixture(autouse=True)
def _caches() -> Iterator[None]:
    caches = (marketplace_settings, deployment_logo, deployment._logo_version)  # noqa: SLF001
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def test_options_become_what_functions_start_with(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"name": "Bazaar & Söhne", "accent": "#0044CC", "support": "help@bazaar.test", "keyReview": "on"}
    chosen = config(
        **options, languages="de,en", currencies="EUR USD", poweredBy="off", docs="https://bazaar.test/docs"
    )
    for name, value in brand.environment(chosen).items():
        monkeypatch.setenv(name, value)
    holds = defaults()
    assert (holds.name, holds.accent_color, holds.api_key_review) == ("Bazaar & Söhne", "#0044cc", True)
    assert (holds.support_email, holds.support_url, holds.docs_url) == (
        "help@bazaar.test",
        None,
        "https://bazaar.test/docs",
    )
    assert (holds.languages, holds.currencies, holds.powered_by) == (("de", "en"), ("EUR", "USD"), False)
    assert brand.files(chosen) == {}


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"name": "x" * 61}, "name"),
        ({"accent": "blue"}, "accent"),
        ({"support": "javascript:alert(1)"}, "support"),
        ({"languages": "tlh"}, "languages"),
        ({"currencies": "USD,USD"}, "currencies"),
        ({"currencies": "XXX"}, "currencies"),
        ({"home": "http://bazaar.test"}, "home"),
        ({"logo": "missing.svg"}, "logo"),
        ({"mailTemplates": "missing"}, "mailTemplates"),
        ({"ontology": "missing"}, "ontology"),
    ],
)
def test_invalid_option_is_named(context: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=f"context {message}"):
        config(**context)


def test_logo_and_mails_are_brought_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logo, mail = tmp_path / "stall.png", tmp_path / "mails" / "en" / "confirm.txt"
    logo.write_bytes(_PNG)
    mail.parent.mkdir(parents=True)
    mail.write_text("Welcome\n\n{{ code }}\n")
    files = brand.files(config(logo=logo, mailTemplates=tmp_path / "mails"))
    assert files == {"brand/logo.png": logo, "brand/mail/en/confirm.txt": mail}
    for name, path in files.items():
        (tmp_path / "task" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "task" / name).write_bytes(path.read_bytes())
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path / "task"))
    shown = deployment_logo()
    assert shown is not None
    assert shown.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 32"')
    assert defaults().logo_version


def test_categories_are_checked_and_brought_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "ontology"
    folder.mkdir()
    (folder / "1-trades.csv").write_text("id,kind,label,parent_id\n10,category,Trades,\n11,subcategory,Plumbing,10\n")
    (folder / "2-leaks.jsonl").write_text('{"id": "12", "kind": "occupation", "label": "Leaks", "parent_id": "11"}\n')
    ((name, path),) = brand.files(config(ontology=folder)).items()
    (tmp_path / "brand").mkdir()
    (tmp_path / name).write_bytes(path.read_bytes())
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    current.of_deployment.cache_clear()
    leaks = current.with_entries().occupations["12"]
    current.of_deployment.cache_clear()
    assert (leaks.preferred_label, leaks.category.preferred_label) == ("Leaks", "Trades")
    (folder / "3-more.csv").write_text("id,kind,label,parent_id\n13,occupation,Nowhere,99\n")
    with pytest.raises(ValueError, match=r"3-more.csv, row 1: parent_id: there is no subcategory '99'"):
        config(ontology=folder)


def test_operators_see_what_the_deployment_chose_without_secrets() -> None:
    chosen = config(stripeSecret="souk/stripe", mailFrom="souk@bazaar.test")
    shown = {name: (value, source) for name, value, source in chosen.deployment}
    assert shown["stripeSecret"] == ("set", "deployment")
    assert shown["mailFrom"] == ("souk@bazaar.test", "deployment")
    assert shown["archiveDays"] == ("180", "default")
    variable = brand.deployment_provision(chosen).environment["SOUK_DEPLOYMENT"]
    assert len(variable) < 1_500, "the variables of a function have 4 KB"
    assert json.loads(variable)[0] == ["stage", "prod", "default"]
