"""Suspending people and companies, and reactivating them."""

from collections.abc import Iterator
from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.authentication.standing import ORGANIZATION, PERSON, STANDINGS, Standing
from souk.deadlines.model import DEADLINES
from souk.domains.identity.store import RESET_AUTHENTICATOR, USERS
from souk.domains.mails.store import MAILS
from souk.storage.transaction import OUTBOX
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, RIVAL, SOFIA, SOLO, WEB, add
from tests.domains.operator.conftest import ADA, HOUSE, Market
from tests.support.api import Answer, Person, person
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile

SUSPEND = """mutation ($input: SuspendInput!) { %s(input: $input) {
  id state suspension { reason note since by { id name } } } }"""
REACTIVATE = 'mutation ($id: ID!) { %s(id: $id, reason: "Sorry.") { id state suspension { reason } } }'
STATE = "query ($id: ID!) { operatorUser(id: $id) { state connectedPrograms { explorer } } }"
ME = "{ user { id } }"


def suspend(market: Market, what: str, id_: str, by: Person | None = None, **given: Any) -> Answer:
    document = SUSPEND % f"suspend{what}"
    return (by or market.ada).call(document, {"input": {"id": id_, "reason": "Spam.", **given}})


def reactivate(market: Market, what: str, id_: str) -> Answer:
    return market.ada.call(REACTIVATE % f"reactivate{what}", {"id": id_})


def standing(market: Market, kind: str, id_: str) -> Standing:
    found = market.table.get(STANDINGS, kind, id_)
    assert found is not None
    return found


def refusal(answer: Answer) -> tuple[int, str | None, str | None]:
    """Return the status of an answer, with the code and the reason of its error."""
    errors = answer.json.get("errors")
    details = errors[0]["extensions"] if errors else {}
    return answer.status, details.get("code"), details.get("reason")


def selectable(caller: Person) -> set[str]:
    """Return the organizations that a person can make requests for."""
    answer = caller.call("{ companySelector { items { organizationId } } }")
    return {one["organizationId"] for one in answer.data["companySelector"]["items"]}


def stored(market: Market, collection: Any) -> Iterator[Any]:
    """Yield the stored entities of a collection."""
    for item in market.items():
        if item.get("type", {}).get("S") == collection.name:
            yield collection.decode(item)


def events(market: Market) -> list[tuple[str, str, str, tuple[str, ...]]]:
    found = sorted(stored(market, OUTBOX), key=lambda one: one.event_id)
    return [(one.entity, one.action, one.id, one.audience) for one in found if one.entity in ("USER", "ORG")]


def test_person_is_suspended_with_the_company_they_alone_own(market: Market) -> None:
    sofia, olivia = person(market.souk, SOFIA, SOLO), person(market.souk, OLIVIA, ACME)
    made = suspend(market, "User", SOFIA, note="Third time.").data["suspendUser"]
    assert made == {
        "id": SOFIA,
        "state": "SUSPENDED",
        "suspension": {
            "reason": "Spam.",
            "note": "Third time.",
            "since": made["suspension"]["since"],
            "by": {"id": ADA, "name": "Ada L."},
        },
    }
    assert refusal(sofia.call(ME)) == (401, "UNAUTHORIZED", "SUSPENDED")
    assert refusal(olivia.call(ME)) == (200, None, None)
    assert standing(market, ORGANIZATION, SOLO).suspended
    before = market.items()
    assert suspend(market, "User", SOFIA, reason="Again.").data["suspendUser"] == made
    assert market.items() == before
    assert reactivate(market, "User", SOFIA).data["reactivateUser"] == {
        "id": SOFIA,
        "state": "ACTIVE",
        "suspension": None,
    }
    assert refusal(sofia.call(ME)) == (200, None, None)
    assert not standing(market, ORGANIZATION, SOLO).suspended
    assert [one.since for one in standing(market, PERSON, SOFIA).past] == [made["suspension"]["since"]]
    before = market.items()
    reactivate(market, "User", SOFIA)
    assert market.items() == before
    assert events(market) == [
        ("ORG", "SUSPEND", SOLO, (HOUSE, SOLO)),
        ("USER", "SUSPEND", SOFIA, (HOUSE,)),
        ("ORG", "REACTIVATE", SOLO, (HOUSE, SOLO)),
        ("USER", "REACTIVATE", SOFIA, (HOUSE,)),
    ]
    actions = [(one.action, one.subject_id, one.reason) for one in market.trail()]
    assert actions == [
        ("suspendOrganization", SOLO, "Spam.\n\nThird time."),
        ("suspendUser", SOFIA, "Spam.\n\nThird time."),
        ("reactivateOrganization", SOLO, "Sorry."),
        ("reactivateUser", SOFIA, "Sorry."),
    ]
    mails = sorted((one.template, one.user_id, one.values.get("reason")) for one in stored(market, MAILS))
    assert mails == [("reactivated", SOFIA, None), ("suspended", SOFIA, "Spam.")]


def test_company_with_another_owner_goes_on(market: Market) -> None:
    add(market.table, "105", RIVAL, RIVAL, Role.OWNER)
    suspend(market, "User", OMAR, notify=False)
    assert market.table.get(STANDINGS, ORGANIZATION, RIVAL) is None
    suspend(market, "Organization", RIVAL)  # on its own account, so it stays suspended
    reactivate(market, "User", OMAR)
    assert standing(market, ORGANIZATION, RIVAL).suspended
    mailed = {(one.template, one.user_id) for one in stored(market, MAILS)}
    assert mailed == {("suspended", OMAR), ("suspended", "105"), ("reactivated", OMAR)}


def test_organization_is_suspended_with_its_teams(market: Market) -> None:
    olivia, liam = person(market.souk, OLIVIA, ACME), person(market.souk, LIAM, WEB, company_id=ACME)
    elsewhere = person(market.souk, LIAM, RIVAL, role=Role.MEMBER)
    assert suspend(market, "Organization", ACME).data["suspendOrganization"]["state"] == "SUSPENDED"
    for caller in (olivia, liam):
        assert refusal(caller.call(ME)) == (403, "FORBIDDEN", "SUSPENDED")
    assert refusal(elsewhere.call(ME)) == (200, None, None)
    assert selectable(elsewhere) == {RIVAL}
    team = market.ada.call(
        "query ($id: ID!) { operatorOrganization(id: $id) { state suspension { reason } } }", {"id": WEB}
    )
    assert team.data["operatorOrganization"] == {"state": "SUSPENDED", "suspension": {"reason": "Spam."}}
    assert reactivate(market, "Organization", ACME).data["reactivateOrganization"]["state"] == "ACTIVE"
    assert refusal(liam.call(ME)) == (200, None, None)
    assert selectable(elsewhere) == {RIVAL, WEB}
    assert [one.subject_title for one in market.trail()] == ["Acme", "Acme"]


def test_ended_access_stays_ended(market: Market) -> None:
    sofia, omar = person(market.souk, SOFIA, SOLO), person(market.souk, OMAR, RIVAL)
    suspend(market, "User", SOFIA, endAccess=True)
    suspend(market, "Organization", RIVAL, endAccess=True)
    reactivate(market, "User", SOFIA)
    reactivate(market, "Organization", RIVAL)
    for caller in (sofia, omar):
        assert refusal(caller.call(ME)) == (401, "UNAUTHORIZED", None)
    assert standing(market, PERSON, SOFIA).sessions_ended > 0
    found = market.ada.call(STATE, {"id": SOFIA}).data["operatorUser"]
    assert found == {"state": "ACTIVE", "connectedPrograms": []}
    CLOCK.wait(seconds=1)
    assert refusal(person(market.souk, SOFIA, SOLO).call(ME)) == (200, None, None)


def test_some_are_not_suspended(market: Market) -> None:
    add(market.table, "105", ACME, ACME, Role.MEMBER, service=True)
    before = market.items()
    for what, id_, code in (
        ("User", ADA, "CONFLICT"),
        ("User", "1", "NOT_FOUND"),
        ("User", "105", "UNPROCESSABLE_CONTENT"),
        ("Organization", HOUSE, "CONFLICT"),
        ("Organization", "1", "NOT_FOUND"),
        ("Organization", WEB, "UNPROCESSABLE_CONTENT"),
    ):
        assert suspend(market, what, id_).code == code, (what, id_)
    assert suspend(market, "User", SOFIA, reason=" ").code == "UNPROCESSABLE_CONTENT"
    assert market.items() == before


def test_one_of_two_operators_stays(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    market.ask("setOperator", userId=OLIVIA, operator="true")
    olivia = person(market.souk, OLIVIA, HOUSE)
    first = meanwhile(monkeypatch, lambda: suspend(market, "User", ADA, by=olivia))
    assert suspend(market, "User", OLIVIA).code == "CONFLICT"
    assert first[0].data
    assert market.table.get(STANDINGS, PERSON, OLIVIA) is None
    assert suspend(market, "User", OLIVIA, by=olivia).code == "CONFLICT"
    document = f'mutation {{ setOperator(userId: "{OLIVIA}", operator: false, reason: "x") {{ id }} }}'
    assert olivia.call(document).code == "CONFLICT"  # the only other operator is suspended


def test_two_operators_suspend_once(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    market.ask("setOperator", userId=OLIVIA, operator="true")
    olivia = person(market.souk, OLIVIA, HOUSE)
    first = meanwhile(monkeypatch, lambda: suspend(market, "Organization", RIVAL, by=olivia, reason="Fraud."))
    second = suspend(market, "Organization", RIVAL)
    assert first[0].data == second.data
    assert [one.operator_id for one in market.trail()] == [ADA, OLIVIA]  # the first made Olivia an operator


def test_authenticator_is_reset(market: Market) -> None:
    tx = market.table.transaction()
    tx.update(USERS, market.user(OLIVIA).model_copy(update={"authenticator": True}))
    tx.commit()
    assert market.ask("resetAuthenticator", userId=OLIVIA).data
    assert not market.user(OLIVIA).authenticator
    assert not standing(market, PERSON, OLIVIA).admits(CLOCK.real().timestamp() - 1)
    (action,) = market.trail()
    assert [(one.field, one.before, one.after) for one in action.changes] == [("authenticator", "true", "false")]
    assert {(one.kind, one.id) for one in stored(market, DEADLINES)} == {(RESET_AUTHENTICATOR, OLIVIA)}
    assert market.ask("resetAuthenticator", userId="1").code == "NOT_FOUND"
