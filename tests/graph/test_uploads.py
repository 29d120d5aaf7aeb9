"""Declaring the rules of uploads."""

import pytest

from souk.graph import Context, Domain
from souk.values.pictures import PictureKind


def allow(ctx: Context) -> None:
    pass


def test_rule_is_declared_by_its_purpose() -> None:
    domain = Domain("notes", function="notes")
    domain.upload("notes.photo", picture=PictureKind.LOGO, personal=True)(allow)
    rule = domain.uploads["notes.photo"]
    assert (rule.purpose, rule.check, rule.picture, rule.personal) == ("notes.photo", allow, PictureKind.LOGO, True)


def test_purpose_belongs_to_the_domain_and_is_declared_once() -> None:
    domain = Domain("notes", function="notes")
    with pytest.raises(ValueError, match="does not belong to notes"):
        domain.upload("files.photo")
    domain.upload("notes.photo")(allow)
    with pytest.raises(ValueError, match="declared twice"):
        domain.upload("notes.photo")(allow)


def test_upload_of_pictures_accepts_documents_only_if_it_says_so() -> None:
    domain = Domain("notes", function="notes")
    domain.upload("notes.photo", picture=PictureKind.LOGO)(allow)
    domain.upload("notes.page", picture=PictureKind.LOGO, documents=True)(allow)
    assert [domain.uploads[name].documents for name in ("notes.photo", "notes.page")] == [False, True]
