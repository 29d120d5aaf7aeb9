"""The people of the recorded table: clients and freelancers of the demo data, with access to the API."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from souk.authentication.records import API_KEYS, MEMBERSHIPS, held_keys_key
from souk.domains.identity.store import ORGANIZATIONS, create_user, user_by_email
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import RELATIONS
from souk.local.demo.clouds import CLOUD
from souk.local.demo.people import api_key, demo_people, service_key, user_id
from souk.local.demo.profiles import write_profiles
from souk.storage import Table
from tests.support.actor import Actor
from tests.support.api import Person, Souk, person

OLIVIA: Final = "olivia@acme.test"
"""Owns Acme, which pays on account."""
OMAR: Final = "omar@rival.test"
"""Owns Rival, which pays by checkouts and by card."""
SOFIA, NOAH, MIA = "sofia@studio.test", "noah@studio.test", "mia@pixelagency.test"
"""Freelancers; Mia owns an agency."""
EMAILS: Final = (OLIVIA, OMAR, SOFIA, NOAH, MIA)

_DOMAINS: Final = ("acme.test", "rival.test", "studio.test", "pixelagency.test", "souk.test")


@dataclass(frozen=True)
class People:
    """API callers by e-mail address, each in their own organization."""

    persons: dict[str, Person]
    actors: dict[str, Actor]

    @classmethod
    def load(cls, souk: Souk) -> "People":
        """Create tokens for the people in the table."""
        persons = {email: _person(souk, email) for email in EMAILS}
        return cls(persons, {email: _actor(caller) for email, caller in persons.items()})


def _person(souk: Souk, email: str) -> Person:
    user = user_by_email(souk.table, email)
    assert user is not None, email
    organization = souk.table.get(ORGANIZATIONS, user.organization_id)
    assert organization is not None, email
    return person(souk, user.id, organization.id, company_id=organization.company_id)


def _actor(person: Person) -> Actor:
    return Actor(person.user_id, person.organization_id, lambda query, variables: person.call(query, variables).json)


def store_people(table: Table, now: datetime) -> None:
    """Store the people of the demo data that the scenarios use, as the demo's loader does."""
    demo = demo_people(now)
    users = [user for user in demo.users if user.email.endswith(_DOMAINS) or user.service]
    companies = {company for user in users for company in user.company_ids}
    tx = table.transaction()
    for organization in demo.organizations:
        if organization.company_id in companies:
            tx.create(ORGANIZATIONS, organization)
    keys = (api_key(now), service_key(now))
    for key in keys:
        tx.create(API_KEYS, key)
    tx.count(held_keys_key(keys[0].root_id), len(keys))
    tx.create(RELATIONS, Relation(kind=RelationKind.CLOUD, user_id=user_id(101), target_id=CLOUD))
    tx.commit()
    for user in users:
        tx = table.transaction()
        create_user(tx, user)
        for membership in demo.memberships:
            if membership.user_id == user.id:
                tx.create(MEMBERSHIPS, membership)
        tx.commit()
    write_profiles(table, demo.memberships, now)
