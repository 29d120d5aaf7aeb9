"""The scope of operators: who can put it into a key, and whose tokens have it."""

from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS, Membership, membership_key
from souk.authentication.scopes import Scope
from tests.domains.identity.api_keys import ApiKeyHarness
from tests.domains.identity.people import ACME, BERLIN, OLIVIA, OPS, RIVAL
from tests.support.api import Person, Souk, person

SCOPES = ["common-entities-read", "operator"]
BY_OPERATORS = "Only operators of this marketplace"


@pytest.fixture
def keys(souk: Souk) -> ApiKeyHarness:
    return ApiKeyHarness(souk)


@pytest.fixture
def operator(keys: ApiKeyHarness) -> Person:
    """Olivia, who operates the marketplace from Rival, and owns Acme as well."""
    keys.profile(OLIVIA, location=BERLIN)
    return keys.member(OLIVIA, RIVAL, RIVAL, operator=True, role=Role.OWNER)


def scopes_of(answer: Any) -> set[str]:
    return {one["id"] for one in answer["scopes"]}


def test_operator_puts_scope_into_key_of_operators_organization(keys: ApiKeyHarness, operator: Person) -> None:
    made = keys.create(operator, scopeIds=SCOPES).data["createApiKey"]["apiKey"]
    assert scopes_of(made) == set(SCOPES)
    assert scopes_of(keys.rotate(made["id"], operator).data["rotateApiKeySecret"]["apiKey"]) == set(SCOPES)


@pytest.mark.parametrize("organization", [ACME, OPS])
@pytest.mark.usefixtures("operator")
def test_operator_cannot_put_scope_into_other_keys(keys: ApiKeyHarness, organization: str) -> None:
    if organization == OPS:
        keys.member(OLIVIA, OPS, ACME, role=Role.ADMIN)
    elsewhere = person(keys.souk, OLIVIA, organization)
    refused = keys.create(elsewhere, scopeIds=SCOPES)
    assert (refused.code, refused.error["message"][: len(BY_OPERATORS)]) == ("FORBIDDEN", BY_OPERATORS)
    key_id, _ = keys.made(elsewhere)
    assert keys.update(key_id, elsewhere, scopeIds=SCOPES).code == "FORBIDDEN"
    assert Scope.OPERATOR not in keys.key(key_id).scopes


def test_owner_without_flag_cannot_change_operators_key(keys: ApiKeyHarness, operator: Person) -> None:
    key_id, _ = keys.made(operator, scopeIds=SCOPES)
    before = keys.key(key_id)
    assert keys.create(keys.omar, scopeIds=SCOPES).code == "FORBIDDEN"
    assert keys.update(key_id, keys.omar, redirectUris=["https://evil.test/"]).code == "FORBIDDEN"
    assert keys.rotate(key_id, keys.omar).code == "FORBIDDEN"
    assert keys.key(key_id) == before
    assert keys.revoke(key_id, keys.omar).data == {"revokeApiKey": True}


REVIEW = 'mutation { reviewWebhookSubscription(id: "1", approve: true) { id } }'
ENOUGH = (Scope.COMMON_ENTITIES_READ.value, Scope.OPERATOR.value)


def refusal(caller: Person) -> tuple[str, bool]:
    """Return the code of the refusal, and whether it is about scopes."""
    answer = caller.call(REVIEW)
    return answer.code, "requiredScopes" in answer.error["extensions"]


@pytest.mark.usefixtures("operator")
def test_scope_counts_only_with_the_flag(keys: ApiKeyHarness) -> None:
    held = person(keys.souk, OLIVIA, RIVAL, scopes=ENOUGH)
    assert refusal(held) == ("NOT_FOUND", False)
    at_acme = person(keys.souk, OLIVIA, ACME, scopes=ENOUGH)
    assert refusal(at_acme) == ("FORBIDDEN", True)


@pytest.mark.usefixtures("operator")
def test_lost_flag_ends_the_scope_with_the_next_request(keys: ApiKeyHarness) -> None:
    held = person(keys.souk, OLIVIA, RIVAL, scopes=ENOUGH)
    _change(keys, operator=False)
    assert refusal(held) == ("FORBIDDEN", True)
    _change(keys, operator=True)
    assert refusal(held) == ("NOT_FOUND", False)
    _change(keys, active=False)
    assert held.call(REVIEW).code == "FORBIDDEN"


def _change(keys: ApiKeyHarness, **changes: bool) -> None:
    item = keys.table.batch_get([membership_key(OLIVIA, RIVAL)], consistent=True)
    (before,) = (MEMBERSHIPS.decode(one) for one in item.values())
    assert isinstance(before, Membership)
    tx = keys.table.transaction()
    tx.update(MEMBERSHIPS, before.model_copy(update=changes))
    tx.commit()
