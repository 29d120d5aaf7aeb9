"""A person's own browsers and connected programs, and the open invitations of an organization."""

from datetime import timedelta
from typing import Any

import pytest

from souk.accounts.sessions import Sessions
from souk.authentication import sessions as by_session
from souk.authentication.issuance import make_grant
from souk.authentication.rate_limits import Meter
from souk.authentication.records import API_KEYS, GRANTS, SESSIONS, ApiKey
from souk.authentication.scopes import Scope
from souk.domains.identity.commands.programs import disconnect
from souk.domains.identity.model import InvitationState
from souk.domains.identity.store import INVITATIONS, invitation_by_id
from souk.local import access
from souk.runtime import mail
from souk.storage import lists
from tests.domains.identity.callers import Callers
from tests.domains.identity.people import ACME, LIAM, OLIVIA, RIVAL, WEB
from tests.support.clock import CLOCK
from tests.support.table import COUNTERS

LISTED = "{ accountSessions { id current device country ipAddress createdDateTime lastUsedDateTime expiresDateTime } }"
INVITED = """query ($id: ID, $page: Pagination) { teamInvitations(organizationId: $id, pagination: $page) {
  totalCount pageInfo { hasNextPage endCursor }
  edges { cursor node { id email role organizations { id } inviter { id } expiresDateTime } } } }"""
INVITE = """mutation ($all: [InvitationToTeamInput!]!) { inviteToTeam(invitations: $all) {
  succeeded { id } failed { code } } }"""


def log_in(callers: Callers, user_id: str, device: str) -> by_session.Cookie:
    sessions = Sessions(callers.souk.table, b"secret")
    CLOCK.wait(milliseconds=5)
    return sessions.create(user_id, ACME, CLOCK.real(), device=device, address="192.0.2.0/24")


def live(callers: Callers, cookie: by_session.Cookie) -> bool:
    return by_session.identify(callers.souk.table, cookie, CLOCK.real()) is not None


def test_sessions_are_listed_and_ended(callers: Callers) -> None:
    first, second, third = (log_in(callers, OLIVIA, f"Browser {number}") for number in range(3))
    theirs = log_in(callers, LIAM, "Liam's")
    listed = callers.olivia.call(LISTED).data["accountSessions"]
    assert [one["device"] for one in listed] == ["Browser 2", "Browser 1", "Browser 0"]
    assert listed[0]["ipAddress"] == "192.0.2.0/24"
    assert {one["current"] for one in listed} == {None}, "a program has no session"
    known = {str(first), first.secret, first.hash}
    assert not known & {one["id"] for one in listed}, "an id is neither the cookie nor its hash"

    end = "mutation ($id: ID!) { endSession(id: $id) }"
    for _ in range(2):
        assert callers.olivia.call(end, {"id": listed[2]["id"]}).data == {"endSession": True}
    assert callers.liam.call(end, {"id": listed[0]["id"]}).code == "NOT_FOUND"
    assert [live(callers, one) for one in (first, second, third, theirs)] == [False, True, True, True]
    assert callers.olivia.call("mutation { endOtherSessions }").data == {"endOtherSessions": 2}
    assert callers.olivia.call("mutation { endOtherSessions }").data == {"endOtherSessions": 0}
    assert [live(callers, one) for one in (second, third, theirs)] == [False, False, True]
    assert callers.olivia.call(LISTED).data["accountSessions"] == []


def test_session_of_earlier_release_can_be_ended(callers: Callers) -> None:
    cookie = log_in(callers, OLIVIA, "")
    table = callers.souk.table
    stored = table.get(SESSIONS, cookie.hash)
    assert stored
    tx = table.transaction()
    tx.update(SESSIONS, stored.model_copy(update={"id": "", "address": ""}))
    tx.commit()
    (listed,) = callers.olivia.call(LISTED).data["accountSessions"]
    assert listed["device"] == "Unknown browser"
    assert listed["id"] not in ("", cookie.hash)
    callers.olivia.call("mutation ($id: ID!) { endSession(id: $id) }", {"id": listed["id"]})
    assert not live(callers, cookie)


def test_last_use_is_written_once_in_five_minutes(callers: Callers) -> None:
    cookie = log_in(callers, OLIVIA, "Firefox on Linux")
    caller = by_session.identify(callers.souk.table, cookie, CLOCK.real())
    assert caller
    writes: list[Any] = []

    meter = Meter(callers.souk.table.client, COUNTERS)
    now = CLOCK.real()
    session_id = caller.principal.session_id
    for minutes in (0, 2, 4, 5):
        before = meter.sessions_used([session_id])
        meter.record_session(session_id, now + timedelta(minutes=minutes))
        writes.append(meter.sessions_used([session_id]) != before)
    assert writes == [True, False, False, True]
    (listed,) = callers.olivia.call(LISTED).data["accountSessions"]
    assert listed["lastUsedDateTime"] > listed["createdDateTime"]


def test_programs_are_listed_and_disconnected(callers: Callers) -> None:
    table = callers.souk.table
    keys = [
        ApiKey(
            id=letter * 32,
            name=f"Program {letter}",
            organization_id=RIVAL,
            created_by=OLIVIA,
            scopes=(Scope.COMMON_ENTITIES_READ.value,),
            grants=(),
            redirect_uris=(),
        )
        for letter in "ab"
    ]
    tx = table.transaction()
    for key in keys:
        tx.create(API_KEYS, key)
        tx.create(GRANTS, make_grant(key, OLIVIA, ACME, CLOCK.real()))
    tx.commit()
    query = "{ connectedPrograms { apiKey { name } organizations { id } scopes { id } explorer lastUsedDateTime } }"

    def names() -> list[str]:
        found = callers.olivia.call(query).data["connectedPrograms"]
        return sorted(name for one in found if (name := one["apiKey"]["name"]).startswith("Program"))

    assert names() == ["Program a", "Program b"]
    end = "mutation ($id: ID!) { disconnectProgram(apiKeyId: $id) }"
    for _ in range(2):
        assert callers.olivia.call(end, {"id": keys[0].id}).data == {"disconnectProgram": True}
    assert callers.liam.call(end, {"id": keys[1].id}).data == {"disconnectProgram": True}
    assert names() == ["Program b"], "others end only their own"


def test_key_of_souk_token_is_no_program(callers: Callers) -> None:
    """It belongs to nobody, and a program has an organization."""
    asked = "{ connectedPrograms { apiKey { name organization { name } } } }"
    before = callers.olivia.call(asked).data
    access.issue_token(callers.souk.table, "olivia@example.test")
    assert callers.olivia.call(asked).data == before


def test_all_grants_are_revoked(callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "_LARGEST_CHUNK", 2)
    table = callers.souk.table
    key = ApiKey(id="c" * 32, name="c", organization_id=ACME, created_by=OLIVIA, scopes=(), grants=(), redirect_uris=())
    tx = table.transaction()
    granted = [tx.create(GRANTS, make_grant(key, OLIVIA, ACME, CLOCK.real())).id for _ in range(5)]
    tx.commit()
    disconnect(table, OLIVIA, key.id)
    assert [grant.revoked for id_ in granted if (grant := table.get(GRANTS, id_))] == [True] * 5


def test_open_invitations_are_listed(callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "send", lambda *_args, **_options: None)

    def wanted(name: str, *organizations: str) -> dict[str, Any]:
        facts = {"flow": "CLIENT_INVITE_TO_TEAM", "landingUrl": "https://souk.test/"}
        return facts | {"inviteeEmail": f"{name}@new.test", "invitedToOrganizationsIds": list(organizations)}

    sent = [wanted("ann", ACME), wanted("ben", WEB), wanted("cem", ACME, WEB), wanted("dan", ACME)]
    made = callers.olivia.call(INVITE, {"all": sent}).data["inviteToTeam"]
    assert made["failed"] == []
    ids = [one["id"] for one in made["succeeded"]]
    callers.olivia.call("mutation ($id: ID!) { revokeInvitation(id: $id) }", {"id": ids[3]})
    stored = invitation_by_id(callers.souk.table, ACME, ids[3])
    assert stored
    assert stored.state is InvitationState.REVOKED

    def listed(**arguments: Any) -> list[str]:
        edges = callers.olivia.call(INVITED, arguments).data["teamInvitations"]["edges"]
        return [edge["node"]["email"].partition("@")[0] for edge in edges]

    assert set(listed()) == {"ann", "ben", "cem"}
    assert set(listed(id=WEB)) == {"ben", "cem"}
    first = callers.olivia.call(INVITED, {"page": {"first": 2}}).data["teamInvitations"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    rest = listed(page={"first": 2, "after": first["pageInfo"]["endCursor"]})
    assert len(rest) == 1
    assert callers.omar.call(INVITED, {"id": ACME}).code == "NOT_FOUND"
    assert callers.sofia.call(INVITED, {}).data["teamInvitations"]["edges"] == []

    expired = stored.model_copy(update={"state": InvitationState.SENT, "expires": int(CLOCK.real().timestamp()) - 1})
    tx = callers.souk.table.transaction()
    tx.update(INVITATIONS, expired)
    tx.commit()
    assert set(listed()) == {"ann", "ben", "cem"}, "one that has expired is not open"
