"""The offers and the contract of the demo data, and that the API can continue from them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from souk.authentication.records import API_KEYS, MEMBERSHIPS
from souk.domains.contracts.store import CONTRACTS, latest_changes
from souk.domains.identity.store import ORGANIZATIONS, USERS, create_user
from souk.domains.jobs.store import JOBS
from souk.domains.market.store import relations_for_search
from souk.domains.offers.model import OfferState
from souk.domains.offers.rules.states import state_at
from souk.domains.offers.store import OFFERS
from souk.local.access import issue_token
from souk.local.demo.deals import ACCEPTED, CONTRACT, OPEN, POSTING, Deal, deals
from souk.local.demo.people import api_key, demo_people, organization_id, user_id
from souk.local.demo.posts import jobs
from souk.storage import Table
from souk.storage.transaction import OUTBOX_PREFIX
from souk.values.times import stamp
from tests.support.api import Person, Souk
from tests.support.audit import audit
from tests.support.clock import CLOCK
from tests.support.demo import NOW

ACME, STUDIO, OLIVIA, SOFIA = organization_id(1), organization_id(101), user_id(1), user_id(101)


@pytest.fixture(autouse=True)
def _now() -> None:
    """Set the clock to the time of the module's data."""
    CLOCK.at(NOW)


@pytest.fixture(scope="module")
def all_deals() -> tuple[Deal, ...]:
    people = demo_people(NOW)
    acme = next(one for one in people.organizations if one.id == ACME)
    return deals(acme, jobs(people.clients, NOW), NOW)


@pytest.fixture
def loaded(table: Table, all_deals: tuple[Deal, ...]) -> Table:
    """Return a table with the offers, the contract and their people."""
    people = demo_people(NOW)
    own = Table(table.client, table.name, CLOCK, writes=("",))
    posting = next(job for job in jobs(people.clients, NOW) if job.id == POSTING)
    tx = own.transaction()
    for organization in people.organizations:
        if organization.id in {ACME, STUDIO, posting.organization_id}:
            tx.create(ORGANIZATIONS, organization)
    for user in people.users:
        if user.id in {OLIVIA, SOFIA}:
            create_user(tx, USERS.model.model_validate(user))
    for member in people.memberships:
        if member.user_id in {OLIVIA, SOFIA}:
            tx.create(MEMBERSHIPS, member)
    tx.create(API_KEYS, api_key(NOW))
    tx.create(JOBS, posting)
    tx.commit()
    acme = own.get(ORGANIZATIONS, ACME)
    assert acme is not None
    for deal in all_deals:
        deal.write(own, acme)
    return own


def ask(table: Table, email: str, query: str) -> Any:
    who = Person(
        Souk.whole(table), *((OLIVIA, ACME) if "olivia" in email else (SOFIA, STUDIO)), issue_token(table, email)
    )
    return who.call(query).data


def test_one_offer_is_open_and_one_accepted(loaded: Table) -> None:
    accepted, still_open = loaded.get(OFFERS, ACCEPTED), loaded.get(OFFERS, OPEN)
    contract = loaded.get(CONTRACTS, CONTRACT)
    assert accepted is not None
    assert still_open is not None
    assert contract is not None
    assert (accepted.state, accepted.contract_id) == (OfferState.COMMITTED, CONTRACT)
    assert (contract.offer_id, contract.created) == (ACCEPTED, accepted.modified)
    assert state_at(still_open, stamp(NOW + timedelta(days=12))) is OfferState.ACTIVE
    assert len(latest_changes(loaded, CONTRACT)) == 1
    assert relations_for_search(loaded, SOFIA, with_clients=True).clients[ACME].record_id == CONTRACT
    audit(loaded)


def test_no_events_are_published(loaded: Table) -> None:
    pages = loaded.client.get_paginator("scan").paginate(TableName=loaded.name)
    assert not [one for page in pages for one in page["Items"] if one["PK"]["S"].startswith(OUTBOX_PREFIX)]


def test_both_parties_see_offers(loaded: Table) -> None:
    lists = "(pagination: {first: 10}) { edges { node { id state contractDetails { id } } } }"
    shown = [
        {"node": {"id": OPEN, "state": "Pending", "contractDetails": None}},
        {"node": {"id": ACCEPTED, "state": "Active", "contractDetails": {"id": CONTRACT}}},
    ]
    client = ask(loaded, "olivia@acme.test", f"{{ organization {{ clientOffers{lists} }} }}")
    assert client["organization"]["clientOffers"]["edges"] == shown
    freelancer = ask(loaded, "sofia@studio.test", f"{{ user {{ offer{lists} }} }}")
    assert freelancer["user"]["offer"]["edges"] == shown


def test_open_offer_can_be_accepted_and_expires(loaded: Table, all_deals: tuple[Deal, ...]) -> None:
    accept = f'mutation {{ acceptOffer(input: {{offerId: "{OPEN}"}}) {{ contract {{ id }} }} }}'
    assert ask(loaded, "sofia@studio.test", accept)["acceptOffer"]["contract"]["id"]
    audit(loaded)
    assert Souk.whole(loaded).run_due(datetime.fromisoformat(all_deals[1].offer.expires))


def test_documented_ids_are_correct(all_deals: tuple[Deal, ...]) -> None:
    text = Path("docs/demo-data.md").read_text("utf-8")
    for id_ in (ACCEPTED, OPEN, CONTRACT, POSTING, *(one.id for deal in all_deals for one in deal.milestones)):
        assert f"`{id_}`" in text
