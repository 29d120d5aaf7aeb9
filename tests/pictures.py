"""Takes the pictures of docs/tour.md from a local run with the demo data: `python -m tests.pictures [URL]`.

They are SVG files around pictures in WebP: deployments serve text only (docs/adr/0054-explorer-and-documentation.md).
"""

import sys
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from infra.layer import ROOT
from souk.local.demo import CLIENT, PASSWORD
from souk.local.demo.people import OPERATOR
from tests.accounts.chromium import find_chromium

PAGES: Final = (
    ("front", "/", ""),
    ("portal", "/developer/keys", CLIENT),
    ("operator", "/operator", OPERATOR),
)
"""The name of each picture, the page, and who is logged in."""
WIDTH, HEIGHT = 1200, 760
QUALITY: Final = 70


def main(url: str) -> None:
    """Take all pictures."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        for name, path, email in PAGES:
            picture = take(browser, url, path, email)
            svg = (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
                f'<image width="{WIDTH}" height="{HEIGHT}" href="data:image/webp;base64,{picture}"/></svg>\n'
            )
            (ROOT / "docs" / "pictures" / f"tour-{name}.svg").write_text(svg)
        browser.close()


def take(browser: Browser, url: str, path: str, email: str) -> str:
    """Return a picture of a page, in Base64."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    if email:
        page.goto(f"{url}/account/login")
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
    page.goto(url + path)
    taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    page.close()
    return str(taken["data"])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
