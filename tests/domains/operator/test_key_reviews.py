"""API keys that wait for an operator, where the marketplace reviews keys."""

from typing import Any

import pytest

from souk.authentication.records import API_KEYS, KeyState
from souk.domains.audit.store import ACTIONS
from souk.domains.mails.store import MAILS
from souk.domains.marketplace.model import Settings
from souk.domains.marketplace.store import SETTINGS
from souk.domains.operator.commands.bootstrap import Founder, bootstrap
from tests.domains.identity.api_keys import ApiKeyHarness
from tests.domains.identity.people import BERLIN, OLIVIA
from tests.domains.operator.conftest import ADA, HOUSE
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile

DECIDE = """mutation ($id: ID!, $approve: Boolean!, $note: String) {
  reviewApiKey(id: $id, approve: $approve, note: $note) { id state stateReason requestsToday } }"""
REVIEWS = """query ($filter: OperatorReviewFilter) { operatorReviews(filter: $filter) { edges { node {
  id kind state title apiKey { id name requestsToday } organization { id name } requestedBy { id name }
  decidedBy { id } note } } } }"""


class KeyReviews(ApiKeyHarness):
    """The API with an operator, who reviews keys."""

    def __init__(self, souk: Souk) -> None:
        super().__init__(souk)
        founder = Founder("ada@example.com", "Ada", "Lovelace", "Bazaar", user_id=ADA, organization_id=HOUSE)
        bootstrap(self.table, founder, "A test", CLOCK.market())
        self.ada = person(souk, ADA, HOUSE)
        self.profile(OLIVIA, location=BERLIN)
        self.switch(on=True)

    def switch(self, *, on: bool) -> None:
        """Turn the review of keys on or off."""
        before = self.table.get(SETTINGS)
        tx = self.table.transaction()
        if before:
            tx.update(SETTINGS, before.model_copy(update={"api_key_review": on}))
        else:
            tx.create(SETTINGS, Settings(api_key_review=on))
        tx.commit()
        CLOCK.wait(seconds=61)  # settings are read once a minute

    def decide(self, key_id: str, who: Person | None = None, *, approve: bool, note: str | None = None) -> Answer:
        """Decide about a key."""
        return (who or self.ada).call(DECIDE, {"id": key_id, "approve": approve, "note": note})

    def reviews(self, **conditions: Any) -> Any:
        """Return the reviews of keys that the operator finds."""
        answer = self.ada.call(REVIEWS, {"filter": {"kind_eq": "API_KEY", **conditions}})
        return [edge["node"] for edge in answer.data["operatorReviews"]["edges"]]

    def pages(self) -> list[str]:
        """Return the states of all reviews, read in pages of one."""
        query = """query ($after: String) { operatorReviews(pagination: {first: 1, after: $after}) {
          edges { node { state } } pageInfo { hasNextPage endCursor } } }"""
        after, found, more = None, list[str](), True
        while more:
            page = self.ada.call(query, {"after": after}).data["operatorReviews"]
            found += [edge["node"]["state"] for edge in page["edges"]]
            more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
        return found

    def stored_with(self, prefix: str) -> list[Any]:
        """Return the items with a prefix."""
        items = self.table.client.scan(TableName=self.table.name)["Items"]
        return [item for item in items if item["PK"]["S"].startswith(prefix)]


@pytest.fixture
def keys(souk: Souk) -> KeyReviews:
    return KeyReviews(souk)


def test_key_works_after_it_is_approved(keys: KeyReviews) -> None:
    key_id, _ = keys.made()
    assert keys.key(key_id).state is KeyState.REVIEW
    (waiting,) = keys.reviews(state_eq="OPEN")
    assert (waiting["title"], waiting["apiKey"]["id"]) == (keys.key(key_id).name, key_id)
    assert (waiting["requestedBy"]["id"], waiting["decidedBy"]) == (OLIVIA, None)
    assert keys.update(key_id, name="Another name").data, "it stays in the queue"
    assert [one["title"] for one in keys.reviews(state_eq="OPEN")] == ["Another name"]
    assert keys.decide(key_id, keys.olivia, approve=True).code == "FORBIDDEN"
    assert keys.decide(key_id, approve=False).code == "UNPROCESSABLE_CONTENT"
    shown = keys.decide(key_id, approve=True).data["reviewApiKey"]
    assert shown == {"id": key_id, "state": "ACTIVE", "stateReason": None, "requestsToday": 0}
    assert keys.update(key_id, redirectUris=["https://other.acme.test/"]).data
    assert keys.key(key_id).state is KeyState.ACTIVE
    assert keys.update(key_id, scopeIds=["common-entities-read"]).data
    assert keys.key(key_id).state is KeyState.ACTIVE, "it has fewer scopes"
    assert keys.update(key_id, scopeIds=["common-entities-read", "contracts"]).data
    assert keys.key(key_id).state is KeyState.REVIEW, "it has more scopes"
    assert keys.revoke(key_id).data
    assert [one["state"] for one in keys.reviews()] == ["WITHDRAWN", "APPROVED"]
    assert keys.decide(key_id, approve=True).code == "CONFLICT"


def test_rejected_key_says_why_and_is_reviewed_again(keys: KeyReviews) -> None:
    key_id, _ = keys.made()
    shown = keys.decide(key_id, approve=False, note="Say what it is for.").data["reviewApiKey"]
    assert (shown["state"], shown["stateReason"]) == ("REJECTED", "Say what it is for.")
    (mail,) = [MAILS.decode(item) for item in keys.stored_with("MAIL#")]
    assert (mail.template.value, mail.user_id, mail.values["reason"]) == ("key_rejected", OLIVIA, "Say what it is for.")
    assert keys.update(key_id, description="It posts our jobs.").data
    assert keys.key(key_id).state is KeyState.REVIEW
    assert keys.key(key_id).state_reason is None
    assert [one["state"] for one in keys.reviews()] == keys.pages() == ["OPEN", "REJECTED"]
    keys.switch(on=False)
    assert keys.decide(key_id, approve=True).data, "what waits is decided"
    other, _ = keys.made(name="Another one")
    assert keys.key(other).state is KeyState.ACTIVE
    found = [ACTIONS.decode(item) for item in keys.stored_with("AUDIT#")]
    trail = sorted((one for one in found if one.action == "reviewApiKey"), key=lambda one: one.id)
    changes = [(one.before, one.after) for action in trail for one in action.changes]
    assert changes == [("REVIEW", "REJECTED"), ("REVIEW", "ACTIVE")]


def test_of_two_operators_one_decides(keys: KeyReviews, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id, _ = keys.made()
    first = meanwhile(monkeypatch, lambda: keys.decide(key_id, approve=True))
    late = keys.decide(key_id, approve=False, note="No")
    assert first[0].data["reviewApiKey"]["state"] == "ACTIVE"
    assert late.code == "CONFLICT"
    assert late.error["message"].startswith("Ada Lovelace approved this at 20")
    assert keys.table.get(API_KEYS, key_id, consistent=True) == keys.key(key_id)
    assert [one["decidedBy"]["id"] for one in keys.reviews()] == [ADA]
