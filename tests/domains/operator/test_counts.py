"""The numbers that operators see of a person and of an organization: bounded reads, whatever the history."""

from datetime import timedelta
from typing import Any

import pytest

from souk.authentication.issuance import make_grant
from souk.authentication.principal import Role
from souk.authentication.records import API_KEYS, GRANTS, MEMBERSHIPS, SESSIONS, Membership, Session
from souk.storage import lists as mechanism
from souk.storage.partition import Bound
from tests.domains.identity.people import ACME, OLIVIA
from tests.domains.operator.conftest import Market
from tests.support.api import KEY_ID
from tests.support.clock import CLOCK, new_id


def shown(market: Market, field: str, id_: str, selected: str) -> Any:
    return market.ada.call(f'{{ {field}(id: "{id_}") {{ {selected} }} }}').data[field][selected.partition(" ")[0]]


def join(market: Market, number: int, *, active: bool) -> None:
    tx = market.table.transaction()
    for _ in range(number):
        id_ = new_id()
        tx.create(
            MEMBERSHIPS,
            Membership(id=id_, user_id=id_, organization_id=ACME, company_id=ACME, role=Role.MEMBER, active=active),
        )
    tx.commit()


def test_members_are_the_active_ones(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    before = shown(market, "operatorOrganization", ACME, "members")
    join(market, 3, active=True)
    join(market, 2, active=False)
    assert shown(market, "operatorOrganization", ACME, "members") == before + 3
    monkeypatch.setattr(mechanism, "COUNT_BOUND", Bound(2, 20))
    assert shown(market, "operatorOrganization", ACME, "members") == 2, "of a longer list, the number is a lower bound"


def test_sessions_are_those_that_have_not_ended(market: Market) -> None:
    tx, now = market.table.transaction(), CLOCK.real()
    for number, hours in enumerate((1, 2, -1)):
        expires = int((now + timedelta(hours=hours)).timestamp())
        tx.create(SESSIONS, Session(hash=f"h{number}", user_id=OLIVIA, began=now.timestamp(), expires=expires))
    tx.commit()
    assert shown(market, "operatorUser", OLIVIA, "sessions") == 2


def test_programs_of_many_grants(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    key = market.table.get(API_KEYS, KEY_ID)
    assert key
    tx = market.table.transaction()
    for _ in range(5):
        tx.create(GRANTS, make_grant(key, OLIVIA, ACME, CLOCK.real()))
    tx.commit()
    monkeypatch.setattr("souk.domains.operator.views.MAX_GRANTS", 3)
    programs = shown(market, "operatorUser", OLIVIA, "connectedPrograms { apiKey { id } }")
    assert programs == [{"apiKey": {"id": KEY_ID}}]
