"""Links of the documentation lead to a file and a heading, and the site has every page."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.documentation import portable, sections
from infra.layer import ROOT
from infra.reference import EVENTS, pages
from souk.events.catalog import catalog

FENCED = re.compile(r"^( *)(```|~~~).*?^\1\2", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FROM_PAGES = re.compile(r"brand\.docs_url }}([\w-]+)/(?:#([\w-]+))?\"")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z]+:")


def documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def anchors(text: str) -> set[str]:
    """Return the anchors of headings as GitHub and the site make them."""
    titles = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title) for title in HEADING.findall(FENCED.sub("", text)))
    normal = (unicodedata.normalize("NFC", title.replace("`", "")).lower() for title in titles)
    return {re.sub(r"[^\w\- ]", "", title).strip().replace(" ", "-") for title in normal}


def broken(page: Path, text: str) -> Iterator[str]:
    for link in LINK.findall(CODE.sub("", FENCED.sub("", text))):
        if ELSEWHERE.match(link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            yield f"{page.name}: {link}: no file"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text("utf-8")):
            yield f"{page.name}: {link}: no heading"


def test_links_lead_to_a_file_and_a_heading() -> None:
    assert [fault for page in documents() for fault in broken(page, page.read_text("utf-8"))] == []


def test_broken_links_are_found() -> None:
    text = "[one](nothing.md) [two](docs/api.md#nothing) [three](docs/api.md#a-request) `[four](nothing.md)`"
    assert list(broken(ROOT / "README.md", text)) == [
        "README.md: nothing.md: no file",
        "README.md: docs/api.md#nothing: no heading",
    ]


def test_pages_of_the_site_link_to_pages_and_headings() -> None:
    texts = [path.read_text("utf-8") for path in (ROOT / "shared" / "souk").rglob("*.html")]
    links = {link for text in texts for link in FROM_PAGES.findall(text)}
    assert ("running", "logging-in") in links
    for page, anchor in links - {("changelog", "")}:
        text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
        assert not anchor or anchor in anchors(text), f"{page}#{anchor}"


def test_every_guide_is_in_the_navigation() -> None:
    listed = [path for _, entries in sections() for _, path in entries]
    assert sorted(path for path in listed if "/" not in path and path != "changelog.md") == sorted(
        path.name for path in (ROOT / "docs").glob("*.md")
    )
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Some:\n- a\n- b\n", "Some:\n\n- a\n- b\n"),
        ("1. a\n\n   ```\n   x\n     y\n   ```\n\n2. b\n", "1. a\n\n    ```\n    x\n      y\n    ```\n\n2. b\n"),
        ("- a\n  more\n  - b\n", "- a\n    more\n    - b\n"),
        ("```\n- a\n  b\n```\n", "```\n- a\n  b\n```\n"),
        ("    code\n", "    code\n"),
    ],
)
def test_lists_are_written_as_mkdocs_reads_them(written: str, read: str) -> None:
    assert portable(written) == read


def test_reference_tells_scopes_arguments_examples_and_events() -> None:
    by_name = {page.name: page.text for page in pages()}
    gigs = by_name["gigs"]
    search = gigs.partition("### gigsSearch {#query-gigsSearch}")[2].partition("\n###")[0]
    assert "Returns [GigConnection](gigs.md#type-GigConnection)!." in search
    assert "Scopes: “" in search
    assert "| `filter` | [GigsSearchFilter](gigs.md#type-GigsSearchFilter) |" in search
    assert "## Examples" in gigs
    assert "| `GIG` |" in gigs
    assert {entity for entities in EVENTS.values() for entity in entities} == set(catalog())
    links = {link for text in by_name.values() for link in re.findall(r"\]\(([a-z]+)\.md#", text)}
    assert links <= set(by_name)
