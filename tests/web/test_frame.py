"""The menu of a section."""

import pytest

from souk.web.frame import Section
from souk.web.sections import DEVELOPERS, OPERATOR


@pytest.mark.parametrize(
    ("section", "path", "entry"),
    [
        (DEVELOPERS, "/developer/keys", "/developer/keys"),
        (DEVELOPERS, "/developer/keys/1/edit", "/developer/keys"),
        (DEVELOPERS, "/developer/keysmith", None),
        (OPERATOR, "/operator", "/operator"),
        (OPERATOR, "/operator/people/1", "/operator/people"),
        (OPERATOR, "/operator/settings/mail", "/operator/settings/brand"),
    ],
)
def test_menu_marks_the_nearest_entry_above_a_page(section: Section, path: str, entry: str | None) -> None:
    current = section.current(path)
    assert (current.path if current else None) == entry
