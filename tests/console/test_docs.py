"""The documentation site is a folder of files that the function brings along."""

from pathlib import Path

import pytest

from souk.console.application import application
from souk.console.files import find
from tests.accounts.browser import BASE, Browser
from tests.console.world import SECRET, Pages

SCRIPT = "alert('Hello, world.');"
HASH = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
"""Of the script, as section 6.1.11 of Content Security Policy Level 2 has it."""


@pytest.fixture
def browser(pages: Pages, tmp_path: Path) -> Browser:
    for name, text in {
        "index.html": f"<h1>Home</h1><script>{SCRIPT}</script>",
        "tour/index.html": "<h1>Tour</h1>",
        "assets/javascripts/bundle.a5f9d56c.min.js": "1",
        "search/search_index.json": "{}",
        "secret.py": "no page",
    }.items():
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "handler.json").write_text("not of the site")
    return Browser(application(pages.reader, pages.graph, SECRET, files=tmp_path))


def test_pages_and_files_are_sent(browser: Browser) -> None:
    home = browser.get("/docs/")
    assert (home.status, home.text) == (200, f"Home {SCRIPT}")
    (policy,) = home.headers["Content-Security-Policy"]
    assert f"script-src 'self' {HASH};" in policy
    assert "default-src 'none'" in policy
    assert browser.get("/docs/tour/").text == "Tour"
    assert browser.get("/docs/tour", follow=False).location == f"{BASE}/docs/tour/"
    assert browser.get("/docs", follow=False).location == f"{BASE}/docs/"
    assert browser.get("/docs/search/search_index.json").headers["Content-Type"] == ["application/json"]
    bundle = browser.get("/docs/assets/javascripts/bundle.a5f9d56c.min.js")
    assert "immutable" in bundle.headers["Cache-Control"][0]


def test_other_files_are_missing(browser: Browser, tmp_path: Path) -> None:
    assert browser.get("/docs/nothing/").status == 404
    assert browser.get("/docs/secret.py").status == 404
    folder = tmp_path / "docs"
    for name in ("secret.py", "../handler.json", "tour/../../handler.json", "/etc/passwd", "", "tour", "a\0.json"):
        assert find(folder, name) is None, name
    assert find(folder, "tour/index.html") == folder / "tour" / "index.html"


def test_site_that_is_not_built_says_how_to_build_it(pages: Pages) -> None:
    page = pages.browser().get("/docs/tour/")
    assert page.status == 200
    assert "make docs" in page.text
    assert f'href="{BASE}/docs/"' in pages.browser().get("/").body
