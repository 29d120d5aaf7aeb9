"""Once operators have set a name, people see the name Souk nowhere: not on a page, and not in a mail."""

import re

from souk.domains.mails.rules.catalog import CATALOG
from souk.domains.mails.store import written
from souk.domains.marketplace.model import Settings
from souk.domains.marketplace.store import SETTINGS
from tests.accounts.browser import Browser
from tests.console.pages import addresses, is_for_operators
from tests.console.world import Pages
from tests.domains.identity.people import OLIVIA

SOUK = re.compile(r"\bSouk\b")
NO_PAGES = ("/schema", "/favicon", "/robots", "/healthz", "/docs", "/account/members/remove")
"""Files, the documentation of the software, and a page that needs a member."""


def set_name(pages: Pages) -> None:
    tx = pages.table.transaction()
    tx.create(SETTINGS, Settings(name="Bazaar", powered_by=False))
    tx.commit()


def page_of(browser: Browser, path: str) -> str:
    page = browser.get(path)
    assert page.status == 200, path
    return page.body


def test_pages_have_the_name_of_the_marketplace(pages: Pages) -> None:
    set_name(pages)
    visitor, member = Browser(pages), pages.browser(OLIVIA)
    shown = [path for path in addresses() if not is_for_operators(path) and not path.startswith(NO_PAGES)]
    found = {(path, one) for path in shown for one in SOUK.findall(page_of(member, path))}
    found |= {(path, one) for path in ("/", "/developer/schema") for one in SOUK.findall(page_of(visitor, path))}
    assert len(shown) > 15
    assert found == set()


def test_mails_have_the_name_of_the_marketplace(pages: Pages) -> None:
    set_name(pages)
    for template, info in CATALOG.items():
        mail = written(pages.table, template, None, **info.examples)
        assert not SOUK.search(f"{mail.subject}\n{mail.text}"), template
