"""The numbers that operators see of a person and of an organization: bounded reads, whatever the history."""

from datetime import timedelta
from typing import Any

import pytest

from souk.authentication.issuance import make_grant
from souk.authentication.principal import Role
from souk.authentication.records import API_KEYS, GRANTS, MEMBERSHIPS, SESSIONS, Membership, Session
from souk.domains.contracts.model import ContractStatus
from souk.domains.contracts.store import CONTRACTS
from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.jobs.model import Job, Status
from souk.domains.jobs.model.parts import JobType, PostingInfo
from souk.domains.jobs.store import JOBS
from souk.storage import lists as mechanism
from souk.storage.partition import Bound
from tests.domains.identity.people import ACME, OLIVIA, RIVAL
from tests.domains.operator.conftest import Market
from tests.support.api import KEY_ID
from tests.support.clock import CLOCK, new_id
from tests.support.worlds.milestones import PARTIES, SINCE, contract


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


def posting(id_: str, status: Status) -> Job:
    return Job(
        id=id_,
        organization_id=ACME,
        company_id=ACME,
        owner_id=OLIVIA,
        currency="USD",
        status=status,
        created=SINCE,
        modified=SINCE,
        changed_by_id=OLIVIA,
        last_client_activity=SINCE,
        info=PostingInfo(title="A map", type=JobType.HOURLY),
    )


def test_members_are_the_active_ones(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    before = shown(market, "operatorOrganization", ACME, "members")
    join(market, 3, active=True)
    join(market, 2, active=False)
    assert shown(market, "operatorOrganization", ACME, "members") == before + 3
    monkeypatch.setattr(mechanism, "SHOWN_BOUND", Bound(2, 20))
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
    monkeypatch.setattr("souk.domains.identity.store.MAX_GRANTS", 3)
    programs = shown(market, "operatorUser", OLIVIA, "connectedPrograms { apiKey { id } }")
    assert programs == [{"apiKey": {"id": KEY_ID}}]


def test_open_contracts_of_both_sides(market: Market) -> None:
    parties = {"client_company_id": ACME, "vendor_user_id": OLIVIA, "vendor_company_id": RIVAL}
    tx = market.table.transaction()
    for status in (ContractStatus.ACTIVE, ContractStatus.PAUSED, ContractStatus.CLOSED):
        tx.create(CONTRACTS, contract(status=status, parties=PARTIES.model_copy(update=parties)))
    tx.commit()
    tx = market.table.transaction()
    rival = market.organization(RIVAL)
    tx.update(ORGANIZATIONS, rival.model_copy(update={"legacy_type": OrganizationLegacyType.VENDOR}))
    tx.commit()
    assert shown(market, "operatorUser", OLIVIA, "openContracts") == 2
    assert shown(market, "operatorOrganization", ACME, "openContracts") == 2
    assert shown(market, "operatorOrganization", RIVAL, "openContracts") == 2


def test_open_postings_are_the_published_ones(market: Market) -> None:
    tx = market.table.transaction()
    for number, status in enumerate((Status.REQUESTED, Status.DRAFT, Status.REQUESTED, Status.CANCELLED)):
        tx.create(JOBS, posting(f"140{number}", status))
    tx.commit()
    assert shown(market, "operatorOrganization", ACME, "openJobPostings") == 2
