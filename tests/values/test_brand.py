"""The colours that pages derive from an accent colour."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import souk
from souk.values.brand import ACCENT, DARK, LEAST_CONTRAST, LIGHT, Scheme, contrast, favicon, palette, style_sheet

CSS = (Path(souk.__file__).parent / "web" / "templates" / "style.css").read_text()
COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@given(accent=COLORS)
@example("#ffffff")
@example("#000000")
@example("#ffff00")
@example("#757575")
def test_text_is_readable_in_any_accent(scheme: Scheme, accent: str) -> None:
    colors = palette(accent, scheme)
    for text in (colors.brand, colors.brand_deep):
        for ground in (*scheme.grounds, colors.wash, colors.on_brand):
            assert contrast(text, ground) >= LEAST_CONTRAST
    assert all(contrast(ink, colors.wash) >= LEAST_CONTRAST for ink in scheme.inks)


def test_readable_accent_is_kept() -> None:
    assert palette(ACCENT, LIGHT).brand == ACCENT
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_grounds_and_inks_are_those_of_the_style_sheet(scheme: Scheme) -> None:
    rule = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[1 if scheme.dark else 0]
    set_ = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", rule))
    assert (set_["ground"], set_["paper"]) == scheme.grounds
    assert (set_["ink"], set_["soft"]) == scheme.inks


def test_style_sheet_and_icon_hold_nothing_but_colours() -> None:
    named = re.findall(r"--([a-z-]+): #[0-9a-f]{6};", style_sheet("#00AA00"))
    assert named == ["brand", "brand-deep", "on-brand", "wash"] * 2
    assert re.sub(r"--[a-z-]+: #[0-9a-f]{6};", "", style_sheet("#00AA00")).count("#") == 0
    assert palette("#00AA00", LIGHT).brand in favicon("#00AA00")
