"""Images, videos and documents: checked URLs, and confirmed uploads of the owner."""

from typing import Any

import boto3
import pytest

from souk.domains.files.model import File
from souk.domains.files.store import FILES
from tests.domains.gigs.test_api import CUID, paths
from tests.support.api import Answer
from tests.support.worlds.gigs import GALLERY, ONE, PICTURE, GigsWorld
from tests.support.worlds.jobs import NOAH, SINCE, SOFIA, STUDIO


def upload(world: GigsWorld, file_id: str, *, owner: str = SOFIA, kind: str = "image/png", size: int | None = 5) -> str:
    """Store the record of a file, and return its id."""
    tx = world.souk.table.transaction()
    file = File(
        id=file_id,
        organization_id=STUDIO,
        company_id=STUDIO,
        user_id=owner,
        file_name="logo.png",
        content_type=kind,
        max_size=100,
        created=SINCE,
        size=size,
    )
    tx.create(FILES, file)
    tx.commit()
    return file_id


def put(world: GigsWorld, gig_id: str, **media: Any) -> Answer:
    return world.sofia.call(GALLERY, {"input": {"gigId": gig_id, **media}})


def test_urls_are_stored_by_kind(world: GigsWorld) -> None:
    gig_id = world.draft()
    media = {"images": [PICTURE], "videos": ["https://video.souk.test/1"], "documents": ["https://souk.test/a.pdf"]}
    answer = put(world, gig_id, **media).data["updateGallery"]
    assert answer["success"] is True
    made = answer["attachments"]
    assert [(one["kind"], one["url"]) for one in made] == [
        ("image", PICTURE),
        ("video", "https://video.souk.test/1"),
        ("document", "https://souk.test/a.pdf"),
    ]
    assert all(CUID.fullmatch(one["id"]) for one in made)
    again = put(world, gig_id, images=["https://souk.test/new.png", PICTURE]).data["updateGallery"]["attachments"]
    assert [one["url"] for one in again] == ["https://souk.test/new.png", PICTURE]
    assert again[1]["id"] == made[0]["id"], "what stays keeps its id"
    shown = world.sofia.call(ONE, {"id": gig_id}).data["gig"]
    assert (shown["videos"], shown["documents"]) == ([], [])


def test_image_is_required(world: GigsWorld) -> None:
    gig_id = world.draft()
    assert paths(put(world, gig_id, images=[])) == {"input.images"}
    assert paths(put(world, gig_id, images=[], videos=[PICTURE])) == {"input.images"}
    assert put(world, gig_id).code == "GRAPHQL_VALIDATION_FAILED"
    assert put(world, gig_id, images=None).code == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize(
    ("media", "wrong"),
    [
        ({"images": ["http://example.com/a.png"]}, ["input.images.0"]),
        ({"images": [PICTURE, "https://127.0.0.1/a.png"]}, ["input.images.1"]),
        (
            {"images": [PICTURE], "videos": ["javascript:x"], "documents": ["x"]},
            ["input.videos.0", "input.documents.0"],
        ),
        ({"images": [PICTURE, PICTURE]}, ["input.images"]),
        ({"images": [PICTURE, PICTURE.replace("https://", "HTTPS://")]}, ["input.images"]),
        ({"images": [f"{PICTURE}?{at}" for at in range(21)]}, ["input.images"]),
        ({"images": ["7200000000000000001"]}, ["input.images.0"]),
    ],
    ids=str,
)
def test_invalid_gallery_is_refused(world: GigsWorld, media: dict[str, Any], wrong: list[str]) -> None:
    gig_id = world.draft()
    assert paths(put(world, gig_id, **media)) == set(wrong)
    assert world.stored_gig(gig_id).version == 1


def test_upload_is_shown_by_link(world: GigsWorld, bucket: str) -> None:
    gig_id, file_id = world.draft(), upload(world, "7200000000000000001")
    boto3.client("s3").put_object(Bucket=bucket, Key=f"attachments/{STUDIO}/{file_id}", Body=b"12345")
    [made] = put(world, gig_id, images=[file_id]).data["updateGallery"]["attachments"]
    assert f"/attachments/{STUDIO}/{file_id}?" in made["url"]
    assert "logo.png" in made["url"]
    [again] = put(world, gig_id, images=[file_id]).data["updateGallery"]["attachments"]
    assert again["id"] == made["id"]


@pytest.mark.parametrize(
    "file",
    [
        {"size": None},
        {"owner": NOAH},
        {"kind": "image/svg+xml"},
        {"kind": "text/html"},
        {"kind": "video/mp4"},
        {"kind": "image/png+xml"},
    ],
    ids=str,
)
def test_foreign_or_unconfirmed_upload_is_refused(world: GigsWorld, file: dict[str, Any]) -> None:
    file_id = upload(world, "7200000000000000001", **file)
    assert paths(put(world, world.draft(), images=[file_id])) == {"input.images.0"}


def test_upload_of_wrong_type_is_refused(world: GigsWorld, bucket: str) -> None:
    assert bucket
    picture, video, paper = (
        upload(world, f"720000000000000000{at}", kind=kind)
        for at, kind in enumerate(("image/PNG", "video/mp4", "application/pdf"))
    )
    gig_id = world.draft()
    assert put(world, gig_id, images=[picture], videos=[video], documents=[paper]).data
    wrong = put(world, gig_id, images=[paper], videos=[picture], documents=[video])
    assert paths(wrong) == {"input.images.0", "input.videos.0"}
