"""Enterprises, payment verification and identity verification."""

import pytest

from souk.authentication.principal import Role
from souk.domains.identity.model import BillingType, IdentityVerificationStatus, PaymentVerificationStatus
from souk.domains.ledger.model import Account, AccountKind
from souk.domains.ledger.store import balance_key
from tests.domains.identity.people import ACME, OLIVIA, RIVAL, WEB, add
from tests.domains.operator.conftest import Market


def balance(market: Market, minor: int) -> None:
    """Change the funds of Rival."""
    tx = market.table.transaction()
    tx.count(balance_key(Account(kind=AccountKind.FUNDS, owner=RIVAL, currency="EUR")), minor)
    tx.commit()


def test_enterprise_stays_until_it_owes_nothing(market: Market) -> None:
    made = market.ask("setEnterprise", "Organization", organizationId=RIVAL, enterprise="true", billingType="BILL")
    assert made.data["setEnterprise"] == {
        "id": RIVAL,
        "enterprise": True,
        "billingType": "BILL",
        "paymentVerificationStatus": None,
    }
    balance(market, -500)
    ending = {"organizationId": RIVAL, "enterprise": "false"}
    assert market.ask("setEnterprise", "Organization", **ending).code == "CONFLICT"
    assert market.organization(RIVAL).enterprise
    balance(market, 500)
    assert market.ask("setEnterprise", "Organization", **ending).data["setEnterprise"]["enterprise"] is False
    assert market.organization(RIVAL).billing_type is BillingType.BILL
    first, second = market.trail()
    assert [(one.field, one.before, one.after) for one in first.changes] == [
        ("enterprise", "false", "true"),
        ("billingType", None, "BILL"),
    ]
    assert (first.subject_type, first.subject_title) == ("Organization", "Rival")
    assert [one.field for one in second.changes] == ["enterprise"]


def test_payment_is_verified_once(market: Market) -> None:
    for _ in range(2):
        answer = market.ask("verifyPayment", "Organization", organizationId=ACME, status="VERIFIED")
        assert answer.data["verifyPayment"]["paymentVerificationStatus"] == "VERIFIED"
    assert market.organization(ACME).payment_verification_status is PaymentVerificationStatus.VERIFIED
    (action,) = market.trail()
    assert action.action == "verifyPayment"
    assert [(one.field, one.before, one.after) for one in action.changes] == [
        ("paymentVerificationStatus", "DECLINED", "VERIFIED")
    ]


def test_identity_is_verified_once(market: Market) -> None:
    for _ in range(2):
        answer = market.ask("verifyIdentity", userId=OLIVIA, status="VERIFIED")
        assert answer.data["verifyIdentity"]["identityVerification"] == "VERIFIED"
    assert market.user(OLIVIA).identity_verification is IdentityVerificationStatus.VERIFIED
    (action,) = market.trail()
    assert [(one.field, one.before, one.after) for one in action.changes] == [
        ("identityVerification", "NOT_VERIFIED", "VERIFIED")
    ]


@pytest.mark.parametrize(
    ("mutation", "arguments", "code"),
    [
        ("setEnterprise", {"organizationId": "1", "enterprise": "true"}, "NOT_FOUND"),
        ("setEnterprise", {"organizationId": WEB, "enterprise": "true"}, "UNPROCESSABLE_CONTENT"),
        ("verifyPayment", {"organizationId": "1", "status": "VERIFIED"}, "NOT_FOUND"),
        ("verifyPayment", {"organizationId": WEB, "status": "VERIFIED"}, "UNPROCESSABLE_CONTENT"),
        ("verifyIdentity", {"userId": "1", "status": "VERIFIED"}, "NOT_FOUND"),
        ("verifyIdentity", {"userId": "105", "status": "VERIFIED"}, "UNPROCESSABLE_CONTENT"),
    ],
)
def test_wrong_subject_changes_nothing(market: Market, mutation: str, arguments: dict[str, str], code: str) -> None:
    add(market.table, "105", ACME, ACME, Role.MEMBER, service=True)
    before = market.items()
    type_ = "User" if "userId" in arguments else "Organization"
    assert market.ask(mutation, type_, **arguments).code == code
    assert market.items() == before


USER = """query ($id: ID!) { operatorUser(id: $id) {
  id user { name email lastName } firstName lastName email phone location { city country { name } timezone } state
  suspension { reason } operator serviceAccount authenticator identityVerification
  memberships { organization { name } role active since }
  connectedPrograms { apiKey { id name requestsToday } organizations { name } scopes { id } explorer agreedDateTime
    lastUsedDateTime }
  sessions openContracts termsVersion createdDateTime lastSeenDateTime } }"""
ORGANIZATION = """query ($id: ID!) { operatorOrganization(id: $id) {
  id organization { name } name companyName side country { name } vatId state suspension { reason } enterprise
  billingType paymentVerificationStatus members teams apiKeys webhookSubscriptions openJobPostings openContracts
  accounts { kind organization { id } contractId balance { rawValue currency } } createdDateTime } }"""


def test_operator_sees_whole_person(market: Market) -> None:
    found = market.ada.call(USER, {"id": OLIVIA}).data["operatorUser"]
    assert found["user"] == {"name": "Olivia O.", "email": "Olivia@Example.test", "lastName": "Ortega"}
    assert (found["state"], found["suspension"], found["operator"]) == ("ACTIVE", None, False)
    assert found["memberships"][0]["organization"] == {"name": "Acme"}
    assert (found["sessions"], found["openContracts"], found["connectedPrograms"]) == (0, 0, [])
    mine = market.ada.call(USER, {"id": market.ada.user_id}).data["operatorUser"]
    assert mine["operator"] is True
    (program,) = mine["connectedPrograms"]
    assert (program["apiKey"]["name"], program["organizations"]) == ("Tests", [{"name": "Bazaar"}])
    assert program["agreedDateTime"]
    assert market.ada.call(USER, {"id": "1"}).data == {"operatorUser": None}


def test_operator_sees_whole_organization(market: Market) -> None:
    balance(market, -500)
    rival = market.ada.call(ORGANIZATION, {"id": RIVAL}).data["operatorOrganization"]
    assert (rival["side"], rival["members"], rival["teams"], rival["apiKeys"]) == ("client", 1, 0, 0)
    assert rival["accounts"] == [
        {
            "kind": "FUNDS",
            "organization": {"id": RIVAL},
            "contractId": None,
            "balance": {"rawValue": "-5.00", "currency": "EUR"},
        }
    ]
    acme = market.ada.call(ORGANIZATION, {"id": ACME}).data["operatorOrganization"]
    assert (acme["enterprise"], acme["teams"], acme["companyName"]) == (True, 2, "Acme Trading, Inc.")
