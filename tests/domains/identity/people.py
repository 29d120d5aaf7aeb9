"""Test data: a company with two teams, another client, an agency and a freelancer, and their users."""

from typing import Any

from souk.authentication.principal import Principal, Role
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.identity.model import (
    BillingType,
    Location,
    Organization,
    OrganizationLegacyType,
    OrganizationType,
    PaymentVerificationStatus,
    User,
)
from souk.domains.identity.store import ORGANIZATIONS, create_user
from souk.storage import Table
from tests.support.clock import new_id

SINCE = "2024-05-01T09:00:00.000Z"
ACME, WEB, OPS, RIVAL, SOLO = "201", "202", "203", "301", "401"
OLIVIA, LIAM, OMAR, SOFIA = "101", "102", "103", "104"


def organization(organization_id: str, name: str, **facts: Any) -> Organization:
    """Return an organization; a client company by default."""
    defaults = {
        "id": organization_id,
        "name": name,
        "type": OrganizationType.BUSINESS,
        "legacy_type": OrganizationLegacyType.CLIENT,
        "company_id": organization_id,
        "creation_date": SINCE,
    }
    return Organization(**(defaults | facts))


def user(user_id: str, first: str, last: str, company: str, **facts: Any) -> User:
    """Return a user of one company."""
    defaults = {
        "id": user_id,
        "nickname": first.lower(),
        "email": f"{first}@Example.test",
        "first_name": first,
        "last_name": last,
        "creation_date": SINCE,
        "organization_id": company,
        "company_ids": (company,),
    }
    return User(**(defaults | facts))


ACME_COMPANY = organization(
    ACME,
    "Acme",
    company_name="Acme Trading, Inc.",
    description="Anvils and more.",
    logo_url="https://acme.test/logo.png",
    contact_user_id=OLIVIA,
    phone="+1 415 555 0100",
    location=Location(
        country="US",
        state="CA",
        city="San Francisco",
        zip="94105",
        address="1 Market Street",
        timezone="America/Los_Angeles",
    ),
    enterprise=True,
    billing_type=BillingType.BILL,
    accounting_entity="US",
    payment_verification_status=PaymentVerificationStatus.DECLINED,
)
SOFIA_SOLO = {"type": OrganizationType.SOLE_PROPRIETOR, "legacy_type": OrganizationLegacyType.VENDOR}
PLACES = (
    ACME_COMPANY,
    organization(WEB, "Web", company_id=ACME, parent_id=ACME),
    organization(OPS, "Operations", company_id=ACME, parent_id=ACME),
    organization(RIVAL, "Rival"),
    organization(SOLO, "Sofia", **SOFIA_SOLO),
)
BERLIN = Location(
    country="DE", city="Berlin", state="Berlin", zip="10115", address="Torstr. 1", timezone="Europe/Berlin"
)
PEOPLE = (
    user(OLIVIA, "Olivia", "Ortega", ACME),
    user(LIAM, "Liam", "Larsen", ACME, organization_id=WEB),
    user(OMAR, "Omar", "Okafor", RIVAL),
    user(SOFIA, "Sofia", "Silva", SOLO, location=BERLIN, photo_url="https://studio.test/sofia.jpg"),
)
MEMBERS = (
    (OLIVIA, ACME, ACME, Role.OWNER),
    (LIAM, WEB, ACME, Role.HIRING_MANAGER),
    (OMAR, RIVAL, RIVAL, Role.OWNER),
    (SOFIA, SOLO, SOLO, Role.OWNER),
)


def settle(table: Table) -> None:
    """Store all users and organizations."""
    tx = table.transaction()
    for place in PLACES:
        tx.create(ORGANIZATIONS, place)
    for one in PEOPLE:
        create_user(tx, one)
    for user_id, organization_id, company_id, role in MEMBERS:
        tx.create(
            MEMBERSHIPS,
            Membership(
                id=new_id(),
                user_id=user_id,
                organization_id=organization_id,
                company_id=company_id,
                role=role,
                since=SINCE,
            ),
        )
    tx.commit()


def add(
    table: Table,
    user_id: str,
    organization_id: str,
    company_id: str,
    role: Role,
    *,
    service: bool = False,
    **facts: Any,
) -> None:
    """Store another user with one membership."""
    tx = table.transaction()
    create_user(
        tx,
        user(user_id, f"P{user_id}", "Person", organization_id, company_ids=(company_id,), service=service),
    )
    place = {
        "id": new_id(),
        "user_id": user_id,
        "organization_id": organization_id,
        "company_id": company_id,
        "role": role,
    }
    tx.create(MEMBERSHIPS, Membership(**(place | facts)))
    tx.commit()


def principal(user_id: str, organization_id: str, company_id: str, role: Role, *, operator: bool = False) -> Principal:
    """Return a caller."""
    return Principal(user_id, "key", organization_id, company_id, role, frozenset(), operator)
