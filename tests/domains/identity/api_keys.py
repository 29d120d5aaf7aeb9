"""A harness for API key management, with users whose profiles are complete."""

from typing import Any

from souk.authentication.principal import Permission, Role
from souk.authentication.records import API_KEYS, MEMBERSHIPS, ApiKey, ClientSecret, GrantType, Membership
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, RIVAL, SOFIA, SOLO, WEB, settle
from tests.support.api import EVERY_SCOPE, KEY_ID, Answer, Person, Souk, person
from tests.support.clock import CLOCK, new_id

KEY = """{
  id name description organization { id name } createdBy { id } scopes { id name description } grants redirectUris
  state rotationMonths secretExpiresDateTime createdDateTime lastUsedDateTime requestsToday
}"""
CREATE = f"mutation ($input: CreateApiKeyInput!) {{ createApiKey(input: $input) {{ apiKey {KEY} clientSecret }} }}"
UPDATE = f"mutation ($input: UpdateApiKeyInput!) {{ updateApiKey(input: $input) {KEY} }}"
ROTATE = f"mutation ($id: ID!) {{ rotateApiKeySecret(id: $id) {{ apiKey {KEY} clientSecret }} }}"
REVOKE = "mutation ($id: ID!) { revokeApiKey(id: $id) }"
LIST = f"{{ apiKeys {KEY} }}"
ONE = f"query ($id: ID!) {{ apiKey(id: $id) {KEY} }}"


def wanted(**changes: Any) -> dict[str, Any]:
    """Return a valid input of createApiKey with changes."""
    sound = {
        "name": "Anvil importer",
        "description": "Posts our openings, for ourselves only.",
        "scopeIds": ["common-entities-read", "job-postings-write"],
        "grants": ["AUTHORIZATION_CODE", "REFRESH_TOKEN"],
        "redirectUris": ["https://importer.acme.test/callback"],
    }
    return {name: value for name, value in (sound | changes).items() if value is not ...}


class ApiKeyHarness:
    """The API, and the users who manage keys."""

    def __init__(self, souk: Souk) -> None:
        self.souk = souk
        self.table = souk.table
        settle(souk.table)
        tx = souk.table.transaction()
        tx.create(API_KEYS, _callers_key())
        in_web = self.table.get(MEMBERSHIPS, LIAM, WEB)
        assert in_web
        tx.update(MEMBERSHIPS, in_web.model_copy(update={"permissions": (Permission.API_KEY_MANAGER,)}))
        tx.commit()
        self.olivia = person(souk, OLIVIA, ACME)
        self.liam = person(souk, LIAM, WEB, company_id=ACME)
        self.omar = person(souk, OMAR, RIVAL)
        self.sofia = person(souk, SOFIA, SOLO)

    def stored(self, user_id: str) -> User:
        """Return a stored user."""
        user = self.table.get(USERS, user_id)
        assert user
        return user

    def profile(self, user_id: str, **changes: Any) -> None:
        """Change a user's profile."""
        tx = self.table.transaction()
        tx.update(USERS, self.stored(user_id).model_copy(update=changes))
        tx.commit()

    def member(self, user_id: str, organization_id: str, company_id: str, **facts: Any) -> Person:
        """Add a user to another organization."""
        facts = {"role": Role.MEMBER} | facts
        tx = self.table.transaction()
        tx.create(
            MEMBERSHIPS,
            Membership(id=new_id(), user_id=user_id, organization_id=organization_id, company_id=company_id, **facts),
        )
        tx.commit()
        return person(self.souk, user_id, organization_id)

    def manager(self, user_id: str) -> Person:
        """Add a user to Acme as a key manager."""
        return self.member(user_id, ACME, ACME, permissions=(Permission.API_KEY_MANAGER,))

    def create(self, by: Person | None = None, **changes: Any) -> Answer:
        """Create a key."""
        return (by or self.olivia).call(CREATE, {"input": wanted(**changes)})

    def made(self, by: Person | None = None, **changes: Any) -> tuple[str, str]:
        """Create a key and return its id and secret."""
        made = self.create(by, **changes).data["createApiKey"]
        return made["apiKey"]["id"], made["clientSecret"]

    def update(self, key_id: str, by: Person | None = None, **changes: Any) -> Answer:
        """Change a key."""
        return (by or self.olivia).call(UPDATE, {"input": {"id": key_id, **changes}})

    def rotate(self, key_id: str, by: Person | None = None) -> Answer:
        """Rotate a secret."""
        return (by or self.olivia).call(ROTATE, {"id": key_id})

    def revoke(self, key_id: str, by: Person | None = None) -> Answer:
        """Revoke a key."""
        return (by or self.olivia).call(REVOKE, {"id": key_id})

    def key(self, key_id: str) -> ApiKey:
        """Return a stored key."""
        key = self.table.get(API_KEYS, key_id, consistent=True)
        assert key
        return key

    def keys(self) -> set[str]:
        """Return the ids of all keys, without the callers' key."""
        items = self.table.client.scan(TableName=self.table.name)["Items"]
        ids = {item["PK"]["S"].removeprefix("KEY#") for item in items if item["SK"]["S"] == "KEY"}
        return ids - {KEY_ID}


def _callers_key() -> ApiKey:
    """Return the callers' key, which belongs to none of them."""
    return ApiKey(
        id=KEY_ID,
        name="Tests",
        organization_id="999",
        created_by="999",
        secrets=(ClientSecret(hash="", expires=int(CLOCK.real().timestamp())),),
        scopes=EVERY_SCOPE,
        grants=(GrantType.AUTHORIZATION_CODE,),
        redirect_uris=(),
    )
