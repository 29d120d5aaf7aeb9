"""The logo of the marketplace: uploaded by operators, made anew, and shown when it is ready."""

from tests.domains.files.pictures import PictureUploads
from tests.domains.marketplace.conftest import House

LOGO = "{ marketplace { logoUrl } }"


def test_uploaded_logo_is_made_anew_shown_and_replaced(house: House, bucket: str) -> None:
    pictures = PictureUploads(house.souk, bucket)
    assert pictures.link(house.olivia, "BrandLogo").code == "FORBIDDEN"
    for wrong in ({"contentType": "image/svg+xml"}, {"contentType": "image/jpeg"}, {"maxFileSize": 1_000_001}):
        assert pictures.link(house.ada, "BrandLogo", **wrong).code == "UNPROCESSABLE_CONTENT"
    first = pictures.upload(house.ada, "BrandLogo")
    house.set(logoFileId=first)
    assert house.ada.call("{ marketplaceSettings { marketplace { logoUrl } } }").data["marketplaceSettings"] == {
        "marketplace": {"logoUrl": None}
    }, "not processed yet"
    pictures.process(first)
    house.souk.run_due()
    house.version += 1
    shown = house.ada.call("{ marketplaceSettings { version marketplace { logoUrl } } }").data["marketplaceSettings"]
    assert shown["version"] == house.version
    assert f"name={first}-" in shown["marketplace"]["logoUrl"]
    assert "size=192" in shown["marketplace"]["logoUrl"]
    broken = pictures.upload(house.ada, "BrandLogo", content=b"<svg><script/></svg>")
    pictures.process(broken)
    assert house.set(logoFileId=broken).code == "UNPROCESSABLE_CONTENT"
    assert house.set(logoFileId=pictures.upload(house.ada, "Portrait")).code == "UNPROCESSABLE_CONTENT"
    house.set(logoFileId=None)
    house.souk.run_due()
    assert (
        pictures.souk.table.client.get_item(
            TableName=house.table.name, Key={"PK": {"S": f"FILE#{first}"}, "SK": {"S": "FILE"}}
        ).get("Item")
        is None
    ), "the previous one is deleted"
