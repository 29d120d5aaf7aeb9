"""docs/costs.md: its numbers follow from counted calls, and from the prices and assumptions that it lists itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pytest

from souk.authentication import explorer
from souk.authentication.issuance import IssuedTokens, RefreshTokens, issue, issue_token, make_grant, refresh
from souk.authentication.rate_limits import Meter
from souk.authentication.records import GRANTS, ApiKey, Session
from souk.authentication.scopes import Scope
from souk.runtime import mail
from souk.runtime.log import BEHIND, INDEX_BYTES, WEBHOOK_ATTEMPTS, WEBHOOK_FAILURES
from souk.storage import Table, Transaction
from tests.domains.messages.world import MessagesWorld
from tests.infra import costs
from tests.infra.alarms import alarms
from tests.infra.counting import CountingClient, Units
from tests.infra.template import Template
from tests.support import table as table_shape
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.worlds.offers import OffersWorld
from tests.support.worlds.tracking import TimeWorld, starts

OWN_METRICS: Final = (BEHIND, INDEX_BYTES, WEBHOOK_ATTEMPTS, WEBHOOK_FAILURES)


class LaterMeter(Meter):
    """Counts the requests of people who have made one today, which is not recorded again."""

    def see(self, user_id: str, now: datetime) -> None:
        """Record nothing."""


@dataclass
class Counted:
    """The API with counted calls."""

    client: CountingClient
    souk: Souk
    calls: int = 0

    def measure(self, act: Callable[[], Any]) -> tuple[int, Units]:
        """Return the calls of functions, and the units of an operation."""
        calls, before = self.calls, self.client.snapshot()
        act()
        return self.calls - calls, self.client.snapshot() - before


@pytest.fixture
def counted(table: Table, monkeypatch: pytest.MonkeyPatch) -> Counted:
    monkeypatch.setattr(mail, "is_enabled", lambda: False)
    client: Any = CountingClient(table.client)
    souk = Souk.whole(Table(client, table.name, table.clock, writes=("",)))
    made = Counted(client, souk)
    meter = LaterMeter(client, table_shape.COUNTERS)
    for api in souk.apis.values():
        monkeypatch.setattr(api, "_meter", meter)
    invoke = souk.invoke

    def count(function: str, event: dict[str, Any]) -> dict[str, Any]:
        made.calls += 1
        return invoke(function, event)

    monkeypatch.setattr(souk, "invoke", count)
    for api in souk.apis.values():
        monkeypatch.setattr(api, "_invoke", count)
    return made


def test_counted_calls_are_those_of_the_page(counted: Counted, table: Table) -> None:
    found: dict[str, tuple[int, Units]] = {}
    hiring = OffersWorld(counted.souk)
    warm = hiring.post_job()
    job: list[str] = []
    read = "query ($id: ID!) { marketplaceJobPosting(id: $id) { id content { title } } }"
    found["Read a posting"] = counted.measure(lambda: hiring.sofia.call(read, {"id": warm}).data)
    found["Post a job"] = counted.measure(lambda: job.append(hiring.post_job()))
    offer: list[str] = []
    found["Make an offer"] = counted.measure(lambda: offer.append(hiring.make_offer(job[0])))
    found["Accept an offer"] = counted.measure(lambda: hiring.accept_offer(offer[0]))
    _empty(table)
    messages = MessagesWorld(counted.souk)
    room = messages.group(messages.olivia, messages.liam)
    messages.write(messages.olivia, room)
    found["Write a message"] = counted.measure(lambda: messages.write(messages.olivia, room))
    posting, sofia = messages.post_fixed_price(), messages.sofia  # with her token
    found["Send a proposal"] = counted.measure(lambda: messages.apply(sofia, posting))
    found["List one's rooms"] = counted.measure(lambda: messages.rooms(messages.olivia))
    _empty(table)
    working = TimeWorld(counted.souk)
    assert working.tracked(*starts("09:00")) == ["STORED"]
    found["Track ten minutes"] = counted.measure(lambda: working.tracked(*starts("09:10")))
    page = costs.PAGE.read_text("utf-8")
    counts = {name: [calls, units.reads, units.writes, units.events] for name, (calls, units) in found.items()}
    lines = [f"| {name} | {' | '.join(f'{each:g}' for each in row)} | $0 |" for name, row in counts.items()]
    advice = ["Write these rows into docs/costs.md, and run `python -m tests.infra.costs`:", *lines]
    assert counts == {name: row[:4] for name, row in costs.numbers(page, "Operations").items()}, "\n".join(advice)
    reindexed = {name: units.reindexed for name, (_, units) in found.items() if units.reindexed}
    assert costs.saved_by_keys(page) == reindexed
    assert {name: whole for name, (whole, _) in costs.indexed(page).items()} == {
        name: found[name][1].writes for name in reindexed
    }


def test_tokens_take_the_writes_of_the_page(counted: Counted) -> None:
    table, now, secrets = counted.souk.table, CLOCK.real(), RefreshTokens(b"a secret of tests")
    key = ApiKey(
        id="k" * 32, name="", organization_id="1", created_by="1", scopes=(Scope.ACCOUNT,), grants=(), redirect_uris=()
    )

    def writes(do: Callable[[Transaction], object]) -> float:
        tx = table.transaction()
        do(tx)
        return counted.measure(tx.commit)[1].writes

    grant = make_grant(key, "2", "3", now)
    session = Session(hash="s" * 64, user_id="2", began=0, expires=int(now.timestamp()) + 3600)
    tokens: list[IssuedTokens] = []
    found = {"Agree to a program": writes(lambda tx: tokens.append(issue(tx, grant, now, secrets)))}
    stored, parts = table.get(GRANTS, grant.id), secrets.read(tokens[0].refresh_token or "")
    assert stored
    assert parts
    found["Refresh its tokens"] = writes(lambda tx: refresh(tx, stored, parts, now, secrets))
    found["Get a token as a service account"] = writes(lambda tx: issue_token(tx, key, "4", "3", now))
    found["Get a token of the API explorer"] = writes(lambda tx: explorer.issue(tx, key, session, "3", now))
    page = costs.PAGE.read_text("utf-8")
    assert found == {name: units for name, (units,) in costs.numbers(page, "Tokens").items()}


def test_costs_follow_from_counts_prices_and_assumptions() -> None:
    page = costs.PAGE.read_text("utf-8")
    assert costs.computed(page) == page, "Run `python -m tests.infra.costs`."
    months = costs.numbers(page, "Months")
    assert [len(row) for row in months.values()] == [4, 4, 4]
    assert 3.5 < costs.numbers(page, "Operations")["Read a posting"][-1] < 100, "dollars for a million"


def test_fixed_items_are_those_of_the_template(aws_template: Template) -> None:
    fixed = {name: row[0] for name, row in costs.numbers(costs.PAGE.read_text("utf-8"), "Fixed items").items()}
    assert fixed == {
        "CloudWatch, a metric of an alarm": sum(len(alarm.metrics) for alarm in alarms(aws_template)),
        "CloudWatch, a custom metric": len(OWN_METRICS),
        "AWS WAF, a web ACL": len(aws_template.of("AWS::WAFv2::WebACL")),
        "AWS WAF, a rule": len(aws_template.one("AWS::WAFv2::WebACL")["Rules"]),
        "Secrets Manager, a secret": len(aws_template.of("AWS::SecretsManager::Secret")),
    }


def _empty(table: Table) -> None:
    for item in table.client.scan(TableName=table.name)["Items"]:
        table.client.delete_item(TableName=table.name, Key={name: item[name] for name in ("PK", "SK")})
