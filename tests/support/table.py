"""The schema of Souk's table, for tests on moto. tests/infra compares it with infra/storage.py."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INDEXES = ("GSI1", "GSI2", "GSI3")
COUNTERS = "souk-test-counters"


def definition() -> dict[str, Any]:
    """Return the keys, attributes and indexes for DynamoDB's CreateTable."""
    names = ["PK", "SK", *(f"{index}{part}" for index in INDEXES for part in ("PK", "SK"))]
    return {
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
        "KeySchema": _keys(""),
        "GlobalSecondaryIndexes": [
            {"IndexName": index, "KeySchema": _keys(index), "Projection": {"ProjectionType": "ALL"}}
            for index in INDEXES
        ],
        "BillingMode": "PAY_PER_REQUEST",
    }


def create(client: "DynamoDBClient", name: str) -> None:
    """Create the table and the table of request counters."""
    client.create_table(TableName=name, **definition())
    create_counters(client)


def create_counters(client: "DynamoDBClient") -> None:
    """Create the table of request counters."""
    client.create_table(
        TableName=COUNTERS,
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def _keys(index: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": f"{index}PK", "KeyType": "HASH"},
        {"AttributeName": f"{index}SK", "KeyType": "RANGE"},
    ]
