"""Making people operators, and taking the flag from them."""

import pytest

from souk.authentication.principal import Role
from tests.domains.identity.people import ACME, OLIVIA, OMAR, add
from tests.domains.operator.conftest import ADA, HOUSE, Market
from tests.support.api import person
from tests.support.racing import meanwhile


def test_new_operator_owns_operators_organization(market: Market) -> None:
    made = market.ask("setOperator", userId=OLIVIA, operator="true").data["setOperator"]
    assert made["operator"] is True
    assert {"organization": {"name": "Bazaar"}, "role": "OWNER", "active": True} in made["memberships"]
    assert set(market.user(OLIVIA).company_ids) == {ACME, HOUSE}
    assert market.user(OLIVIA).organization_id == ACME
    assert market.ask("setOperator", userId=OMAR, operator="true", by=person(market.souk, OLIVIA, HOUSE)).data


def test_without_the_flag_the_membership_ends(market: Market) -> None:
    market.ask("setOperator", userId=OLIVIA, operator="true")
    olivia = person(market.souk, OLIVIA, HOUSE)
    ended = market.ask("setOperator", userId=OLIVIA, operator="false").data["setOperator"]
    assert ended["operator"] is False
    assert {"organization": {"name": "Bazaar"}, "role": "OWNER", "active": False} in ended["memberships"]
    membership = market.membership(OLIVIA)
    assert membership is not None
    assert (membership.operator, membership.active) == (False, False)
    assert market.user(OLIVIA).company_ids == (ACME,)
    assert market.ask("setOperator", userId=OMAR, operator="true", by=olivia).code == "FORBIDDEN"


def test_each_change_is_in_the_trail_once(market: Market) -> None:
    for operator in ("true", "true", "false", "false"):
        assert market.ask("setOperator", userId=OLIVIA, operator=operator).data
    first, second = market.trail()
    assert (first.action, first.operator_id, first.reason) == ("setOperator", ADA, "As agreed")
    assert (first.subject_type, first.subject_id, first.subject_title) == ("User", OLIVIA, None)
    assert [(one.field, one.before, one.after) for one in first.changes] == [("operator", "false", "true")]
    assert [(one.field, one.before, one.after) for one in second.changes] == [("operator", "true", "false")]
    assert (first.ip_address, first.request_id) == ("127.0.0.1", "test-request")
    assert "Olivia" not in str(first)


def test_last_operator_stays_one(market: Market) -> None:
    before = market.items()
    assert market.ask("setOperator", userId=ADA, operator="false").code == "CONFLICT"
    assert market.items() == before
    market.ask("setOperator", userId=OLIVIA, operator="true")
    assert market.ask("setOperator", userId=ADA, operator="false").data
    assert market.ask("setOperator", userId=OLIVIA, operator="false", by=person(market.souk, OLIVIA, HOUSE)).code == (
        "CONFLICT"
    )


def test_two_operators_cannot_remove_each_other(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    market.ask("setOperator", userId=OLIVIA, operator="true")
    olivia = person(market.souk, OLIVIA, HOUSE)
    first = meanwhile(monkeypatch, lambda: market.ask("setOperator", userId=ADA, operator="false", by=olivia))
    assert market.ask("setOperator", userId=OLIVIA, operator="false").code == "CONFLICT"
    assert first[0].data
    left = [one for one in map(market.membership, (ADA, OLIVIA)) if one and one.operator and one.active]
    assert len(left) == 1


@pytest.mark.parametrize(("user_id", "code"), [("1", "NOT_FOUND"), ("105", "UNPROCESSABLE_CONTENT")])
def test_only_people_become_operators(market: Market, user_id: str, code: str) -> None:
    add(market.table, "105", ACME, ACME, Role.MEMBER, service=True)
    before = market.items()
    assert market.ask("setOperator", userId=user_id, operator="true").code == code
    assert market.items() == before


@pytest.mark.parametrize("reason", ['""', '" "', '"\\u0000"', f'"{"x" * 1_001}"'])
def test_reason_is_required(market: Market, reason: str) -> None:
    refused = market.ask("setOperator", userId=OLIVIA, operator="true", reason=reason)
    assert (refused.code, refused.error["extensions"]["fields"][0]["path"]) == ("UNPROCESSABLE_CONTENT", "reason")
    assert market.trail() == []


UPDATE = """mutation ($input: UpdateMemberInput!) { updateMember(input: $input) { role activationStatus } }"""


def test_membership_of_an_operator_ends_only_with_the_flag(market: Market) -> None:
    """An owner who is no operator could otherwise remove the last operator, without a trace in the trail."""
    add(market.table, "105", HOUSE, HOUSE, Role.OWNER)
    owner = person(market.souk, "105", HOUSE)
    for change in ({"active": False}, {"role": "MEMBER"}):
        answer = owner.call(UPDATE, {"input": {"userId": ADA, "organizationId": HOUSE, **change}})
        assert answer.code == "CONFLICT"
    kept = market.membership(ADA)
    assert kept is not None
    assert (kept.operator, kept.active, kept.role) == (True, True, Role.OWNER)


def test_ended_membership_comes_back_without_the_flag(market: Market) -> None:
    market.ask("setOperator", userId=OLIVIA, operator="true")
    market.ask("setOperator", userId=OLIVIA, operator="false")
    answer = market.ada.call(UPDATE, {"input": {"userId": OLIVIA, "organizationId": HOUSE, "active": True}})
    assert "errors" not in answer.json
    back = market.membership(OLIVIA)
    assert back is not None
    assert (back.active, back.operator) == (True, False)
