"""Every link of every page, as visitors, members, owners and operators, over the records of the authority tests."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from souk.console.routes import ROUTES
from souk.domains.identity.commands import terms
from souk.domains.identity.store import USERS, reserve_operators_organization
from souk.web.sections import SECTIONS
from tests.accounts.browser import BASE, Browser, Page
from tests.authority.conftest import world  # noqa: F401 - a fixture
from tests.authority.fixtures import LIAM, ODA, OLIVIA, OPERATIONS
from tests.authority.world import World
from tests.console.pages import PUBLIC, addresses, is_for_operators
from tests.console.world import MOST_TRIPS, Pages, serve_pages
from tests.support.clock import CLOCK

MENU = frozenset(entry.path for section in SECTIONS for _, entries in section.groups for entry in entries)
MOST_BYTES = 60_000


@pytest.fixture(scope="module")
def pages(world: World, files: Path) -> Pages:  # noqa: F811
    """Return the pages over the records of the authority tests."""
    table = world.table
    for person in (ODA, OLIVIA, LIAM):
        terms.accept(table, person, "2026-1", CLOCK.market())
    tx = table.transaction()
    reserve_operators_organization(tx, OPERATIONS)
    tx.commit()
    return serve_pages(table, files)


def links_of(page: Page) -> Iterator[str]:
    """Yield the addresses within the site that a page links to."""
    for tag, attributes in page.tags:
        if tag == "a" and (address := attributes.get("href", "")).startswith(BASE):
            yield address.removeprefix(BASE)


def walk(browser: Browser) -> dict[str, Page]:
    """Return the pages that a person reaches from the addresses of all pages, by their addresses.

    Of a kind of page, such as that of people, three are enough.
    """
    waiting, found, kinds = addresses(), dict[str, Page](), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        kind = f"{kind_of(parts.path)}?{sorted(one.partition('=')[0] for one in parts.query.split('&'))}"
        if address in found or kinds.get(kind, 0) >= (30 if "{" not in kind else 3):
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        page = found[address] = browser.get(address)
        waiting += [one for one in dict.fromkeys(links_of(page)) if one not in found]
    return found


def kind_of(path: str) -> str:
    """Return the declared path of an address; the address itself if there is none."""
    for route in ROUTES:
        own, asked = route.path.split("/"), path.split("/")
        if len(own) == len(asked) and all(one == other or "{" in one for one, other in zip(own, asked, strict=True)):
            return route.path
    return path


def test_operator_reaches_every_page(pages: Pages) -> None:
    browser = pages.browser(ODA)
    assert browser.get("/operator", follow=False).status == 200
    declared = {route.path for route in ROUTES}
    reached = walk(browser)
    for address, page in reached.items():
        path = urlsplit(address).path
        if is_for_operators(path) and kind_of(path) in declared:
            assert page.status == 200, f"{address}: {page.text}"
            assert len(page.body) <= MOST_BYTES, address
        elif kind_of(path) in declared:
            assert page.status < 500, f"{address}: {page.text}"  # some need parameters
        else:  # another part's page that is not built yet
            assert path in MENU or path.startswith(("/account", "/developer/", "/docs/", *PUBLIC[1:])), address
    seen = {kind_of(urlsplit(address).path) for address in reached}
    missing = {one for one in declared if is_for_operators(one)} - seen
    assert missing <= {"/operator/money/bookings/{id}/reverse", "/operator/money/payments/{id}"}, missing


def test_page_has_no_inline_style_and_costs_little(pages: Pages) -> None:
    browser = pages.browser(ODA)
    dear = {}
    for address in addresses():
        if not is_for_operators(address):
            continue
        browser.get(address)
        before = pages.reader.trips
        page = browser.get(address)
        if (trips := pages.reader.trips - before) > MOST_TRIPS:
            dear[address] = trips
        assert not [tag for tag, given in page.tags if tag in ("script", "style") or "style" in given], address
    assert dear == {}


@pytest.mark.parametrize("person", [OLIVIA, LIAM])
def test_others_find_no_page_of_operators(pages: Pages, person: str) -> None:
    assert pages.table.get(USERS, person)
    for address, page in walk(pages.browser(person)).items():
        assert page.status < 500, address
        assert (page.status == 404) or not is_for_operators(urlsplit(address).path), address


def test_visitor_is_sent_to_log_in(pages: Pages) -> None:
    for address in addresses():
        page = pages.browser().get(address, follow=False)
        assert page.status == (200 if address in PUBLIC else 303), address
        if address not in PUBLIC:
            assert "/account/login" in page.location or address == "/developer", address
