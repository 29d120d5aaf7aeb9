"""The deployed resources of files: how long uploads stay, and the function that processes pictures."""

import zipfile

from souk.app import IMAGES
from souk.domains.files.model import COPIES, EXPORTS, ORIGINALS, PRIVATE_PICTURES, UPLOADS
from souk.domains.files.rules import CONFIRM_SECONDS
from tests.infra.template import Template, matches

BUCKET = "AWS::S3::Bucket"


def test_uploads_and_originals_expire_but_not_confirmed_files(aws_template: Template) -> None:
    (bucket,) = (one["Properties"] for name, one in aws_template.of(BUCKET).items() if "Attachments" in name)
    rules = {rule.get("Prefix", ""): rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert rules.keys() == {"", UPLOADS, ORIGINALS, PRIVATE_PICTURES, EXPORTS, COPIES}
    assert "ExpirationInDays" not in rules[""], "confirmed files and pictures stay"
    assert rules[UPLOADS]["ExpirationInDays"] * 86_400 >= CONFIRM_SECONDS
    assert rules[ORIGINALS]["ExpirationInDays"] == 14, "as long as the dead letters"
    assert rules[EXPORTS]["ExpirationInDays"] == 1
    assert rules[COPIES]["ExpirationInDays"] == 8
    assert rules[PRIVATE_PICTURES]["ExpirationInDays"] == 180, "as long as the work that they show"
    for prefix in (UPLOADS, ORIGINALS, PRIVATE_PICTURES, EXPORTS, COPIES):
        assert rules[prefix]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 1


def test_private_pictures_are_kept_as_long_as_the_functions_know(aws_template: Template) -> None:
    days = {
        function["Environment"]["Variables"]["SOUK_ARCHIVE_DAYS"]
        for name, function in aws_template.functions.items()
        if name in {"graphql", "jobs", "time"}
    }
    assert days == {"180"}


def test_images_receives_events_of_originals_only(aws_template: Template) -> None:
    bucket, resource = aws_template.named(BUCKET, "Attachments")
    assert resource["Properties"]["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }
    _, rule = aws_template.named("AWS::Events::Rule", "Originals")
    assert "EventBusName" not in rule["Properties"], "S3 sends its events to the default bus"
    pattern = rule["Properties"]["EventPattern"]
    assert pattern["detail"]["bucket"]["name"] == [{"Ref": bucket}]
    name = pattern["detail"]["bucket"].pop("name")
    assert name

    def passes(key: str, kind: str = "Object Created") -> bool:
        return matches(
            pattern, {"source": "aws.s3", "detail-type": kind, "detail": {"bucket": {}, "object": {"key": key}}}
        )

    assert passes("originals/portrait/1/abc")
    assert passes("uploads/private/1/upload"), "the original of a private picture"
    assert not passes("uploads/1/1")
    assert not passes("private/1/1/abc/200")
    assert not passes("pictures/1/abc/50"), "or it would process what it has made"
    assert not passes("originals/portrait/1/abc", "Object Deleted")


def test_only_images_ships_pillow(aws_template: Template) -> None:
    with_pillow = set()
    for name, function in aws_template.functions.items():
        with zipfile.ZipFile(aws_template.assets[function["Code"]["S3Key"]]) as archive:
            names = archive.namelist()
        if any(one.startswith("PIL/") for one in names):
            with_pillow.add(name)
            assert any("aarch64" in one for one in names if one.startswith("PIL/_imaging.")), "it decodes on Graviton"
    assert with_pillow == {IMAGES}
