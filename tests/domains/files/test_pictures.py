"""Portraits and logos: from the upload to the URL that shows them."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from souk.app import DOMAINS
from souk.domains.files import imaging
from souk.domains.files.commands import pictures as processing
from souk.domains.files.commands import uploads
from souk.domains.files.commands.pictures import process
from souk.domains.files.model import PictureState
from souk.domains.files.store import FILES, PICTURES, picture_link
from souk.domains.files.web import application
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.values.errors import SoukError
from souk.values.pictures import picture_url
from tests.domains.files.pictures import CONFIRM, UPDATE, UPDATE_LOGO, PictureUploads, pixel, png
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OPS, WEB, settle
from tests.support.api import Person, Souk, person, proxy_event
from tests.support.clock import CLOCK

PHOTO = "{ account { photoUrl } user { photoUrl } }"


class Pictures(PictureUploads):
    """The API and the bucket, with people who upload pictures."""

    def __init__(self, souk: Souk, bucket: str) -> None:
        super().__init__(souk, bucket)
        settle(souk.table)
        self.olivia = person(souk, OLIVIA, ACME)
        self.liam = person(souk, LIAM, WEB, company_id=ACME)

    def keys(self, prefix: str = "") -> list[str]:
        return [one["Key"] for one in self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])]

    def photo(self, who: Person) -> str | None:
        data = who.call(PHOTO).data
        assert data["account"]["photoUrl"] == data["user"]["photoUrl"]
        url: str | None = data["user"]["photoUrl"]
        return url

    def get(self, url: str) -> dict[str, Any]:
        """Open a picture's URL, and return the response."""
        parts = urlsplit(url)
        event = proxy_event("", {}, parts.path) | {"httpMethod": "GET"}
        event["multiValueQueryStringParameters"] = parse_qs(parts.query)
        router = application(self.souk.table, picture_link)

        class Invocation:
            aws_request_id = "test-request"

        answer: dict[str, Any] = router(event, Invocation())
        return answer


@pytest.fixture
def pictures(souk: Souk, bucket: str) -> Pictures:
    return Pictures(souk, bucket)


def test_portrait_is_shown_when_it_has_been_processed(pictures: Pictures) -> None:
    file_id = pictures.upload(pictures.olivia)
    assert pictures.olivia.call(UPDATE, {"input": {"portraitFileId": file_id}}).data["updateAccount"] == {
        "photoUrl": None
    }
    assert pictures.souk.run_due() == 1  # too early, and of no consequence
    assert pictures.photo(pictures.olivia) is None
    pictures.process(file_id)
    assert pictures.photo(pictures.olivia) is None
    assert pictures.souk.run_due() == 2  # one tells of it, if she has a freelancer profile
    url = pictures.photo(pictures.olivia)
    assert url is not None
    assert pictures.keys("originals/") == [], "the original has the metadata"
    for size, width in (("50", 50), ("100", 100), ("120", 150), ("9999", 200), ("0500", 200)):
        answer = pictures.get(url.replace("size=150", f"size={size}"))
        assert answer["statusCode"] == 302
        key = urlsplit(answer["multiValueHeaders"]["Location"][0]).path.partition("pictures/")[2]
        body = pictures.s3.get_object(Bucket=pictures.bucket, Key=f"pictures/{key}")["Body"].read()
        assert Image.open(BytesIO(body)).size == (width, width)


def test_portrait_chosen_after_processing_is_shown_at_once(pictures: Pictures) -> None:
    file_id = pictures.upload(pictures.olivia)
    pictures.process(file_id)
    answer = pictures.olivia.call(UPDATE, {"input": {"portraitFileId": file_id}})
    assert "/pictures?name=" in answer.data["updateAccount"]["photoUrl"]
    profile = pictures.liam.call('{ userDetails(id: "101") { photoUrl } }').data["userDetails"]
    assert profile == answer.data["updateAccount"], "others see it too"


def test_previous_portrait_is_deleted(pictures: Pictures) -> None:
    first, second = (pictures.upload(pictures.olivia) for _ in range(2))
    for file_id in (first, second):
        pictures.process(file_id)
        pictures.olivia.call(UPDATE, {"input": {"portraitFileId": file_id}})
    old = picture_url("https://souk.test", pictures.souk.table.get(PICTURES, first).name)  # type: ignore[union-attr]
    assert pictures.get(old)["statusCode"] == 302
    pictures.souk.run_due()
    assert pictures.get(old)["statusCode"] == 404
    assert pictures.souk.table.get(FILES, first) is None
    assert {key.split("/")[1] for key in pictures.keys("pictures/")} == {second}
    assert pictures.olivia.call(UPDATE, {"input": {"portraitFileId": None}}).data["updateAccount"]["photoUrl"] is None
    pictures.souk.run_due()
    assert pictures.keys("pictures/") == []


@pytest.mark.parametrize("content", [b"no picture", b"<svg/>", png(side=20)])
def test_what_is_no_picture_is_deleted_and_its_record_says_so(pictures: Pictures, content: bytes) -> None:
    file_id = pictures.upload(pictures.olivia, content=content)
    pictures.process(file_id)
    picture = pictures.souk.table.get(PICTURES, file_id)
    assert picture
    assert picture.state is PictureState.REFUSED
    assert picture.problem
    assert pictures.keys("originals/") == pictures.keys("pictures/") == []
    refused = pictures.olivia.call(UPDATE, {"input": {"portraitFileId": file_id}})
    assert (refused.code, picture.problem in refused.error["message"]) == ("UNPROCESSABLE_CONTENT", True)


def test_chosen_file_that_is_no_picture_is_forgotten(pictures: Pictures) -> None:
    file_id = pictures.upload(pictures.olivia, content=b"no picture")
    pictures.olivia.call(UPDATE, {"input": {"portraitFileId": file_id}})
    pictures.process(file_id)
    pictures.souk.run_due()
    user = pictures.souk.table.get(USERS, OLIVIA)
    assert user
    assert user.portrait is None
    assert pictures.souk.table.get(FILES, file_id) is None


def test_replaced_upload_is_not_what_is_shown(pictures: Pictures) -> None:
    file_id, key = pictures.form(pictures.olivia)
    pictures.s3.put_object(Bucket=pictures.bucket, Key=key, Body=png((200, 10, 10)))
    pictures.olivia.call(CONFIRM, {"ids": [file_id]})
    pictures.s3.put_object(Bucket=pictures.bucket, Key=key, Body=png((10, 10, 200)))
    pictures.olivia.call(CONFIRM, {"ids": [file_id]})
    pictures.process(file_id)
    (largest,) = (one for one in pictures.keys("pictures/") if one.endswith("/500"))
    body = pictures.s3.get_object(Bucket=pictures.bucket, Key=largest)["Body"].read()
    assert pixel(Image.open(BytesIO(body)), 5, 5)[0] > 150


def test_event_before_the_confirmation_is_stored_waits(pictures: Pictures) -> None:
    file_id = pictures.upload(pictures.olivia)
    confirmed = pictures.file(file_id)
    tx = pictures.souk.table.transaction()
    tx.update(FILES, confirmed.model_copy(update={"size": None, "kept_key": None}))
    tx.commit()
    looks: list[float] = []

    def confirm_meanwhile(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 2:
            later = pictures.souk.table.transaction()
            later.update(FILES, pictures.file(file_id).model_copy(update={"size": 5, "kept_key": confirmed.key}))
            later.commit()

    process(pictures.images, confirmed.key, wait=confirm_meanwhile)
    assert len(looks) == 2
    assert pictures.souk.table.get(PICTURES, file_id)


def test_event_of_a_file_never_confirmed_is_tried_again(pictures: Pictures) -> None:
    file_id, _ = pictures.form(pictures.olivia)
    with pytest.raises(SoukError, match="not confirmed"):
        process(pictures.images, f"originals/portrait/{file_id}/x", wait=lambda _: None)


def test_repeated_event_changes_nothing(pictures: Pictures) -> None:
    file_id = pictures.upload(pictures.olivia)
    key = pictures.file(file_id).key
    original = pictures.s3.get_object(Bucket=pictures.bucket, Key=key)["Body"].read()
    pictures.process(file_id)
    before = pictures.keys(), pictures.souk.table.get(PICTURES, file_id)
    pictures.process(file_id)
    pictures.s3.put_object(Bucket=pictures.bucket, Key=key, Body=original)
    pictures.process(file_id)
    assert (pictures.keys(), pictures.souk.table.get(PICTURES, file_id)) == before


def test_file_removed_during_processing_leaves_nothing(pictures: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    file_id = pictures.upload(pictures.olivia)
    key = pictures.file(file_id).key

    def remove_first(*arguments: Any) -> Any:
        uploads.remove(pictures.souk.table, file_id, CLOCK.market())
        return imaging.render(*arguments)

    monkeypatch.setattr(processing, "render", remove_first)
    process(pictures.images, key, wait=lambda _: None)
    assert pictures.souk.table.get(PICTURES, file_id) is None
    assert pictures.keys("originals/") == pictures.keys("pictures/") == []


def test_logo_of_a_company_and_of_its_team(pictures: Pictures) -> None:
    file_id = pictures.upload(pictures.olivia, "Logo")
    pictures.olivia.call(UPDATE_LOGO, {"input": {"id": OPS, "logoFileId": file_id}})
    pictures.process(file_id)
    pictures.souk.run_due()
    team = pictures.souk.table.get(ORGANIZATIONS, OPS)
    assert team
    assert team.logo
    assert team.logo.name
    own = pictures.upload(pictures.olivia, "Logo")
    pictures.process(own)
    answer = pictures.olivia.call(UPDATE_LOGO, {"input": {"logoFileId": own}})
    url = answer.data["updateOrganizationProfile"]["photoUrl"]
    assert url.startswith("https://")
    public = pictures.olivia.call('{ company(id: "201") { public { logoURL } private { logoURL } } }').data["company"]
    assert public == {"public": {"logoURL": url}, "private": {"logoURL": url}}
    items = pictures.olivia.call("{ companySelector { items { photoUrl } } }").data["companySelector"]["items"]
    assert items == [{"photoUrl": url}]


def test_pictures_of_others_cannot_be_used(pictures: Pictures) -> None:
    portrait = pictures.upload(pictures.olivia)
    logo = pictures.upload(pictures.olivia, "Logo")
    attempts = (
        (pictures.liam, UPDATE, {"portraitFileId": portrait}),
        (pictures.olivia, UPDATE, {"portraitFileId": logo}),
        (pictures.olivia, UPDATE, {"portraitFileId": "999"}),
        (pictures.olivia, UPDATE_LOGO, {"logoFileId": portrait}),
    )
    for who, document, wanted in attempts:
        assert who.call(document, {"input": wanted}).code == "UNPROCESSABLE_CONTENT"
    assert pictures.liam.call(CONFIRM, {"ids": [portrait]}).data == {"confirmFiles": False}
    unconfirmed, _ = pictures.form(pictures.olivia)
    assert pictures.olivia.call(UPDATE, {"input": {"portraitFileId": unconfirmed}}).code == "UNPROCESSABLE_CONTENT"


def test_upload_links_for_pictures_have_limits(pictures: Pictures) -> None:
    for fields in ({"contentType": "image/svg+xml"}, {"contentType": None}, {"maxFileSize": 5_000_001}):
        assert pictures.link(pictures.olivia, **fields).code == "UNPROCESSABLE_CONTENT"
    assert pictures.link(pictures.liam, "Logo").code == "FORBIDDEN", "a hiring manager"
    assert pictures.file(pictures.form(pictures.olivia)[0]).max_size == 5_000_000


@pytest.mark.parametrize("query", ["", "name=", "name=1-x", "name=x", "name={name}&size=0", "name={name}&size=x"])
def test_wrong_address_of_a_picture_is_not_found(pictures: Pictures, query: str) -> None:
    file_id = pictures.upload(pictures.olivia)
    pictures.process(file_id)
    name = pictures.souk.table.get(PICTURES, file_id).name  # type: ignore[union-attr]
    assert pictures.get(f"https://souk.test/pictures?{query.format(name=name)}")["statusCode"] == 404
    assert pictures.get(f"https://souk.test/pictures?name={name}")["statusCode"] == 302
    assert pictures.get(f"https://souk.test/pictures?name={file_id}-")["statusCode"] == 404, "ids can be guessed"


def test_every_picture_has_the_deadline_that_shows_it() -> None:
    rules = {
        rule.purpose
        for domain in DOMAINS
        for rule in domain.uploads.values()
        if rule.picture and not rule.picture.private
    }
    deadlines = {kind for domain in DOMAINS for kind in domain.deadlines}
    assert rules
    assert rules <= deadlines, "the function `images` schedules the deadline with the name of the upload"
