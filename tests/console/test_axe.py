"""What axe finds on the pages, in a browser: on a wide screen in light, and on a telephone in dark."""

from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any, Final

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route, sync_playwright

from tests.accounts.browser import BASE, Browser
from tests.accounts.chromium import find_chromium
from tests.authority.conftest import world  # noqa: F401 - a fixture
from tests.authority.fixtures import ODA
from tests.console.pages import PUBLIC, addresses
from tests.console.test_walk import pages  # noqa: F401 - a fixture
from tests.console.world import Pages

SCREENS: Final = ((1280, "light", None), (390, "dark", ["color-contrast", "target-size"]))
"""Width, colours, and the rules that are asked: all, or those that the second screen can answer otherwise."""
RUN: Final = """async (rules) => (await axe.run(document, {resultTypes: ["violations"],
  ...(rules ? {runOnly: rules} : {})})).violations
  .map(one => `${one.id}: ${one.nodes.map(node => node.html).slice(0, 2).join(" ")}`)"""
WIDER: Final = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def serve(browser: Browser) -> Callable[[Route], None]:
    """Return what answers the requests of a tab, in process."""
    kept: dict[str, Any] = {}

    def answer(route: Route) -> None:
        url = route.request.url
        if not url.startswith(BASE):  # a picture of another site
            route.abort()
            return
        if url not in kept:
            page = browser.get(url)
            headers = {name: values[0] for name, values in page.headers.items()}
            headers.pop("Content-Security-Policy", None)  # axe is a script
            kept[url] = {"status": page.status, "headers": headers, "body": page.body}
        route.fulfill(**kept[url])

    return answer


@pytest.fixture
def tab(pages: Pages) -> Iterator[Tab]:  # noqa: F811
    """Return a tab of Chromium in which an operator is logged in."""
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=find_chromium()) as chromium:
        made = chromium.new_page(bypass_csp=True)
        made.add_init_script(axe)
        made.route("**/*", serve(pages.browser(ODA)))
        yield made


def test_axe_finds_nothing(tab: Tab) -> None:
    found: dict[str, Any] = {}
    for width, scheme, rules in SCREENS:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of two words
        for address in addresses():
            if address in PUBLIC[1:]:
                continue
            tab.goto(f"{BASE}{address}")
            if violations := tab.evaluate(RUN, rules):
                found[f"{address} {width} {scheme}"] = violations
            if (wider := tab.evaluate(WIDER)) > 0:
                found[f"{address} {width} wide"] = wider
    assert found == {}
