"""The languages of pages: catalogs are complete, and the account or the browser chooses."""

import re

import pytest

from souk.web.translations import Text, best_language, catalogs, shown, translations
from tests.web.catalogs import languages, obsolete, texts, untranslated

_UPDATE = "run `.venv/bin/python -m tests.web.catalogs`, and translate what it lists"


@pytest.mark.parametrize("language", languages())
def test_catalog_has_every_text_of_pages(language: str) -> None:
    assert untranslated(language) == [], _UPDATE
    assert obsolete(language) == [], _UPDATE


def test_texts_of_templates_and_modules_are_found() -> None:
    found = texts()
    assert "web/templates/base.html" in found.values()
    assert "accounts/forms.py" in found.values()
    assert {"Log in", "Enter your %(label)s.", "New to %(name)s?"} <= found.keys()
    assert not [text for text in found if "Souk" in text]


@pytest.mark.parametrize("language", languages())
def test_translations_have_the_placeholders_of_their_text(language: str) -> None:
    for text in texts():
        translated = translations(language).gettext(text)
        assert set(re.findall(r"%\(\w+\)s", translated)) == set(re.findall(r"%\(\w+\)s", text)), text


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,fr;q=0.9", "de"),
        ("fr, de;q=0.5, en;q=0.7", "en"),
        ("de;q=0", "en"),
        ("DE-de", "de"),
        ("*", "en"),
        ("de;q=x, ;q=1, -", "en"),
        ("pt-BR", "pt-BR"),
        ("pt", "en"),
        ("x" * 10_000, "en"),
    ],
)
def test_browser_chooses_among_the_languages_of_the_marketplace(header: str, chosen: str) -> None:
    assert best_language(header, ("en", "de", "pt-BR")) == chosen


def test_text_is_english_as_a_string_and_translated_when_shown() -> None:
    text = Text("Enter your %(label)s.", label=Text("first name"))
    assert text == "Enter your first name."
    assert shown(translations("de"), text) == "Bitte ausfüllen: Vorname."
    assert shown(translations("de"), "A text without translation") == "A text without translation"
    assert shown(translations("tlh"), text) == text
    assert {"en", "de"} <= catalogs()
