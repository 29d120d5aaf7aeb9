"""Screenshots of tracked time: private pictures, from the upload to the links, and until they are gone."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from PIL import Image

from souk.authentication.principal import Principal, Role
from souk.domains.files.commands.pictures import process
from souk.domains.files.model import Picture, PictureState
from souk.domains.files.store import FILES, PICTURES, picture_link
from souk.domains.files.web import application
from souk.domains.time.model import Cell
from souk.domains.time.store import shown
from souk.domains.time.views.pictures import PictureUrls, picture_urls, pictures_of, webcam_urls
from souk.graph import Context
from souk.values.pictures import picture_url
from tests.domains.files.pictures import CONFIRM, PictureUploads, pixel, png
from tests.support.api import Answer, Person, Souk, proxy_event
from tests.support.worlds.milestones import contract as fixed_contract
from tests.support.worlds.tracking import NOW, TimeWorld, manual_contract, starts

LINK = """mutation ($id: ID!, $input: CreateDirectUploadLinkInput!) {
  createDirectUploadLinkForSnapshot(contractId: $id, input: $input) { id uploadUrl formKeyValues { key value } } }"""


class Snapshots(PictureUploads):
    """The API, the bucket and a contract, whose freelancer uploads screenshots."""

    def __init__(self, souk: Souk, bucket: str) -> None:
        super().__init__(souk, bucket)
        self.world = TimeWorld(souk)
        assert self.world.sofia.token

    def ask(self, who: Person, contract_id: str | None = None, **fields: Any) -> Answer:
        wanted = {"fileName": "screen.png", "contentType": "image/png", **fields}
        return who.call(LINK, {"id": contract_id or self.world.contract.id, "input": wanted})

    def snapshot(self, content: bytes | None = None, contract_id: str | None = None) -> tuple[str, str]:
        """Upload a screenshot, and return the ids of its file and of the uploaded object."""
        info = self.ask(self.world.sofia, contract_id).data["createDirectUploadLinkForSnapshot"]
        key = next(one["value"] for one in info["formKeyValues"] if one["key"] == "key")
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=png(side=1_000) if content is None else content)
        return info["id"], key

    def process(self, key: str) -> None:
        process(self.images, key, wait=lambda _: None)

    def versions(self) -> list[str]:
        """Return the keys of all versions of objects."""
        found = self.s3.list_object_versions(Bucket=self.bucket)
        return [one["Key"] for one in (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))]

    def urls(self, cell: Cell) -> tuple[PictureUrls | None, PictureUrls | None]:
        """Return the links of a cell's screenshot and webcam picture."""
        principal = Principal("1", "1", "1", "1", Role.OWNER, frozenset())
        ctx = Context(principal, self.souk.table, None, NOW, "", "", None)  # type: ignore[arg-type]
        ctx.fetch(pictures_of(cell))
        trips = ctx.table.trips
        found = picture_urls(ctx, cell), webcam_urls(ctx, cell)
        assert ctx.table.trips == trips, "those of many cells are read at once"
        return found

    def cell(self, start: str = "09:00") -> Cell:
        cell = self.world.cell(start)
        assert cell is not None
        return cell

    def opened(self, url: str) -> Image.Image:
        """Return the picture that a link leads to."""
        parts = urlsplit(url)
        assert parse_qs(parts.query)["X-Amz-Expires"] == ["900"]
        key = unquote(parts.path).split("/", 2)[-1] if self.bucket in parts.path else unquote(parts.path)[1:]
        return Image.open(BytesIO(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()))


@pytest.fixture
def snapshots(souk: Souk, bucket: str) -> Snapshots:
    made = Snapshots(souk, bucket)
    made.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return made


def test_processed_screenshot_is_shown_in_three_sizes(snapshots: Snapshots) -> None:
    file_id, key = snapshots.snapshot()
    webcam, _ = snapshots.snapshot()
    (start,) = starts("09:00")
    assert snapshots.world.tracked({"startDateTime": start, "screenshotId": file_id, "webcamId": webcam}) == ["STORED"]
    assert snapshots.world.briefs()[54].shot
    cell = snapshots.cell()
    assert snapshots.urls(cell) == (None, None), "not yet"
    snapshots.process(key)
    urls, webcam_links = snapshots.urls(cell)
    assert webcam_links is None
    assert urls is not None
    assert [snapshots.opened(url).size[0] for url in urls] == [1_000, 800, 200]
    assert all(f"private/{snapshots.world.contract.id}/{file_id}/" in unquote(url) for url in urls)
    assert not any(one.startswith("uploads/") for one in current(snapshots, file_id)), "the upload has the metadata"


def current(snapshots: Snapshots, file_id: str) -> list[str]:
    found = snapshots.s3.list_objects_v2(Bucket=snapshots.bucket).get("Contents", [])
    return [one["Key"] for one in found if file_id in one["Key"]]


def test_screenshot_has_no_permanent_address(snapshots: Snapshots) -> None:
    file_id, key = snapshots.snapshot()
    snapshots.process(key)
    picture = snapshots.souk.table.get(PICTURES, file_id)
    assert picture is not None
    assert picture.state is PictureState.READY
    parts = urlsplit(picture_url("https://souk.test", picture.name))
    event = proxy_event("", {}, parts.path) | {"httpMethod": "GET"}
    event["multiValueQueryStringParameters"] = parse_qs(parts.query)

    class Invocation:
        aws_request_id = "test-request"

    assert application(snapshots.souk.table, picture_link)(event, Invocation())["statusCode"] == 404


def test_what_is_no_picture_is_deleted_and_the_cell_stays(snapshots: Snapshots) -> None:
    bad, key = snapshots.snapshot(b"no picture")
    (start,) = starts("09:00")
    assert snapshots.world.tracked({"startDateTime": start, "screenshotId": bad}) == ["STORED"]
    snapshots.process(key)
    picture = snapshots.souk.table.get(PICTURES, bad)
    assert picture is not None
    assert picture.state is PictureState.REFUSED
    assert picture.problem
    assert snapshots.urls(snapshots.cell()) == (None, None)
    assert current(snapshots, bad) == []


def test_second_upload_with_the_same_form_shows_nothing_else(snapshots: Snapshots) -> None:
    file_id, key = snapshots.snapshot(png((200, 10, 10)))
    snapshots.process(key)
    snapshots.s3.put_object(Bucket=snapshots.bucket, Key=key, Body=png((10, 10, 200)))
    snapshots.process(key)
    picture: Picture | None = snapshots.souk.table.get(PICTURES, file_id)
    assert picture is not None
    body = snapshots.s3.get_object(Bucket=snapshots.bucket, Key=picture.key_of_size(800))["Body"].read()
    assert pixel(Image.open(BytesIO(body)), 5, 5)[0] > 150


def test_snapshot_belongs_to_its_contract_and_uploader(snapshots: Snapshots) -> None:
    world = snapshots.world
    other = world.add_contract(manual_contract())
    file_id, _ = snapshots.snapshot(contract_id=other.id)
    (start,) = starts("09:00")
    assert world.tracked({"startDateTime": start, "screenshotId": file_id}) == ["INVALID"]
    assert world.tracked({"startDateTime": start, "webcamId": file_id}) == ["INVALID"]
    assert world.tracked({"startDateTime": start, "webcamId": file_id}, contract_id=other.id) == ["STORED"]
    portrait = snapshots.form(world.sofia)[0]
    (later,) = starts("09:10")
    assert world.tracked({"startDateTime": later, "screenshotId": portrait}) == ["INVALID"]


def test_only_the_freelancer_uploads_screenshots(snapshots: Snapshots) -> None:
    world = snapshots.world
    assert snapshots.ask(world.liam).code == "FORBIDDEN"
    assert snapshots.ask(world.omar).code == "NOT_FOUND"
    fixed = world.add_contract(fixed_contract())
    assert snapshots.ask(world.sofia, fixed.id).code == "CONFLICT"
    assert snapshots.ask(world.sofia, contentType="image/svg+xml").code == "UNPROCESSABLE_CONTENT"
    assert snapshots.ask(world.sofia, maxFileSize=5_000_001).code == "UNPROCESSABLE_CONTENT"


def test_screenshot_needs_no_confirmation_and_is_no_attachment(snapshots: Snapshots) -> None:
    file_id, key = snapshots.snapshot()
    assert snapshots.world.sofia.call(CONFIRM, {"ids": [file_id]}).data == {"confirmFiles": True}
    file = snapshots.file(file_id)
    assert not file.confirmed
    assert (file.upload_key, file.subject_id) == (key, snapshots.world.contract.id)
    assert snapshots.world.liam.call(CONFIRM, {"ids": [file_id]}).data == {"confirmFiles": False}


def test_removed_time_takes_all_versions_of_its_pictures_with_it(snapshots: Snapshots) -> None:
    world = snapshots.world
    shots = [snapshots.snapshot() for _ in range(3)]
    kept, kept_key = snapshots.snapshot()
    cells = [
        {"startDateTime": start, "screenshotId": file_id}
        for start, (file_id, _) in zip(starts("09:00", 4), [*shots, (kept, kept_key)], strict=True)
    ]
    assert world.tracked(*cells) == ["STORED"] * 4
    for _, key in [*shots[:2], (kept, kept_key)]:
        snapshots.process(key)
    assert world.remove("09:00", "09:30").data["removeTime"]["minutes"] == 30
    snapshots.souk.run_due()
    assert {one.split("/")[-2 if one.startswith("uploads") else 2] for one in snapshots.versions()} == {kept}
    for file_id, _ in shots:
        assert snapshots.souk.table.get(FILES, file_id) is None
        assert snapshots.souk.table.get(PICTURES, file_id) is None
    assert snapshots.urls(snapshots.cell("09:30"))[0] is not None
    snapshots.process(shots[2][1])  # its event came late
    assert {one for one in snapshots.versions() if shots[2][0] in one} <= {shots[2][1]}


def test_records_of_a_screenshot_expire_after_its_cell(snapshots: Snapshots) -> None:
    file_id, key = snapshots.snapshot()
    (start,) = starts("09:00")
    assert snapshots.world.tracked({"startDateTime": start, "screenshotId": file_id}) == ["STORED"]
    snapshots.process(key)
    cell, file = snapshots.cell(), snapshots.file(file_id)
    picture = snapshots.souk.table.get(PICTURES, file_id)
    assert picture is not None
    assert file.expires is not None
    assert PICTURES.expires_at is not None
    assert picture.expires == PICTURES.expires_at(picture) == file.expires
    assert shown(cell, NOW) == cell
