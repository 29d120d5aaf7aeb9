"""The rules of privacy."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.authentication.principal import Principal, Role
from souk.authentication.records import Membership
from souk.domains.identity.model import ClientVerificationStatus, Organization, PaymentVerificationStatus
from souk.domains.identity.rules import privacy
from souk.domains.identity.rules.permissions import Access, evaluate
from tests.domains.identity.people import (
    ACME,
    ACME_COMPANY,
    LIAM,
    OLIVIA,
    OMAR,
    OPS,
    PEOPLE,
    PLACES,
    RIVAL,
    SOFIA,
    SOLO,
    WEB,
    principal,
)
from tests.support.clock import new_id


@dataclass(frozen=True)
class Request:
    principal: Principal


OWNER = Request(principal(OLIVIA, ACME, ACME, Role.OWNER))
MANAGER = Request(principal(LIAM, WEB, ACME, Role.HIRING_MANAGER))
STRANGER = Request(principal(OMAR, RIVAL, RIVAL, Role.OWNER))
OPERATOR = Request(principal("999", "998", "998", Role.OWNER, operator=True))
_olivia, _liam, _omar, _sofia = PEOPLE


@pytest.mark.parametrize(("asked", "shown"), [(OWNER, True), (MANAGER, True), (STRANGER, False), (OPERATOR, True)])
def test_company_is_private_to_members(asked: Request, shown: bool) -> None:
    assert [privacy.company_shown(one, asked) for one in PLACES[:3]] == [shown] * 3


def test_person_is_visible_to_self_and_colleagues() -> None:
    assert privacy.person_shown(_olivia, MANAGER)
    assert privacy.person_shown(_olivia, OPERATOR)
    assert not privacy.person_shown(_olivia, STRANGER)
    sofia = principal(SOFIA, SOLO, SOLO, Role.OWNER)
    assert privacy.person_shown(_sofia, Request(sofia))
    assert not privacy.person_shown(_sofia, OWNER)


def test_colleague_requires_company_context() -> None:
    elsewhere = Request(replace(MANAGER.principal, organization_id=RIVAL, company_id=RIVAL))
    assert not privacy.person_shown(_olivia, elsewhere)
    assert privacy.person_shown(_liam, elsewhere), "oneself is oneself everywhere"


@pytest.mark.parametrize(
    ("asked", "of", "may"),
    [
        (OWNER, OLIVIA, True),
        (OWNER, LIAM, True),
        (MANAGER, LIAM, True),
        (MANAGER, OLIVIA, False),
        (STRANGER, OMAR, False),
        (STRANGER, LIAM, False),
        (OPERATOR, LIAM, True),
        (Request(principal(LIAM, ACME, ACME, Role.MEMBER)), OLIVIA, False),
        (Request(principal(OLIVIA, WEB, ACME, Role.OWNER)), LIAM, False),
    ],
)
def test_teams_of_person_require_admin(asked: Request, of: str, may: bool) -> None:
    assert privacy.permissions_shown(asked, ACME_COMPANY, of) is may


@pytest.mark.parametrize(
    ("joined", "open_to"),
    [
        ([(ACME, Role.OWNER, True)], [WEB, OPS]),
        ([(ACME, Role.ADMIN, True)], [WEB, OPS]),
        ([(ACME, Role.OWNER, False)], []),
        ([(ACME, Role.MEMBER, True)], [WEB, OPS]),
        ([(ACME, Role.NONE, True)], []),
        ([(ACME, Role.NONE, True), (OPS, Role.MEMBER, True)], [OPS]),
        ([(OPS, Role.NONE, True)], []),
        ([(WEB, Role.HIRING_MANAGER, True), (OPS, Role.MEMBER, False)], [WEB]),
        ([(RIVAL, Role.OWNER, True)], []),
    ],
)
def test_team_access_by_role_in_team_or_company(joined: list[tuple[str, Role, bool]], open_to: list[str]) -> None:
    memberships = [
        Membership(id=new_id(), user_id=LIAM, organization_id=at, company_id=ACME, role=role, active=active)
        for at, role, active in joined
    ]
    assert [team.id for team in privacy.teams_open_to(PLACES[1:3], memberships)] == open_to


@given(at=st.sampled_from([ACME, WEB, OPS, RIVAL]), role=st.sampled_from(Role), place=st.sampled_from(PLACES[1:3]))
def test_role_scope_is_consistent(at: str, role: Role, place: Organization) -> None:
    company = RIVAL if at == RIVAL else ACME
    joined = [Membership(id=new_id(), user_id=LIAM, organization_id=at, company_id=company, role=role)]
    counts = principal(LIAM, at, company, role).acts_in(place.id, place.company_id)
    assert counts is (role is not Role.NONE and at in (place.id, ACME))
    assert (privacy.teams_open_to([place], joined) == [place]) is counts
    views = next(one for one in evaluate("OPENING", [place], ACME_COMPANY, joined) if one.action == "view")
    assert (views.access is Access.GRANTED) is counts


@pytest.mark.parametrize(
    ("status", "as_client", "outside"),
    [
        (None, "NOT_VERIFIED", None),
        ("VERIFIED", "VERIFIED", "VERIFIED"),
        ("ACTIVE", "ACTIVE_BUT_NOT_VERIFIED", "ACTIVE"),
        ("VERIFICATIONINPROGRESS", "VERIFICATION_IN_PROGRESS", "VERIFICATIONINPROGRESS"),
        ("DECLINED", "NOT_VERIFIED", None),
        ("ONHOLD", "NOT_VERIFIED", None),
        ("EXPIRED", "NOT_VERIFIED", None),
        ("VERIFICATIONFAILED", "NOT_VERIFIED", None),
        ("DEPOSIT_UNSUPPORTED", "NOT_VERIFIED", None),
    ],
)
def test_payment_failure_is_visible_to_members_only(status: str | None, as_client: str, outside: str | None) -> None:
    known = PaymentVerificationStatus(status) if status else None
    company = ACME_COMPANY.model_copy(update={"payment_verification_status": known})
    assert company.client_verification is ClientVerificationStatus(as_client)
    assert company.payment_verified is (status == "VERIFIED")
    assert privacy.payment_status_shown(company, STRANGER) == outside
    assert privacy.payment_status_shown(company, MANAGER) == status
