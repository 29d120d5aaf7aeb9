"""Operators: only they, with the scope of operators, see and change all people and organizations."""

from dataclasses import replace
from typing import Any

from tests.authority.fixtures import ACME, HUT, IVY, LIAM, NOAH, ODA, OLIVIA, OPEN, SAM, SINCE
from tests.authority.moderation import REPORT, WAITING_KEY
from tests.authority.row import Row, refused, reports
from tests.authority.world import OPERATOR, RIVAL_OWNER

_SUSPENSION = "state suspension { reason note since by { id name } }"
_USER = f"""{{ id user {{ id name }} firstName lastName email phone location {{ street city zip timezone
  country {{ name }} }} {_SUSPENSION} operator serviceAccount authenticator identityVerification
  memberships {{ organization {{ id name }} role active since }}
  connectedPrograms {{ apiKey {{ id name }} organizations {{ id }} scopes {{ id }} explorer agreedDateTime
    lastUsedDateTime }}
  sessions openContracts termsVersion createdDateTime lastSeenDateTime }}"""
_ORGANIZATION = f"""{{ id organization {{ id name }} name companyName side country {{ name }} vatId {_SUSPENSION}
  enterprise billingType paymentVerificationStatus members teams apiKeys webhookSubscriptions openJobPostings
  openContracts accounts {{ kind organization {{ id }} contractId balance {{ rawValue currency }} }}
  createdDateTime }}"""

_CONTENT = """{ kind id title owner { id name } writer { id name } status takenDown reason takenDownDateTime reports
  createdDateTime }"""

_ACTION = """{ id operator { id name } action subjectType subjectId subjectTitle reason
  changes { field before after } ipAddress requestId createdDateTime }"""


_REPORT = """{ id kind contentId reason details reporter { id name } content state createdDateTime }"""
_KEY = (
    """{ id name description organization { id } createdBy { id } state stateReason requestsToday lastUsedDateTime }"""
)
_REVIEW = f"""{{ id kind state title organization {{ id name }} requestedBy {{ id name }} openedDateTime
  decidedBy {{ id }} decidedDateTime note apiKey {_KEY} webhookSubscription {{ id url }}
  webhookHost {{ name addresses {{ address refused }} problem }} profileUser {{ id name }}
  contentReport {_REPORT} roomId storyId contractId }}"""


def _row(field: str, document: str, shows: str) -> Row:
    return Row(field=field, document=document, shows=shows, strangers=refused("FORBIDDEN"), owner=OPERATOR)


def _list(name: str, filter_type: str, node: str, shows: str, **criteria: Any) -> Row:
    document = f"""query ($filter: {filter_type}) {{ {name}(filter: $filter, pagination: {{first: 5}}) {{
      totalCount edges {{ cursor node {node} }} pageInfo {{ endCursor hasNextPage }} }} }}"""
    row = _row(f"Query.{name}", document, shows)
    return replace(row, variables={"filter": criteria})


ROWS = (
    _row("Query.operatorUser", f'{{ operatorUser(id: "{OLIVIA}") {_USER} }}', "canary-mail"),
    _row("Query.operatorOrganization", f'{{ operatorOrganization(id: "{ACME}") {_ORGANIZATION} }}', '"name":"Acme"'),
    _list(
        "operatorUsers",
        "OperatorUserFilter",
        _USER,
        "canary-mail",
        searchExpression_eq="canary-mail",
        state_eq="DELETING",
        operator_eq=False,
        organizationId_eq=ACME,
        createdDateTime_bt={"rangeStart": "2020-01-01"},
    ),
    _list(
        "operatorOrganizations",
        "OperatorOrganizationFilter",
        _ORGANIZATION,
        '"name":"Acme"',
        searchExpression_eq="acm",
        state_eq="ACTIVE",
        side_eq="client",
        enterprise_eq=True,
        createdDateTime_bt={"rangeStart": "2020-01-01"},
    ),
    _row(
        "Query.operatorOverview",
        """{ operatorOverview { openReviews oldestReviewDateTime failedDeliveries deadLetters paymentsWaiting
          ledgerBalanced lateDeadlines oldestDeadlineDateTime searchIndexes { index documents lagSeconds }
          activity { days signUps jobPostings contracts apiRequests } warnings { code message url } checkedDateTime
          } }""",
        '"ledgerBalanced":true',
    ),
    _list("operatorActions", "OperatorActionFilter", _ACTION, "canary-action", subjectId_eq=OLIVIA, operatorId_eq=ODA),
    _row(
        "Mutation.setOperator",
        f'mutation {{ setOperator(userId: "{OLIVIA}", operator: true, reason: "Helps") {_USER} }}',
        '"operator":true',
    ),
    _row(
        "Mutation.setEnterprise",
        f"""mutation {{ setEnterprise(organizationId: "{ACME}", enterprise: true, billingType: MANAGED_SERVICES,
          reason: "Signed") {_ORGANIZATION} }}""",
        '"billingType":"MANAGED_SERVICES"',
    ),
    _row(
        "Mutation.verifyPayment",
        f'mutation {{ verifyPayment(organizationId: "{ACME}", status: ONHOLD, reason: "Seen") {_ORGANIZATION} }}',
        '"paymentVerificationStatus":"ONHOLD"',
    ),
    _row(
        "Mutation.verifyIdentity",
        f'mutation {{ verifyIdentity(userId: "{OLIVIA}", status: VERIFIED, reason: "Seen") {_USER} }}',
        '"identityVerification":"VERIFIED"',
    ),
    _row(
        "Mutation.suspendUser",
        f"""mutation {{ suspendUser(input: {{id: "{LIAM}", reason: "Spam", note: "Seen", endAccess: true}})
          {_USER} }}""",
        '"state":"SUSPENDED"',
    ),
    _row(
        "Mutation.reactivateUser",
        f'mutation {{ reactivateUser(id: "{SAM}", reason: "A mistake") {_USER} }}',
        '"state":"ACTIVE"',
    ),
    _row(
        "Mutation.suspendOrganization",
        f'mutation {{ suspendOrganization(input: {{id: "{ACME}", reason: "Spam", notify: false}}) {_ORGANIZATION} }}',
        '"state":"SUSPENDED"',
    ),
    _row(
        "Mutation.reactivateOrganization",
        f'mutation {{ reactivateOrganization(id: "{HUT}", reason: "A mistake") {_ORGANIZATION} }}',
        '"state":"ACTIVE"',
    ),
    _row(
        "Mutation.resetAuthenticator",
        f'mutation {{ resetAuthenticator(userId: "{OLIVIA}", reason: "Lost") {_USER} }}',
        '"authenticator":false',
    ),
    _row(
        "Mutation.takeDownContent",
        f"""mutation {{ takeDownContent(input: {{kind: FREELANCER_PROFILE, id: "{IVY}", reason: "Copied",
          note: "Seen", notify: true}}) {_CONTENT} }}""",
        '"takenDown":true',
    ),
    _row(
        "Mutation.restoreContent",
        f'mutation {{ restoreContent(kind: FREELANCER_PROFILE, id: "{NOAH}", reason: "A mistake") {_CONTENT} }}',
        '"takenDown":false',
    ),
    _row(
        "Query.operatorReviews",
        f"{{ operatorReviews {{ totalCount edges {{ node {_REVIEW} }} pageInfo {{ hasNextPage }} }} }}",
        "canary-reported-words",
    ),
    _row(
        "Query.operatorReview",
        f'{{ operatorReview(id: "API_KEY/{SINCE}/{WAITING_KEY}") {_REVIEW} }}',
        "canary-description-of-waiting-key",
    ),
    _row(
        "Mutation.reviewApiKey",
        f"""mutation {{ reviewApiKey(id: "{WAITING_KEY}", approve: false, note: "Say more.") {{
          id state stateReason }} }}""",
        '"stateReason":"Say more."',
    ),
    _row(
        "Query.moderationItems",
        f"""{{ moderationItems(filter: {{kind_eq: JOB_POSTING, organizationId_eq: "{ACME}"}}) {{
          totalCount edges {{ node {_CONTENT} }} pageInfo {{ hasNextPage }} }} }}""",
        '"kind":"JOB_POSTING"',
    ),
    _row(
        "Query.moderationItem",
        f'{{ moderationItem(kind: FREELANCER_PROFILE, id: "{NOAH}") {_CONTENT} }}',
        '"takenDown":true',
    ),
    _row(
        "Mutation.resolveContentReport",
        f"""mutation {{ resolveContentReport(input: {{id: "{REPORT}", takeDown: false, note: "Fine",
          notifyReporter: true}}) {_REPORT} }}""",
        '"state":"REJECTED"',
    ),
    Row(
        field="Mutation.reportContent",
        document=f"""mutation {{ reportContent(input: {{kind: JOB_POSTING, contentId: "{OPEN}", reason: SPAM,
          details: "The same as yesterday"}}) {_REPORT} }}""",
        shows='"reason":"SPAM"',
        owner=RIVAL_OWNER,
        strangers=reports,
    ),
)
