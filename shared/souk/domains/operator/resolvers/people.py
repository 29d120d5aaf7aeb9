"""People and organizations in the graph, as operators see them, and what operators decide about them.

Every root field here needs the scope of operators, which counts only for their tokens (`souk.authentication.bearer`).
"""

from souk.authentication.records import MEMBERS, ApiKey, Membership, count_sessions, held_keys_key
from souk.domains.audit.store import actor_of
from souk.domains.contracts.store import CLIENT_CONTRACTS, PERSON_CONTRACTS, VENDOR_CONTRACTS
from souk.domains.identity.model import (
    BillingType,
    IdentityVerificationStatus,
    Organization,
    PaymentVerificationStatus,
    User,
)
from souk.domains.identity.resolvers.api_keys import shown_key
from souk.domains.identity.store import ORGANIZATIONS, USERS, all_memberships_of, memberships_of, teams_of
from souk.domains.identity.views import country_of
from souk.domains.jobs.store import COMPANY_JOBS
from souk.domains.ledger.model import AccountKind
from souk.domains.ledger.store import balances
from souk.domains.operator.commands import decisions, operators
from souk.domains.operator.inputs import reason_of
from souk.domains.operator.resolvers.declared import SCOPES, domain
from souk.domains.operator.views import (
    OPEN_CONTRACTS,
    OPEN_POSTINGS,
    AccountLocation,
    ConnectedProgram,
    LedgerAccount,
    side_of,
)
from souk.domains.reference.model import Country
from souk.domains.webhooks.store import count_key
from souk.graph import Context
from souk.storage import View, counter_value
from souk.values.money import Money


@domain.query("operatorUser", scopes=SCOPES)
def operator_user(ctx: Context, id: str) -> User | None:
    """Return a person."""
    return ctx.load(USERS, id)


@domain.query("operatorOrganization", scopes=SCOPES)
def operator_organization(ctx: Context, id: str) -> Organization | None:
    """Return a company or a team."""
    return ctx.load(ORGANIZATIONS, id)


@domain.mutation("setOperator", scopes=SCOPES)
def set_operator(ctx: Context, user_id: str, operator: bool, reason: str) -> User:
    """Make a person an operator, or end that."""
    # The scope counts only for requests of the operators' organization, so it is that of the request.
    return operators.set_operator(
        ctx.table, actor_of(ctx), ctx.principal.organization_id, user_id, reason_of(reason), operator=operator
    )


@domain.mutation("setEnterprise", scopes=SCOPES)
def set_enterprise(
    ctx: Context,
    organization_id: str,
    enterprise: bool,
    reason: str,
    billing_type: str | None = None,
) -> Organization:
    """Mark a company as an enterprise, or end that."""
    billing = BillingType(billing_type) if billing_type else None
    return decisions.set_enterprise(
        ctx.table, actor_of(ctx), organization_id, billing, reason_of(reason), enterprise=enterprise
    )


@domain.mutation("verifyPayment", scopes=SCOPES)
def verify_payment(ctx: Context, organization_id: str, status: str, reason: str) -> Organization:
    """Set the verification of a company's payment method."""
    wanted = PaymentVerificationStatus(status)
    return decisions.verify_payment(ctx.table, actor_of(ctx), organization_id, wanted, reason_of(reason))


@domain.mutation("verifyIdentity", scopes=SCOPES)
def verify_identity(ctx: Context, user_id: str, status: str, reason: str) -> User:
    """Record whether an operator has verified who a person is."""
    wanted = IdentityVerificationStatus(status)
    return decisions.verify_identity(ctx.table, actor_of(ctx), user_id, wanted, reason_of(reason))


# Fields of people


@domain.field("OperatorUser.user")
def user(source: User, ctx: Context) -> User:
    """Return the source, which is the user."""
    return source


@domain.field("OperatorUser.location")
def location(source: User, ctx: Context) -> AccountLocation:
    """Return the address and the time zone."""
    return AccountLocation.of(source.location)


@domain.field("OperatorUser.state")
@domain.field("OperatorOrganization.state")
def state(source: User | Organization, ctx: Context) -> str:
    """Return ACTIVE: nothing can be suspended yet."""
    return "ACTIVE"


@domain.field("OperatorUser.suspension")
@domain.field("OperatorOrganization.suspension")
def suspension(source: User | Organization, ctx: Context) -> None:
    """Return None: nothing can be suspended yet."""


@domain.connection("OperatorUser.operator")
def is_operator(source: User, ctx: Context) -> bool:
    """Return whether the person is an operator."""
    return any(map(operators.operates, memberships_of(ctx.table, source.id, consistent=True)))


@domain.field("OperatorUser.serviceAccount")
def service_account(source: User, ctx: Context) -> bool:
    """Return whether this is a service account."""
    return source.service


@domain.connection("OperatorUser.memberships")
def memberships(source: User, ctx: Context) -> list[Membership]:
    """Return all memberships, also ended ones."""
    return all_memberships_of(ctx.table, source.id, consistent=True)


domain.link("OperatorMembership.organization", to=ORGANIZATIONS, by="organization_id")


@domain.field("OperatorMembership.since")
def member_since(source: Membership, ctx: Context) -> str | None:
    """Return when the membership began; None if it was not recorded."""
    return source.since or None


@domain.connection("OperatorUser.connectedPrograms")
def connected_programs(source: User, ctx: Context) -> list[ConnectedProgram]:
    """Return the programs that have access, newest first."""
    return ConnectedProgram.all(ctx, source.id)


@domain.field("ConnectedProgram.apiKey")
def key_of_program(source: ConnectedProgram, ctx: Context) -> ApiKey:
    """Return the program's API key."""
    return shown_key(ctx, source.api_key)


domain.link(
    "ConnectedProgram.organizations",
    to=ORGANIZATIONS,
    by=lambda program: list(program.organization_ids),
)


@domain.connection("OperatorUser.sessions")
def sessions(source: User, ctx: Context) -> int:
    """Return the number of browsers that are logged in."""
    return count_sessions(ctx.table, source.id, ctx.table.clock.real())


@domain.connection("OperatorUser.openContracts")
def contracts_of_user(source: User, ctx: Context) -> int:
    """Return the number of open contracts as a freelancer."""
    return PERSON_CONTRACTS.of(ctx.table, source.id).count_first(OPEN_CONTRACTS)


@domain.field("OperatorUser.termsVersion")
def terms_version(source: User, ctx: Context) -> None:
    """Return None: there are no terms yet."""


@domain.field("OperatorUser.lastSeenDateTime")
def last_seen(source: User, ctx: Context) -> None:
    """Return None: it is not recorded yet."""


@domain.field("OperatorUser.createdDateTime")
@domain.field("OperatorOrganization.createdDateTime")
def created(source: User | Organization, ctx: Context) -> str:
    """Return when it was created."""
    return source.creation_date


# Fields of organizations


@domain.field("OperatorOrganization.organization")
def organization(source: Organization, ctx: Context) -> Organization:
    """Return the source, which is the organization."""
    return source


@domain.field("OperatorOrganization.side")
def side(source: Organization, ctx: Context) -> str:
    """Return the side of the market."""
    return side_of(source)


@domain.field("OperatorOrganization.country")
def country(source: Organization, ctx: Context) -> Country | None:
    """Return the country."""
    return country_of(source.location)


@domain.connection("OperatorOrganization.members")
def members(source: Organization, ctx: Context) -> int:
    """Return the number of active members."""
    active: View[Membership, Membership] = View([lambda one: one.active])
    return MEMBERS.of(ctx.table, source.id).count_first(active)


@domain.connection("OperatorOrganization.teams")
def teams(source: Organization, ctx: Context) -> int:
    """Return the number of active teams."""
    return sum(one.active for one in teams_of(ctx.table, source.id))


@domain.connection("OperatorOrganization.apiKeys")
def api_keys(source: Organization, ctx: Context) -> int:
    """Return the number of API keys of the company and its teams."""
    held = held_keys_key(source.company_id)
    return counter_value(ctx.table.batch_get([held]).get(held))


@domain.connection("OperatorOrganization.webhookSubscriptions")
def webhook_subscriptions(source: Organization, ctx: Context) -> int:
    """Return the number of webhook subscriptions of the organization and its teams."""
    ids = [source.id, *(team.id for team in teams_of(ctx.table, source.id))]
    return sum(map(counter_value, ctx.table.batch_get(map(count_key, ids)).values()))


@domain.connection("OperatorOrganization.openJobPostings")
def open_job_postings(source: Organization, ctx: Context) -> int:
    """Return the number of published postings of the company and its teams."""
    return COMPANY_JOBS.of(ctx.table, source.company_id).count_first(OPEN_POSTINGS)


@domain.connection("OperatorOrganization.openContracts")
def contracts_of_organization(source: Organization, ctx: Context) -> int:
    """Return the number of open contracts, on either side."""
    contracts = CLIENT_CONTRACTS if source.flag.client else VENDOR_CONTRACTS
    return contracts.of(ctx.table, source.company_id).count_first(OPEN_CONTRACTS)


@domain.connection("OperatorOrganization.accounts")
def accounts(source: Organization, ctx: Context) -> list[LedgerAccount]:
    """Return the company's funds and its earnings, in each currency."""
    return [
        LedgerAccount(kind, source.company_id, None, Money(minor, currency))
        for kind in (AccountKind.FUNDS, AccountKind.EARNINGS)
        for currency, minor in sorted(balances(ctx.table, kind, source.company_id).items())
    ]


domain.link("LedgerAccount.organization", to=ORGANIZATIONS, by="organization_id")
