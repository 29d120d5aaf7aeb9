"""Logos of talent clouds."""

from typing import Any

from souk.domains.files.store import FILES
from tests.domains.files.pictures import PictureUploads
from tests.support.clock import CLOCK
from tests.support.worlds.clouds import CloudsWorld

LOGO = "logoImageLarge { name uri size createdDateTime } logoImageSmall { uri }"


def test_logo_shows_in_two_sizes_when_it_is_processed(world: CloudsWorld, bucket: str) -> None:
    pictures = PictureUploads(world.souk, bucket)
    first, second = (pictures.upload(world.olivia, "TalentCloud") for _ in range(2))
    cloud = world.cloud(logoFileId=first)

    def shown() -> Any:
        return world.seen(cloud, world.max, LOGO)

    assert shown() == {"logoImageLarge": None, "logoImageSmall": None}
    pictures.process(first)
    large, small = shown()["logoImageLarge"], shown()["logoImageSmall"]
    assert (large["name"], large["size"], large["createdDateTime"] is None) == ("me.png", None, False)
    assert large["uri"].partition("/pictures?")[2].endswith("&size=500")
    assert large["uri"].replace("=500", "=150") == small["uri"]
    assert world.do("createTalentCloud", name="Others", logoFileId=first).code == "CONFLICT"  # the logo of one cloud
    assert world.do("updateTalentCloud", id=cloud, logoFileId=first, name="Gulls").data  # keeps it

    assert world.do("updateTalentCloud", id=cloud, logoFileId=second).data
    world.souk.run_due(CLOCK.market())
    assert world.souk.table.get(FILES, first) is None, "the previous file is deleted"
    assert world.do("updateTalentCloud", id=cloud, logoFileId=None).data
    world.souk.run_due(CLOCK.market())
    assert (shown()["logoImageLarge"], world.souk.table.get(FILES, second)) == (None, None)


def test_file_that_is_no_picture_is_deleted(world: CloudsWorld, bucket: str) -> None:
    pictures = PictureUploads(world.souk, bucket)
    file_id = pictures.upload(world.olivia, "TalentCloud", content=b"no picture")
    cloud = world.cloud(logoFileId=file_id)
    pictures.process(file_id)
    world.souk.run_due(CLOCK.market())
    assert world.seen(cloud, world.max, LOGO) == {"logoImageLarge": None, "logoImageSmall": None}
    assert world.souk.table.get(FILES, file_id) is None
    document = pictures.link(world.olivia, "TalentCloud", fileName="form.pdf", contentType="application/pdf")
    assert document.data
    assert pictures.link(world.max, "TalentCloud").code == "FORBIDDEN"
