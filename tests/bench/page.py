"""The CPU time of reading a page of 50 items, relative to one GetItem."""

from typing import Any

import boto3

from souk.storage import Collection, Entity, Key, Model, Table
from souk.values.clock import Clock
from tests.bench.caller import environment
from tests.bench.canned import answer_with
from tests.bench.measure import call_seconds

ITEMS = 50


class Part(Model):
    """A part of a posting with a typical size."""

    name: str
    amount: int
    tags: tuple[str, ...]


class Posting(Entity):
    """An entity similar to a job posting."""

    id: str
    title: str
    description: str
    organization_id: str
    parts: tuple[Part, ...]


def _key(posting_id: str) -> Key:
    return Key(f"POSTING#{posting_id}", "POSTING")


POSTINGS: Collection[Posting] = Collection("Posting", Posting, key=_key, key_of=lambda one: _key(one.id))


def _posting(number: int) -> Posting:
    parts = tuple(Part(name=f"part {n}", amount=n, tags=("python", "aws")) for n in range(3))
    text = "We look for somebody who has done this before. " * 20
    return Posting(id=str(number), title=f"Posting {number}", description=text, organization_id="1", parts=parts)


def ratio() -> float:
    """Return the CPU time of a page of 50 decoded entities relative to one GetItem."""
    client = boto3.client(
        "dynamodb", region_name=environment()["AWS_DEFAULT_REGION"], aws_access_key_id="b", aws_secret_access_key="b"
    )
    items = [POSTINGS.encode(_posting(number)) for number in range(ITEMS)]

    def respond(operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if operation == "GetItem":
            return {"Item": items[0]}
        wanted = request["ProjectionExpression"].split(", ")
        return {
            "Items": [{name: item[name] for name in wanted} for item in items],
            "Count": ITEMS,
            "ScannedCount": ITEMS,
        }

    answer_with(client, respond)
    table = Table(client, "bench", Clock())
    page, one = call_seconds(
        lambda: table.query(POSTINGS, "ORG#1", index="GSI1", limit=ITEMS),
        lambda: client.get_item(TableName="bench", Key={"PK": {"S": "POSTING#1"}, "SK": {"S": "POSTING"}}),
        times=50,
    )
    return page / one
