"""Pages in the language of the account, or of the browser."""

from html.parser import HTMLParser

import pytest

from souk.authentication.scopes import Scope
from souk.console.developer.examples import examples
from souk.domains.identity.store import USERS
from souk.domains.marketplace.model import Settings
from souk.domains.marketplace.store import SETTINGS
from souk.events.catalog import catalog
from souk.web.translations import ENGLISH
from tests.accounts.browser import Browser, Page
from tests.console.pages import MEMBER
from tests.console.world import Pages
from tests.domains.identity.people import OLIVIA
from tests.domains.operator.conftest import ADA

PORTAL = ("keys/new", "webhooks", "webhooks/new", "requests", "explorer")
TRANSLATED = ("/", "/account/nothing", *MEMBER, *(f"/developer/{name}" for name in PORTAL))
"""The pages whose texts are all in the catalogs."""
SAME = {
    *("Acme", "Anvils and more.", "O", "OO", "Olivia O.", "Olivia Ortega", "Olivia@Example.test", "Operations", "Web"),
    *("olivia", "Souk", "Powered by Souk", "Unknown browser", "API explorer", "E-Mail", "Gigs", "Name", "Person"),
    *("Region", "Schema", "Schema (SDL)", "Teams", "Webhooks", "Website"),
}
"""Texts that are equal in English and German."""
OF_THE_API = {
    *(scope.value for scope in Scope),
    *(one.title for one in examples()),
    *(entity.name for entity in catalog().values()),
}
"""Names of the API, which are in English everywhere."""


class _Texts(HTMLParser):
    """Collects what a person reads, besides the options of lists and examples of code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("option", "pre", "code"):
            self._inside.append(tag)
        self.found |= {value for name, value in attrs if name in ("aria-label", "data-label", "alt") and value}

    def handle_endtag(self, tag: str) -> None:
        if self._inside[-1:] == [tag]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split()).removesuffix(" · Souk")
        if not self._inside and any(one.isalpha() for one in text):
            self.found.add(text)


@pytest.fixture
def bilingual(pages: Pages) -> Pages:
    """Return the pages of a marketplace in English and German."""
    tx = pages.table.transaction()
    tx.create(SETTINGS, Settings(languages=("en", "de")))
    tx.commit()
    return pages


def speak(pages: Pages, language: str, user_id: str = OLIVIA) -> None:
    """Have somebody choose a language."""
    user = pages.table.get(USERS, user_id)
    assert user
    tx = pages.table.transaction()
    tx.update(USERS, user.model_copy(update={"language": language}))
    tx.commit()


def language_of(page: Page) -> str:
    return next(given["lang"] for tag, given in page.tags if tag == "html")


def test_pages_have_no_english_texts_in_german(bilingual: Pages) -> None:
    browser, visitor = bilingual.browser(OLIVIA), bilingual.browser()
    shown: dict[str, list[set[str]]] = {}
    for language in ("en", "de"):
        speak(bilingual, language)
        visitor.headers["Accept-Language"] = language
        for path in TRANSLATED:
            page = (visitor if path == "/" else browser).get(path)
            assert language_of(page) == language, path
            shown.setdefault(path, []).append(_Texts(page.body).found)
    left = {path: (english & german) - SAME - OF_THE_API for path, (english, german) in shown.items()}
    assert not {path: texts for path, texts in left.items() if texts}


def test_language_of_account_and_browser(bilingual: Pages, operator: Browser) -> None:
    for user_id in (OLIVIA, ADA):
        speak(bilingual, "de", user_id)
    browser = bilingual.browser(OLIVIA)
    assert language_of(operator.get("/operator")) == ENGLISH, "not translated"
    assert language_of(browser.get("/operator")) == "de", "for others there is no such page"
    page = browser.get("/account/profile")
    saved = browser.submit(page, having="first_name", city="Berlin", country="DE")
    assert "Ihr Profil wurde gespeichert" in saved.text
    english = browser.submit(saved, having="first_name", language="en")
    assert "Your profile was saved" in english.text
    visitor: Browser = bilingual.browser()
    visitor.headers["Accept-Language"] = "de-AT, en;q=0.5"
    front = visitor.get("/")
    assert "Von Hand oder per Programm" in front.text
    assert front.headers["Vary"] == ["Accept-Language, Cookie"], "a cache keeps a copy for each"
