"""People, organizations and the audit trail in the graph, as operators see them, and what operators decide about them.

Every root field here needs the scope of operators, which counts only for their tokens (`souk.authentication.bearer`).
"""

from collections.abc import Mapping
from typing import Any

from souk.authentication.records import API_KEYS, MEMBERSHIPS, Membership, api_key_key, membership_key
from souk.authentication.standing import STANDINGS, Standing, Suspension, company_key, person_key
from souk.authentication.terms import ACCEPTANCES
from souk.domains.audit.model import OperatorAction
from souk.domains.audit.store import actor_of
from souk.domains.identity.model import (
    BillingType,
    IdentityVerificationStatus,
    Organization,
    PaymentVerificationStatus,
    User,
)
from souk.domains.identity.store import (
    ACTIVE_MEMBERS,
    LIVE_GRANTS,
    ORGANIZATIONS,
    PERSON_MEMBERSHIPS,
    USERS,
)
from souk.domains.identity.views import ConnectedProgram, country_of
from souk.domains.jobs.store import OPEN_POSTINGS
from souk.domains.ledger.views import LedgerAccount
from souk.domains.operator.commands import decisions, operators, suspension
from souk.domains.operator.inputs import ActionFilter, OrganizationFilter, Suspend, UserFilter, reason_of
from souk.domains.operator.lists import actions
from souk.domains.operator.model import AccountState
from souk.domains.operator.resolvers.declared import SCOPES, domain
from souk.domains.operator.rules import side_of, state_of
from souk.domains.operator.search.searching import find_organizations, find_people
from souk.domains.operator.store import (
    ACTIVE_TEAMS,
    BALANCES,
    CONTRACTS_OF_CLIENT,
    CONTRACTS_OF_PERSON,
    CONTRACTS_OF_VENDOR,
    HELD_API_KEYS,
    SESSIONS,
    WEBHOOKS,
)
from souk.domains.operator.views import (
    AccountLocation,
    last_seen_of,
    person_title,
)
from souk.domains.reference.model import Country
from souk.domains.talent.store import PROFILES
from souk.graph import Context
from souk.graph.context import Source
from souk.graph.lists import Connection, Pagination
from souk.storage import Key, Reading
from souk.values.money import Money


def _user(_ctx: Context, id: str) -> dict[Key, Source]:
    return {USERS.key(id): USERS, person_key(id): STANDINGS}


def _organization(_ctx: Context, id: str) -> dict[Key, Source]:
    return {ORGANIZATIONS.key(id): ORGANIZATIONS, company_key(id): STANDINGS}


@domain.query("operatorUser", scopes=SCOPES, needs=_user)
def operator_user(ctx: Context, id: str) -> User | None:
    """Return a person, read together with their standing."""
    return ctx.load(USERS, id)


@domain.query("operatorOrganization", scopes=SCOPES, needs=_organization)
def operator_organization(ctx: Context, id: str) -> Organization | None:
    """Return a company or a team, read together with the standing of a company."""
    return ctx.load(ORGANIZATIONS, id)


@domain.query("operatorUsers", scopes=SCOPES)
def operator_users(ctx: Context, filter: UserFilter | None = None, pagination: Pagination | None = None) -> Connection:
    """Search people."""
    return find_people(ctx, filter or UserFilter(), pagination)


@domain.query("operatorOrganizations", scopes=SCOPES)
def operator_organizations(
    ctx: Context, filter: OrganizationFilter | None = None, pagination: Pagination | None = None
) -> Connection:
    """Search companies and teams."""
    return find_organizations(ctx, filter or OrganizationFilter(), pagination)


def _actions(
    ctx: Context, filter: ActionFilter | None = None, pagination: Pagination | None = None
) -> Mapping[Key, Source]:
    return actions(ctx, filter or ActionFilter(), pagination).needs()


@domain.query("operatorActions", scopes=SCOPES, needs=_actions)
def operator_actions(
    ctx: Context, filter: ActionFilter | None = None, pagination: Pagination | None = None
) -> Connection:
    """List the audit trail, newest first."""
    return actions(ctx, filter or ActionFilter(), pagination).connection()


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


@domain.mutation("suspendUser", scopes=SCOPES)
def suspend_user(ctx: Context, input: Suspend) -> User:
    """Suspend a person."""
    return suspension.suspend_user(ctx, input.checked())


@domain.mutation("reactivateUser", scopes=SCOPES)
def reactivate_user(ctx: Context, id: str, reason: str) -> User:
    """End the suspension of a person."""
    return suspension.reactivate_user(ctx, id, reason_of(reason))


@domain.mutation("suspendOrganization", scopes=SCOPES)
def suspend_organization(ctx: Context, input: Suspend) -> Organization:
    """Suspend a company."""
    return suspension.suspend_organization(ctx, input.checked())


@domain.mutation("reactivateOrganization", scopes=SCOPES)
def reactivate_organization(ctx: Context, id: str, reason: str) -> Organization:
    """End the suspension of a company."""
    return suspension.reactivate_organization(ctx, id, reason_of(reason))


@domain.mutation("resetAuthenticator", scopes=SCOPES)
def reset_authenticator(ctx: Context, user_id: str, reason: str) -> User:
    """Turn a person's authenticator app off."""
    return decisions.reset_authenticator(ctx.table, actor_of(ctx), user_id, reason_of(reason))


def _declare(coordinate: str, reading: Reading[Any], owner: str = "id") -> None:
    """Declare a field whose value is a reading. `owner` is the source's attribute with the id."""

    def needs(source: Any, ctx: Context) -> Mapping[Key, Source]:
        return {reading.key(getattr(source, owner)): reading}

    def value(source: Any, ctx: Context) -> Any:
        return ctx.entities[reading.key(getattr(source, owner))]

    domain.field(coordinate, needs=needs)(value)


_declare("OperatorUser.sessions", SESSIONS)
_declare("OperatorUser.openContracts", CONTRACTS_OF_PERSON)
_declare("OperatorOrganization.members", ACTIVE_MEMBERS)
_declare("OperatorOrganization.teams", ACTIVE_TEAMS)
_declare("OperatorOrganization.apiKeys", HELD_API_KEYS, owner="company_id")
_declare("OperatorOrganization.webhookSubscriptions", WEBHOOKS)
_declare("OperatorOrganization.openJobPostings", OPEN_POSTINGS, owner="company_id")


# Fields of people


@domain.field("OperatorUser.user")
def user(source: User, ctx: Context) -> User:
    """Return the source, which is the user."""
    return source


def _profile(source: User, ctx: Context) -> dict[Key, Source]:
    return {PROFILES.key(source.id): PROFILES}


@domain.field("OperatorUser.freelancerProfile", needs=_profile)
def freelancer_profile(source: User, ctx: Context) -> User | None:
    """Return the source as a freelancer; None if they have no profile."""
    return source if ctx.entities[PROFILES.key(source.id)] else None


@domain.field("OperatorUser.location")
def location(source: User, ctx: Context) -> AccountLocation:
    """Return the address and the time zone."""
    return AccountLocation.of(source.location)


def _standing(source: User | Organization, ctx: Context) -> dict[Key, Source]:
    """Return the standing that a field needs: of a person, or of a company, which is also that of its teams."""
    return {person_key(source.id) if isinstance(source, User) else company_key(source.company_id): STANDINGS}


@domain.field("OperatorUser.suspension", needs=_standing)
@domain.field("OperatorOrganization.suspension", needs=_standing)
def suspension_of(source: User | Organization, ctx: Context) -> Suspension | None:
    """Return the suspension; None if there is none."""
    (key,) = _standing(source, ctx)
    standing: Standing | None = ctx.entities[key]
    return standing.suspension if standing else None


@domain.field("OperatorUser.state", needs=_standing)
@domain.field("OperatorOrganization.state", needs=_standing)
def state(source: User | Organization, ctx: Context) -> AccountState:
    """Return the state."""
    (key,) = _standing(source, ctx)
    return state_of(source, ctx.entities[key])


domain.link("Suspension.by", to=USERS, by="by")


def _operators_membership(source: User, ctx: Context) -> Mapping[Key, Source]:
    """Return what the flag needs: only memberships of the operators' organization, which is the request's, have it."""
    return {membership_key(source.id, ctx.principal.organization_id): MEMBERSHIPS}


@domain.field("OperatorUser.operator", needs=_operators_membership)
def is_operator(source: User, ctx: Context) -> bool:
    """Return whether the person is an operator."""
    return operators.operates(ctx.load(MEMBERSHIPS, source.id, ctx.principal.organization_id))


@domain.field("OperatorUser.serviceAccount")
def service_account(source: User, ctx: Context) -> bool:
    """Return whether this is a service account."""
    return source.service


def _memberships(source: User, ctx: Context) -> Mapping[Key, Source]:
    return {PERSON_MEMBERSHIPS.key(source.id): PERSON_MEMBERSHIPS}


@domain.field("OperatorUser.memberships", needs=_memberships)
def memberships(source: User, ctx: Context) -> list[Membership]:
    """Return all memberships, also ended ones."""
    found: list[Membership] = ctx.entities[PERSON_MEMBERSHIPS.key(source.id)]
    return found


domain.link("OperatorMembership.organization", to=ORGANIZATIONS, by="organization_id")


@domain.field("OperatorMembership.since")
def member_since(source: Membership, ctx: Context) -> str | None:
    """Return when the membership began; None if it was not recorded."""
    return source.since or None


def _grants(source: User, ctx: Context) -> Mapping[Key, Source]:
    return {LIVE_GRANTS.key(source.id): LIVE_GRANTS}


def _programs(source: User, ctx: Context) -> Mapping[Key, Source]:
    return {api_key_key(grant.key_id): API_KEYS for grant in ctx.entities[LIVE_GRANTS.key(source.id)]}


@domain.field("OperatorUser.connectedPrograms", needs=(_grants, _programs))
def connected_programs(source: User, ctx: Context) -> list[ConnectedProgram]:
    """Return the programs that have access, newest first."""
    return ConnectedProgram.all(ctx, ctx.entities[LIVE_GRANTS.key(source.id)])


domain.link(
    "OperatorUser.termsVersion",
    to=ACCEPTANCES,
    by="id",
    shown=lambda _, accepted: accepted.version_accepted,
)


@domain.field("OperatorUser.lastSeenDateTime")
def last_seen(source: User, ctx: Context) -> str | None:
    """Return the beginning of the day of the last request."""
    return last_seen_of(ctx, source)


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


def _side_of_contracts(source: Organization) -> Reading[int]:
    return CONTRACTS_OF_CLIENT if source.flag.client else CONTRACTS_OF_VENDOR


@domain.field(
    "OperatorOrganization.openContracts",
    needs=lambda source, ctx: {_side_of_contracts(source).key(source.company_id): _side_of_contracts(source)},
)
def contracts_of_organization(source: Organization, ctx: Context) -> int:
    """Return the number of open contracts, on either side."""
    number: int = ctx.entities[_side_of_contracts(source).key(source.company_id)]
    return number


@domain.field("OperatorOrganization.accounts", needs=lambda source, ctx: {BALANCES.key(source.company_id): BALANCES})
def accounts(source: Organization, ctx: Context) -> list[LedgerAccount]:
    """Return the company's funds and its earnings, in each currency."""
    return [
        LedgerAccount(kind, source.company_id, None, Money(minor, currency))
        for kind, found in ctx.entities[BALANCES.key(source.company_id)].items()
        for currency, minor in sorted(found.items())
    ]


domain.link("LedgerAccount.organization", to=ORGANIZATIONS, by="organization_id")


# Fields of actions

domain.link("OperatorAction.operator", to=USERS, by="operator_id")


def _subject(source: OperatorAction, ctx: Context) -> Mapping[Key, Source]:
    """Return the subject if the trail does not keep its name: a person, or a freelancer's own organization."""
    if source.subject_type == "User":
        return {USERS.key(source.subject_id): USERS}
    nameless = source.subject_type == "Organization" and source.subject_title is None
    return {ORGANIZATIONS.key(source.subject_id): ORGANIZATIONS} if nameless else {}


@domain.field("OperatorAction.subjectTitle", needs=_subject)
def subject_title(source: OperatorAction, ctx: Context) -> str | None:
    """Return the name of a person as they are called now, else that of the time of the action."""
    if source.subject_type == "User":
        return person_title(ctx.load(USERS, source.subject_id))
    for key in _subject(source, ctx):
        found: Organization | None = ctx.entities[key]
        return found.name if found else None
    return source.subject_title


@domain.field("OperatorAction.createdDateTime")
def action_created(source: OperatorAction, ctx: Context) -> str:
    """Return when it was done."""
    return source.created
