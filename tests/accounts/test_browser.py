"""The pages in a real browser: without scripts, with the keyboard, contrast and width."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright

from souk.authentication.records import API_KEYS
from souk.storage import Table
from tests.accounts.actions import authorize
from tests.accounts.chromium import find_chromium
from tests.accounts.cognito import PASSWORD, Cognito
from tests.accounts.conftest import key, web
from tests.accounts.servers import program, serve

# Finds text with too little contrast. The pages have no scripts; this one is the test's.
_CONTRAST = """() => {
  const rgb = c => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const poor = [];
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(walker.currentNode.data.trim());
  }
  return poor;
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """Return a browser."""
    program = find_chromium()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def site(seeded_table: Table, cognito: Cognito) -> Iterator[str]:
    """Return the URL of the account pages, with Olivia in the pool."""
    cognito.create_confirmed_user("olivia@example.test")
    tx = seeded_table.transaction()
    tx.create(API_KEYS, key(id="loopback", redirect_uris=("http://127.0.0.1/callback",)))
    tx.commit()
    with serve(web(seeded_table, cognito, behind_proxy=True)) as address:
        yield address


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    """Return a new window with JavaScript disabled."""
    context = chromium.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def asking(program_address: str) -> str:
    """Return the path of the native app's authorization request."""
    return authorize(client_id="loopback", redirect_uri=f"{program_address}/callback")


def press(page: Page, button: str) -> None:
    """Press a button and wait until the next page has loaded: a click waits only for its headers."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()


def log_in(page: Page, site: str, address: str = "/account/login") -> None:
    page.goto(site + address)
    page.get_by_label("E-mail address").fill("olivia@example.test")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Log in")


def test_consent_works_without_javascript(page: Page, site: str) -> None:
    with program() as (address, asked):
        log_in(page, site, asking(address))
        assert page.get_by_role("heading", level=1).inner_text() == "Let Invoice Robot act for you?"
        press(page, "Allow")
        assert page.url.startswith(f"{address}/")
    given = parse_qs(urlsplit(asked[0]).query)
    assert given["state"] == ["xyz"]
    assert "code" in given


def test_pages_work_with_keyboard(page: Page, site: str) -> None:
    with program() as (address, asked):
        page.goto(site + asking(address))
        page.wait_for_selector("input:focus")  # the first field gets the focus shortly after the page loads
        page.keyboard.type("olivia@example.test")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/oauth2/authorize?**")
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.locator("button:focus", has_text="Deny").count():
                break
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/**")
    assert parse_qs(urlsplit(asked[0]).query)["error"] == ["access_denied"]


def test_first_tab_stop_is_skip_link(page: Page, site: str) -> None:
    log_in(page, site)
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to main content"
    assert skip.is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")


def test_form_error_is_announced_and_focused(page: Page, site: str) -> None:
    page.goto(f"{site}/account/reset")
    page.get_by_label("E-mail address").fill("olivia@example.test")
    page.get_by_label("Code").fill("12-34")
    page.get_by_label("New password").fill(PASSWORD)
    press(page, "Set password")
    alert = page.get_by_role("alert")
    assert "Enter the code" in alert.inner_text()
    assert page.title().startswith("Error: ")
    field = page.get_by_label("Code")
    page.wait_for_selector("#code:focus")  # the focus is set shortly after the page loads
    assert field.get_attribute("aria-invalid") == "true"
    described = (field.get_attribute("aria-describedby") or "").split()
    assert "Enter the code" in " ".join(page.locator(f"#{name}").inner_text() for name in described)


PAGES = (
    "/account/login",
    "/account/signup",
    "/account/activate",
    "/account/forgot",
    "/account/reset",
    "/account/confirm",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_contrast_and_fit_narrow_window(chromium: Chromium, site: str, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()

    def look() -> None:
        assert page.evaluate(_CONTRAST) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
        unnamed = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]):not([hidden]), select')]"
            ".filter(e => !e.labels.length).map(e => e.name)"
        )
        assert unnamed == [], page.url

    for path in PAGES:
        page.goto(site + path)
        look()
    page.goto(f"{site}/account/signup")
    page.locator("form").first.evaluate("form => { form.noValidate = true }")
    press(page, "Create account")
    assert page.get_by_role("alert").is_visible()
    look()
    log_in(page, site, authorize())
    look()
    page.goto(f"{site}/account")
    look()
    page.goto(f"{site}/account/security")
    look()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Continue")
    press(page, "Set up an app")
    assert page.get_by_label("Code").is_visible()
    look()
    context.close()
