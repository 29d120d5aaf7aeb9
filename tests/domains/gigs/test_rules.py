"""The rules of gigs, as functions."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.domains.gigs.inputs import OverviewInput, TagInput
from souk.domains.gigs.model import Package, Packages, Status, Tier
from souk.domains.gigs.rules import overview, packages, slugs
from souk.domains.gigs.rules.states import COMPLETE, STEPS, Action, step
from souk.values import addresses
from souk.values.errors import Conflict, Unprocessable
from souk.values.money import Money
from tests.support.worlds.jobs import CATEGORY, SUBCATEGORY

# Money


@given(st.integers(10_00, 1_000_000_00))
def test_price_of_whole_centimes_is_exact(minor: int) -> None:
    assert packages.exact(minor / 100) == minor
    assert packages.exact(float(Money(minor, "MAD").raw_value)) == minor


@given(st.floats(10, 1_000_000, allow_nan=False))
def test_price_is_exact_or_refused(price: float) -> None:
    minor = packages.exact(price)
    written = Decimal(repr(price))
    assert minor == written * 100 if written * 100 % 1 == 0 else minor is None


@pytest.mark.parametrize("price", [0.1 + 0.2, 10.005, 19.999, 99.9999999])
def test_fraction_of_centime_is_refused(price: float) -> None:
    assert packages.exact(price) is None


# Tags


def tagged(tag_id: str, text: str) -> OverviewInput:
    tags = (TagInput(id=tag_id, text=text),)
    return OverviewInput(gig_id="1", title="Logo", parent_category_id=CATEGORY, subcategory_id=SUBCATEGORY, tags=tags)


def test_longest_tag_is_accepted() -> None:
    (tag,) = overview.checked(tagged("i" * 64, "t" * 40))["tags"]
    assert (tag.id, tag.text) == ("i" * 64, "t" * 40)


@pytest.mark.parametrize(("tag_id", "text", "path"), [("i" * 65, "t", "tags.0.id"), ("i", "t" * 41, "tags.0.text")])
def test_longer_tag_is_refused(tag_id: str, text: str, path: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        overview.checked(tagged(tag_id, text))
    assert [one["path"] for one in refused.value.details["fields"]] == [f"input.{path}"]


# Slugs


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("I will draw a logo", "i-will-draw-a-logo"),
        ("Café & Crème — brûlée!", "cafe-creme-brulee"),
        ("Straße, Łódź, İstanbul", "strasse-lodz-istanbul"),
        ("Don't panic", "dont-panic"),
        ("C++ / C# in 24h", "c-c-in-24h"),
        ("ﬁne ＷＩＤＥ text", "fine-wide-text"),  # noqa: RUF001 - forms of letters
        ("تصميم شعار", "gig"),
        ("!!!", "gig"),
        ("word " * 30, "word-word-word-word-word-word-word-word-word-word-word-word"),
        ("x" * 100, "x" * 60),
    ],
)
def test_slug_of_title(title: str, slug: str) -> None:
    assert slugs.base(title) == slug


@given(st.text(max_size=150), st.from_regex(r"[a-z][a-z0-9]{23}", fullmatch=True))
def test_slugs_are_ascii_and_last_one_is_unique(title: str, gig_id: str) -> None:
    found = list(slugs.candidates(title, gig_id))
    for slug in found:
        assert slug.isascii()
        assert slug == slug.lower().strip("-")
        assert slug.replace("-", "").isalnum()
        assert "--" not in slug
        assert len(slug) <= 60 + 1 + 24
    assert len(set(found)) == len(found) == 5
    assert found[-1].endswith(gig_id)
    assert slugs.base(found[0]) == found[0]


# States


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("status", [None, *Status])
def test_only_steps_of_table_are_allowed(status: Status | None, action: Action) -> None:
    if (status, action) in STEPS:
        assert step(status, action) is STEPS[status, action]
    else:
        with pytest.raises(Conflict, match=action):
            step(status, action)


def test_deleted_is_final_and_only_publish_completes_draft() -> None:
    assert not [since for since, _ in STEPS if since is Status.DELETED]
    assert [key for key, to in STEPS.items() if key[0] not in COMPLETE and to in COMPLETE] == [
        (Status.DRAFT, Action.PUBLISH)
    ]


def test_packages_by_tier() -> None:
    basic = Package(name="Basic", description="A logo.", price_minor=1000, delivery_time=1, revisions=1)
    offered = Packages(basic=basic, premium=basic)
    assert [offered.of(tier) for tier in Tier] == [basic, None, basic]
    assert offered.all == [basic, basic]


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/logo.png",
        "https://EXAMPLE.com:8443/a/b%20c.png?size=2&x=[1]#top",
        "https://xn--caf-dma.example/",
    ],
)
def test_public_url_is_allowed(address: str) -> None:
    assert addresses.problem(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "logo.png",
        "//example.com/logo.png",
        "http://example.com/logo.png",
        "HTTPS://example.com/logo.png",
        "ftp://example.com/logo.png",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "https:example.com",
        "https:///logo.png",
        "https://olivia:secret@example.com/logo.png",
        "https://olivia@example.com/logo.png",
        "https://example.com\\@internal.example/",
        "https://example.com /logo.png",
        "https://example.com/\nlogo.png",
        "https://example.com/%zz",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example..com/",
        "https://-example.com/",
        "https://example.com./",
        "https://exämple.com/",
        "https://１２７.0.0.1/",  # noqa: RUF001 - digits of another alphabet
        "https://localhost/",
        "https://wiki/",
        "https://printer.local/",
        "https://api.INTERNAL/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://93.184.216.34/logo.png",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/logo.png",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[ff02::1]/",
        "https://[::1",
        "https://example.com/" + "x" * 2_000,
    ],
)
def test_other_url_is_refused(address: str) -> None:
    assert addresses.problem(address)


@given(st.text(max_size=40))
def test_any_text_is_allowed_or_refused(text: str) -> None:
    for address in (text, f"https://{text}", f"https://example.com/{text}"):
        wrong: Any = addresses.problem(address)
        assert wrong is None or wrong.endswith(".")
