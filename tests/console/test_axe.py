"""What axe finds on the pages, in a browser: on a wide screen in light, and on a telephone in dark.

Pages are put one after the other into a document with the style sheets and axe, which is faster than loading each.
"""

from collections.abc import Iterator
from importlib import resources
from typing import Final

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route, sync_playwright

from souk.console.developer.explorer import EXPLORER
from tests.accounts.browser import BASE, Browser, Page
from tests.accounts.chromium import find_chromium
from tests.authority.conftest import world  # noqa: F401 - a fixture
from tests.authority.fixtures import ODA
from tests.console.pages import addresses
from tests.console.test_walk import pages  # noqa: F401 - a fixture
from tests.console.world import Pages

SCREENS: Final = ((1280, "light", None), (390, "dark", ["color-contrast", "target-size"]))
"""Width, colours, and the rules that are asked: all, or those that the second screen can answer otherwise."""
SHOW: Final = """(html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  document.body.replaceWith(page.body);
}"""
RUN: Final = """async (rules) => {
  const found = await axe.run({exclude: [".graphiql-container"]},
    {resultTypes: ["violations"], ...(rules ? {runOnly: rules} : {})});
  const root = document.documentElement;
  return [...found.violations.map(one => `${one.id}: ${one.nodes.map(node => node.html).slice(0, 2).join(" ")}`),
    ...(root.scrollWidth > root.clientWidth ? ["scrolls sideways"] : [])];
}"""


@pytest.fixture
def browser(pages: Pages) -> Browser:  # noqa: F811
    """Return the browser of an operator."""
    return pages.browser(ODA)


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """Return a tab of Chromium that the browser's pages are served to."""
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")

    def answer(route: Route) -> None:
        if not route.request.url.startswith(BASE):  # a picture of another site
            route.abort()
            return
        page = browser.get(route.request.url)
        headers = {name: values[0] for name, values in page.headers.items()}
        headers.pop("Content-Security-Policy", None)  # axe is a script
        route.fulfill(status=page.status, headers=headers, body=page.body)

    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=find_chromium()) as chromium:
        made = chromium.new_page(bypass_csp=True)
        made.add_init_script(axe)
        made.route("**/*", answer)
        yield made


def test_axe_finds_nothing(tab: Tab, browser: Browser) -> None:
    shown = {page.url: page.body for page in map(browser.get, addresses()) if is_html(page)}
    found = {}
    tab.goto(f"{BASE}/developer/keys")
    for width, scheme, rules in SCREENS:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of two words
        for address, body in shown.items():
            tab.evaluate(SHOW, body)
            found[address, width] = tab.evaluate(RUN, rules)
    tab.goto(f"{BASE}{EXPLORER}")  # it has scripts and style sheets of its own
    tab.locator(".graphiql-container").wait_for()
    found[EXPLORER, width] = tab.evaluate(RUN, None)
    assert {page: faults for page, faults in found.items() if faults} == {}


def is_html(page: Page) -> bool:
    return page.headers.get("Content-Type", [""])[0].startswith("text/html")
