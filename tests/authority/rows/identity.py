"""People, organizations and API keys."""

from typing import Any

from tests.authority.fixtures import (
    ACME,
    BUILD,
    CHANGE,
    DESIGN,
    INVITATION,
    KEY,
    LIAM,
    MAX,
    NORA,
    OLIVIA,
    SESSION,
    VAULT,
)
from tests.authority.row import Outcome, Reply, Row, changes_own, common, own, public, refused, sees, shows
from tests.authority.world import SERVICE

_COMPANY = """query ($id: ID!) { company(id: $id) {
  public { id name description legacyType logoURL }
  private {
    id phone companyName summary accountingEntity billingType address zip paymentVerificationStatus
    paymentVerification { status } contactUser { email lastName location { street zip } }
  }
} }"""
_SCOPE_IDS = ["common-entities-read"]

CALLER = (
    Row(
        field="Query.user",
        document="{ user { id nid email name } }",
        shows="canary-mail-of-olivia",
        strangers=own,
    ),
    Row(
        field="Query.companySelector",
        document="{ companySelector { items { title organizationId } } }",
        shows=f'"organizationId":"{ACME}"',
        strangers=own,
    ),
    Row(
        field="Query.organization",
        document="{ organization { id name company { phone } } }",
        shows="canary-phone",
        strangers=own,
    ),
    Row(
        field="Query.organization",
        about="a team of it",
        document="query ($id: ID!) { organization { childOrganization(id: $id) { id name } } }",
        variables={"id": VAULT},
        shows="canary-team",
        strangers=sees({"childOrganization": None}),
    ),
)

ACCOUNT = (
    Row(
        field="Query.account",
        document="""{ account {
          user { id } email lastName phone location { street additionalInfo zip } operator identityVerification } }""",
        shows="canary-mail-of-olivia",
        strangers=own,
    ),
    Row(
        field="Mutation.updateAccount",
        document="mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { email phone } }",
        variables={"input": {"phone": "+351912345678"}},
        shows="canary-mail-of-olivia",
        strangers=changes_own,
        roleless=changes_own,
    ),
)


def _only_theirs(value: Any) -> Outcome:
    """Expect this value, and that no record of anybody changed. A service account is refused."""

    def check(reply: Reply) -> None:
        if reply.viewer == SERVICE:
            refused("FORBIDDEN")(reply)
        else:
            assert reply.value == value
            assert not reply.world.changes()

    return check


def _not_theirs(reply: Reply) -> None:
    """Expect that the record is not found. A service account is refused."""
    refused("FORBIDDEN" if reply.viewer == SERVICE else "NOT_FOUND")(reply)


_PROGRAM = "{ apiKey { id name } organizations { id name } scopes { id } explorer agreedDateTime lastUsedDateTime }"
SESSIONS = (
    Row(
        field="Query.accountSessions",
        document="{ accountSessions { id current device country ipAddress createdDateTime lastUsedDateTime } }",
        shows="canary-device",
        strangers=own,
    ),
    Row(
        field="Mutation.endSession",
        document="mutation ($id: ID!) { endSession(id: $id) }",
        variables={"id": SESSION},
        shows='"endSession":true',
        strangers=refused("NOT_FOUND"),
        roleless=_not_theirs,
    ),
    Row(
        field="Mutation.endOtherSessions",
        document="mutation { endOtherSessions }",
        shows='"endOtherSessions":1',
        strangers=_only_theirs(0),
    ),
    Row(
        field="Query.connectedPrograms",
        document=f"{{ connectedPrograms {_PROGRAM} }}",
        shows=f"canary-name-of-{KEY}",
        strangers=own,
    ),
    Row(
        field="Mutation.disconnectProgram",
        document="mutation ($id: ID!) { disconnectProgram(apiKeyId: $id) }",
        variables={"id": KEY},
        shows='"disconnectProgram":true',
        strangers=_only_theirs(value=True),
    ),
    Row(
        field="Query.teamInvitations",
        document="""query ($id: ID) { teamInvitations(organizationId: $id) { totalCount edges { cursor node {
          id email role organizations { id } inviter { id } createdDateTime expiresDateTime } } } }""",
        variables={"id": DESIGN},
        shows=INVITATION,
        strangers=refused("NOT_FOUND"),
        colleague=refused("FORBIDDEN"),
        roleless=refused("FORBIDDEN"),
    ),
)

PEOPLE = (
    Row(
        field="Query.userDetails",
        document="""query ($id: ID!) { userDetails(id: $id) {
          id name firstName lastName email location { street zip cityName } } }""",
        variables={"id": OLIVIA},
        shows="canary-mail-of-olivia",
        strangers=refused("NOT_FOUND"),
        colleague=shows("canary-mail-of-olivia"),
    ),
    Row(
        field="Query.userIdsByEmail",
        document="""query ($email: String!) { userIdsByEmail(email: $email) {
          totalCount edges { node { id email user { id lastName } } } } }""",
        variables={"email": "canary-mail-of-olivia@acme.test"},
        shows="canary-surname-of-olivia",
        strangers=sees({"totalCount": 0, "edges": []}),
        colleague=shows("canary-surname-of-olivia"),
    ),
    Row(
        field="Query.staffsByPersonId",
        document="""query ($id: ID!) { staffsByPersonId(personId: $id) {
          totalCount edges { node { id role organization { id name } user { email } } } } }""",
        variables={"id": LIAM},
        shows=f'"organization":{{"id":"{DESIGN}"',
        strangers=sees({"totalCount": 0, "edges": []}),
    ),
)


def _member(about: str, user_id: str, organization_id: str, colleague: Outcome | None = None) -> Row:
    return Row(
        field="Mutation.updateMember",
        about=about,
        document="""mutation ($input: UpdateMemberInput!) { updateMember(input: $input) {
          id role permissions user { id email } } }""",
        variables={"input": {"userId": user_id, "organizationId": organization_id, "role": "ADMIN"}},
        shows='"role":"ADMIN"',
        strangers=refused("NOT_FOUND"),
        colleague=colleague,
    )


def _invitation(about: str, colleague: Outcome, strangers: Outcome, **wanted: Any) -> Row:
    given = {"flow": "CLIENT_INVITE_TO_TEAM", "landingUrl": "https://souk.test/", **wanted}
    return Row(
        field="Mutation.inviteToTeam",
        about=about,
        document="""mutation ($all: [InvitationToTeamInput!]!) { inviteToTeam(invitations: $all) {
          succeeded { id } failed { code } } }""",
        variables={"all": [given]},
        shows='"failed":[]',
        strangers=strangers,
        colleague=colleague,
        roleless=refused("FORBIDDEN"),
    )


ORGANIZATIONS = (
    *(
        Row(
            field="Mutation.updateOrganizationProfile",
            about=about,
            document="""mutation ($input: UpdateOrganizationProfileInput!) {
              updateOrganizationProfile(input: $input) { id company { phone } } }""",
            variables={"input": {"id": id_, "summary": "Ours"}},
            shows='"updateOrganizationProfile":{"id"',
            strangers=refused("NOT_FOUND"),
            colleague=colleague,
        )
        for about, id_, colleague in (
            ("the company", ACME, None),
            ("a team", DESIGN, None),
            ("the colleague's team", BUILD, refused("FORBIDDEN")),
        )
    ),
    Row(
        field="Query.company",
        document=_COMPANY,
        variables={"id": ACME},
        shows="canary-surname-of-olivia",
        strangers=public,
        colleague=shows("canary-phone"),
    ),
    Row(
        field="Query.accountAuditRecord",
        document="""query ($id: ID!) { accountAuditRecord(processInstanceId: $id) {
          processInstanceId status metadata { key value } } }""",
        variables={"id": CHANGE},
        shows="canary-change",
        strangers=sees(None),
    ),
    Row(
        field="Mutation.createOrganization",
        document="mutation ($input: CreateOrganizationInput!) { createOrganization(input: $input) { id success } }",
        variables={"input": {"parentOrganizationId": ACME, "organizationName": "Ours"}},
        shows='"success":true',
        strangers=refused("NOT_FOUND"),
    ),
    *(
        Row(
            field="Mutation.updateOrganization",
            about=about,
            document="mutation ($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { id success } }",
            variables={"input": {"id": id_, "organizationName": "Ours"}},
            shows='"success":true',
            strangers=refused("NOT_FOUND"),
            colleague=colleague,
        )
        for about, id_, colleague in (
            ("the company", ACME, None),
            ("a team", DESIGN, None),
            ("the colleague's team", BUILD, refused("FORBIDDEN")),
        )
    ),
    _member("another", LIAM, DESIGN),
    _member("the colleague", MAX, BUILD, refused("FORBIDDEN")),
    _member("who has no role", NORA, ACME),
    _invitation(
        "to a team",
        refused("FORBIDDEN"),
        sees({"succeeded": [], "failed": [{"code": "ORGANIZATION_NOT_FOUND"}]}),
        inviteeEmail="new@souk.test",
        invitedToOrganizationsIds=[DESIGN],
    ),
    _invitation("by nickname", refused("FORBIDDEN"), own, inviteeEmail="max"),
    Row(
        field="Mutation.revokeInvitation",
        document="mutation ($id: ID!) { revokeInvitation(id: $id) }",
        variables={"id": INVITATION},
        shows='"revokeInvitation":true',
        strangers=refused("NOT_FOUND"),
    ),
)

_KEY_PARTS = """id name description organization { id name } createdBy { id email } redirectUris state requestsToday
connectedPeople connectedPeopleExact"""


def _key(field: str, document: str, text: str, strangers: Outcome, **variables: Any) -> Row:
    return Row(
        field=field,
        document=document,
        variables=variables,
        shows=text,
        strangers=strangers,
        colleague=refused("FORBIDDEN"),
        roleless=refused("FORBIDDEN"),
    )


API_KEYS = (
    Row(
        field="Query.apiScopes",
        document="{ apiScopes { id name description } }",
        shows="common-entities-read",
        strangers=common,
    ),
    _key("Query.apiKeys", f"{{ apiKeys {{ {_KEY_PARTS} }} }}", "canary-name-of-canary-key", own),
    _key(
        "Query.apiKey",
        f"query ($id: ID!) {{ apiKey(id: $id) {{ {_KEY_PARTS} }} }}",
        "canary-name-of-canary-key",
        sees(None),
        id=KEY,
    ),
    _key(
        "Mutation.createApiKey",
        """mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
          clientSecret apiKey { id organization { id } } } }""",
        f'"organization":{{"id":"{ACME}"}}',
        own,
        input={
            "name": "Reports",
            "description": "Reads what we pay.",
            "scopeIds": _SCOPE_IDS,
            "grants": ["AUTHORIZATION_CODE"],
            "redirectUris": ["https://souk.test/back"],
        },
    ),
    _key(
        "Mutation.updateApiKey",
        "mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { id name } }",
        '"name":"Ours"',
        refused("NOT_FOUND"),
        input={"id": KEY, "name": "Ours", "scopeIds": _SCOPE_IDS},
    ),
    Row(
        field="Mutation.createExplorerToken",
        document="mutation ($id: ID!) { createExplorerToken(apiKeyId: $id) { accessToken expiresDateTime } }",
        variables={"id": KEY},
        shows="FORBIDDEN",
        strangers=refused("FORBIDDEN"),
        programs=False,  # tests/console/test_explorer_token.py has what browsers get
    ),
    Row(
        field="Mutation.endExplorerToken",
        document="mutation ($id: ID!) { endExplorerToken(id: $id) }",
        variables={"id": "1"},
        shows="FORBIDDEN",
        strangers=refused("FORBIDDEN"),
        programs=False,
    ),
    _key(
        "Mutation.rotateApiKeySecret",
        "mutation ($id: ID!) { rotateApiKeySecret(id: $id) { clientSecret apiKey { id name } } }",
        "clientSecret",
        refused("NOT_FOUND"),
        id=KEY,
    ),
    _key(
        "Mutation.revokeApiKey",
        "mutation ($id: ID!) { revokeApiKey(id: $id) }",
        '"revokeApiKey":true',
        refused("NOT_FOUND"),
        id=KEY,
    ),
)

ROWS = (*CALLER, *ACCOUNT, *SESSIONS, *PEOPLE, *ORGANIZATIONS, *API_KEYS)
