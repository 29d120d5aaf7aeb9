"""Operators of a deployed stack: the first one is made with the command line, and works with the API."""

import json
from typing import Any

from tests.support.running import Run

EMAIL = "ada@bazaar.test"
VERIFY = """mutation ($id: ID!, $status: PaymentVerificationStatus!) {
  verifyPayment(organizationId: $id, status: $status, reason: "A test") { id paymentVerificationStatus } }"""
RIVAL = "1300000000000000002"


def bootstrap(souk: Run) -> dict[str, Any]:
    """Make one more operator, and return the printed JSON."""
    done = souk.souk("admin", "bootstrap", "--email", EMAIL, "--name", "Ada Lovelace", "--json")
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def test_operator_is_made_works_and_is_revoked(souk: Run) -> None:
    made = bootstrap(souk)
    assert made["organization"]["name"] == "Souk Operations"
    assert made["temporaryPassword"]
    assert made["apiKey"]["secret"] is None  # the demo data made the key
    assert bootstrap(souk) == made | {"temporaryPassword": None}
    assert EMAIL in souk.souk("admin", "operators").stdout

    token = souk.token(EMAIL)
    for status in ("ACTIVE", "VERIFIED"):
        verified = souk.post(VERIFY, token, id=RIVAL, status=status)
        assert verified["data"]["verifyPayment"] == {"id": RIVAL, "paymentVerificationStatus": status}

    assert souk.souk("admin", "revoke", EMAIL).returncode == 0
    refused = souk.post(VERIFY, token, id=RIVAL, status="ACTIVE")
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    last = souk.souk("admin", "revoke", "operator@souk.test")
    assert (last.returncode, "last active operator" in last.stderr) == (1, True)
