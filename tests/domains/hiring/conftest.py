"""Fixtures for the tests of hiring as a whole: the demo's people, without its past."""

from datetime import UTC, datetime

import pytest

from souk.domains.identity.model import Organization, User
from souk.domains.identity.store import ORGANIZATIONS, create_user
from souk.local.demo.people import DemoPeople, demo_people
from tests.support.actor import Actor
from tests.support.api import Person, Souk, person

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def people() -> DemoPeople:
    return demo_people(NOW)


@pytest.fixture
def actors(souk: Souk, people: DemoPeople) -> dict[str, Actor]:
    """Return the demo's people by their addresses, each in their own organization."""
    homes = {one.id: one for one in people.organizations}
    for start in range(0, len(people.organizations), 50):
        tx = souk.table.transaction()
        for organization in people.organizations[start : start + 50]:
            tx.create(ORGANIZATIONS, organization)
        tx.commit()
    for user in people.users:
        tx = souk.table.transaction()
        create_user(tx, user)
        tx.commit()
    wanted = {"olivia@acme.test", "omar@rival.test", "sofia@studio.test", "mia@pixelagency.test"}
    return {
        user.email: _actor(souk, user, homes[user.organization_id]) for user in people.users if user.email in wanted
    }


def _actor(souk: Souk, user: User, home: Organization) -> Actor:
    somebody: Person = person(souk, user.id, home.id, company_id=home.company_id)
    return Actor(user.id, home.id, lambda query, variables: somebody.call(query, variables).json)
