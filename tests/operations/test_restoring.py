"""A rehearsal of docs/restoring.md: a second deployment, from a copy of the table and of the accounts of the first.

It runs on moto. What only AWS does, such as the restore itself, is a copy of all items here.
"""

import stat
from pathlib import Path

import pytest

from souk.domains.identity.store import move_subject, user_by_email
from souk.operations import ledger, lists
from souk.operations.deployment import Deployment
from souk.operations.machinery import Replay
from souk.operations.people import Import, export_people
from souk.operations.problem import Problem
from souk.storage import Table
from tests.operations.test_admin import ADA, BOB, Market
from tests.support import table as table_shape
from tests.support.api import Souk, person
from tests.support.clock import CLOCK

REVIEW = 'mutation { reviewWebhookSubscription(id: "1", approve: true) { id } }'


@pytest.fixture
def market(table: Table) -> Market:
    return Market(table)


@pytest.fixture
def second(market: Market) -> Market:
    """Return an empty deployment beside the first."""
    market.table.client.create_table(TableName="souk-restored", **table_shape.definition())
    return Market(Table(market.table.client, "souk-restored", CLOCK, writes=("",)))


def restore(first: Market, second: Market) -> None:
    """Copy all items, as a restore of the table does."""
    for item in first.items():
        second.table.client.put_item(TableName=second.table.name, Item=item)


def subjects(market: Market) -> set[str]:
    accounts = market.cognito.list_users(UserPoolId=market.pool)["Users"]
    return {one["Value"] for account in accounts for one in account["Attributes"] if one["Name"] == "sub"}


def linked(market: Market, *emails: str) -> None:
    """Link people to their accounts, as their first login does."""
    for email in emails:
        user = user_by_email(market.table, email)
        assert user
        accounts = market.cognito.list_users(UserPoolId=market.pool, Filter=f'email = "{email}"')["Users"]
        attributes = {one["Name"]: one["Value"] for one in accounts[0]["Attributes"]}
        tx = market.table.transaction()
        move_subject(tx, user, attributes["sub"])
        tx.commit()


def test_second_deployment_works_on_what_the_first_had(market: Market, second: Market, tmp_path: Path) -> None:
    made = market.found()
    market.found(BOB, "Bob Builder", "")
    linked(market, ADA, BOB)
    tx = market.table.transaction()
    tx.emit("OFFER", "CREATE", "1", to=["1"])
    tx.commit()
    file = tmp_path / "people.jsonl"
    assert export_people(market.deployment, file) == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert str(made.temporary_password) not in file.read_text()

    restore(market, second)
    said: list[str] = []
    assert Import(second.deployment, file).run(said.append) == (2, 2)
    assert Import(second.deployment, file).run(said.append) == (0, 0), "it can be repeated"

    people = [user_by_email(second.table, email) for email in (ADA, BOB)]
    assert {one.subject for one in people if one} == subjects(second)
    assert not subjects(second) & subjects(market)
    assert second.statuses() == ["CONFIRMED"] * 2, "so that Cognito mails codes for new passwords"
    assert {one.reason for one in second.trail()} >= {"souk admin people import, on this machine"}

    caller = person(Souk.whole(second.table), made.operator["id"], made.organization["id"])
    assert caller.call(REVIEW).code == "NOT_FOUND", "an operator, who may ask"
    assert lists.rewrite(second.deployment) == 0
    lists.recount(second.deployment)
    assert ledger.verify(second.deployment)[1] == []
    outputs = {**second.deployment.outputs, "BusName": "souk"}
    assert len(Replay(Deployment(outputs, second.client, ""), "1d").events) == 1, "the outbox is restored too"


def test_accounts_that_were_never_confirmed_stay_behind(market: Market, second: Market, tmp_path: Path) -> None:
    market.found()
    file = tmp_path / "people.jsonl"
    export_people(market.deployment, file)
    line = file.read_text()
    file.write_text(line.replace("FORCE_CHANGE_PASSWORD", "UNCONFIRMED"))
    assert Import(second.deployment, file).accounts == []


@pytest.mark.parametrize("text", ["{", "[]", '{"username": "a", "attributes": {}}', '{"attributes": {"sub": "1"}}'])
def test_other_files_are_refused(market: Market, tmp_path: Path, text: str) -> None:
    file = tmp_path / "people.jsonl"
    with pytest.raises(Problem, match="cannot be read"):
        Import(market.deployment, file)
    file.write_text(text)
    with pytest.raises(Problem, match="is not a file of `souk admin people export`"):
        Import(market.deployment, file)
    with pytest.raises(Problem, match="Name a new file"):
        export_people(market.deployment, file)
    assert file.read_text() == text
