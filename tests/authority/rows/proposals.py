"""Proposals: the freelancer and the client each have their own view and actions."""

from tests.authority.fixtures import CLOUDED, OPEN, PRIVATE, SOFIA
from tests.authority.proposals import JOB_INVITE, PENDING, REJECTED
from tests.authority.row import Row, refused, sees
from tests.authority.world import INVITED

_PARTS = """id user { id email lastName } organization { id } coverLetter annotations
  terms { chargeRate { rawValue } } projectPlan { milestones { description amount } }
  auditDetails { createdByUser { id email } modifiedByUser { id email lastName } }
  answers { question answer } attachments { id fileName link }
  status { status message reason { id description } }"""
_JOB = "{ id content { title } contractTerms { fixedPriceContractTerms { amount { rawValue } } } }"
_VENDORS = f"{{ {_PARTS} proposalCoverLetter marketplaceJobPosting {_JOB} }}"
_CLIENTS = f"{{ {_PARTS} annotations job {_JOB} }}"
_INVITATION = "id inviter { id email } invitationLetter status reason { id } message createdDateTime modifiedDateTime"
_VENDOR_INVITATION = f"{{ {_INVITATION} marketplaceJobPosting {_JOB} vendorProposal {{ id }} }}"
_CLIENT_INVITATION = f"{{ {_INVITATION} user {{ id email }} job {_JOB} clientProposal {{ id }} }}"
_MONEY = {"amount": "1000", "currency": "USD"}


def _read(field: str, parts: str, id_: str, shows: str, about: str) -> Row:
    return Row(
        field=f"Query.{field}",
        about=about,
        document=f"query ($id: ID!) {{ {field}(id: $id) {parts} }}",
        variables={"id": id_},
        shows=shows,
        strangers=sees(None),
        owner=INVITED if field == "vendorProposal" else Row.owner,
    )


def _by_freelancer(field: str, kind: str, parts: str, shows: str, **given: object) -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"mutation ($input: {kind}!) {{ {field}(input: $input) {parts} }}",
        variables={"input": given},
        shows=shows,
        strangers=refused("NOT_FOUND"),
        owner=INVITED,
    )


def _by_client(field: str, verb: str, shows: str, **given: object) -> Row:
    kind = f"ClientProposal{verb}Request" + ("!" if verb == "Hide" else "")
    return Row(
        field=f"Mutation.{field}",
        document=f"""mutation ($request: {kind}) {{
          {field}(clientProposal{verb}Request: $request) {{ status proposal {_CLIENTS} }} }}""",
        variables={"request": {"proposalId": PENDING, "jobPostingId": OPEN, **given}},
        shows=shows,
        strangers=refused("NOT_FOUND"),
    )


ROWS = (
    _read("vendorProposal", _VENDORS, REJECTED, "canary-reject-reason", "one that was rejected"),
    _read("vendorProposal", _VENDORS, PENDING, "canary-letter-pending", "one that stands"),
    _read("clientProposal", _CLIENTS, REJECTED, "canary-reject-reason", "one that was rejected"),
    _read("clientProposal", _CLIENTS, PENDING, "3456.78", "one that stands"),
    Row(
        field="Query.clientProposals",
        document=f"""query ($id: ID!) {{ clientProposals(jobPostingId: $id) {{
          totalCount edges {{ node {_CLIENTS} }} }} }}""",
        variables={"id": OPEN},
        shows="canary-letter-pending",
        strangers=refused("NOT_FOUND"),
    ),
    Row(
        field="Query.vendorProposals",
        document=f"""query ($filter: VendorProposalFilter!) {{ vendorProposals(filter: $filter,
          sortAttribute: {{field: CREATEDDATETIME, sortOrder: ASC}}, pagination: {{first: 10}}) {{
          totalCount edges {{ node {_VENDORS} }} }} }}""",
        variables={"filter": {"status_eq": "Declined"}},
        shows="canary-reject-reason",
        strangers=sees({"totalCount": 0, "edges": []}),
        owner=INVITED,
    ),
    Row(
        field="Query.vendorJobInvitation",
        document=f"query ($id: ID!) {{ vendorJobInvitation(id: $id) {_VENDOR_INVITATION} }}",
        variables={"id": JOB_INVITE},
        shows="canary-invitation-letter",
        strangers=sees(None),
        owner=INVITED,
    ),
    Row(
        field="Query.vendorJobInvitations",
        document=f"""query ($filter: JobInvitationFilter) {{ vendorJobInvitations(filter: $filter) {{
          totalCount edges {{ node {_VENDOR_INVITATION} }} }} }}""",
        variables={"filter": {"status_eq": "SENT"}},
        shows="canary-invitation-letter",
        strangers=sees({"totalCount": 0, "edges": []}),
        owner=INVITED,
    ),
    Row(
        field="Query.clientJobInvitation",
        document=f"query ($id: ID!) {{ clientJobInvitation(id: $id) {_CLIENT_INVITATION} }}",
        variables={"id": JOB_INVITE},
        shows="canary-invitation-letter",
        strangers=sees(None),
    ),
    Row(
        field="Query.clientJobInvitations",
        document=f"""query ($id: ID!) {{ clientJobInvitations(jobPostingId: $id) {{
          totalCount edges {{ node {_CLIENT_INVITATION} }} }} }}""",
        variables={"id": PRIVATE},
        shows="canary-invitation-letter",
        strangers=refused("NOT_FOUND"),
    ),
    _by_freelancer(
        "createJobProposal",
        "CreateJobProposalInput",
        f"{{ newProposalId status proposal {_VENDORS} }}",
        "canary-private-title",
        jobPostingId=PRIVATE,
        chargedAmount=_MONEY,
        answers=[{"questionId": "1", "answer": "Iron is my trade."}],
    ),
    _by_freelancer(
        "updateJobProposal",
        "UpdateJobProposalInput",
        _VENDORS,
        '"coverLetter":"Iron is my trade."',
        id=PENDING,
        coverLetter="Iron is my trade.",
    ),
    _by_freelancer(
        "withdrawJobProposal", "WithdrawJobProposalInput", _VENDORS, "Withdrawn", id=PENDING, reasonId="1103"
    ),
    _by_freelancer(
        "acceptJobInvitation",
        "AcceptJobInvitationInput",
        _VENDORS,
        "canary-private-title",
        invitationId=JOB_INVITE,
        chargedAmount=_MONEY,
    ),
    _by_freelancer(
        "declineJobInvitation",
        "DeclineJobInvitationInput",
        "",
        '"declineJobInvitation":true',
        invitationId=JOB_INVITE,
    ),
    Row(
        field="Mutation.createClientJobInvitation",
        document="""mutation ($request: ClientJobInvitationCreateRequestInput!) {
          createClientJobInvitation(clientJobInvitationCreateRequest: $request) }""",
        variables={"request": {"jobPostingId": CLOUDED, "freelancerId": SOFIA, "invitationLetter": "Come!"}},
        shows='"createClientJobInvitation":"',
        strangers=refused("NOT_FOUND"),
    ),
    _by_client("declineClientProposal", "Decline", "Declined", reason="1803"),
    _by_client("hideClientProposal", "Hide", "Hidden", hide=True),
    _by_client("markClientProposalAsRead", "Read", "Read"),
    _by_client("messageClientProposal", "Message", "Activated", message="When could we talk?"),
    _by_client("shortlistClientProposal", "Shortlist", '"annotations":[]', shortlisted=False),
)
