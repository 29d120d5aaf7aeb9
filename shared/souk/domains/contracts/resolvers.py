"""The resolvers of contracts."""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.agreements.model import Side
from souk.domains.contracts import lists, views
from souk.domains.contracts.commands import changing, custom_payments, workflows
from souk.domains.contracts.inputs import (
    ContractOptions,
    ContractPaging,
    CustomPaymentRequest,
    EndContract,
    UpdateHourlyLimit,
    UpdateTimeSettings,
    VendorContractFilter,
)
from souk.domains.contracts.model import Contract, ContractStatus, Term
from souk.domains.contracts.rules.terms import manual_time_allowed
from souk.domains.contracts.store import (
    CONTRACTS,
    PERSON_CONTRACTS,
    RAISE,
    contract_by_id,
    contract_of_term,
    latest_changes,
)
from souk.domains.feedback.store import FEEDBACKS
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.jobs.store import JOBS
from souk.domains.milestones.store import MILESTONES
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.store import PROPOSALS
from souk.domains.talent.views.people import link_profile
from souk.domains.workflow.model import Hire
from souk.graph import Context, Domain, ListSize, Scope
from souk.storage import Table
from souk.values.errors import NotFound, Unprocessable
from souk.values.moments import moment
from souk.values.times import stamp

domain = Domain(
    "contracts",
    function="contracts",
    joins=("feedback", "ledger", "market", "milestones", "payments", "rooms", "workflow"),
)
domain.due(RAISE)(changing.raise_rate)
domain.paid(custom_payments.PURPOSE)(custom_payments.settle)

MAX_IDS: Final = 10
_NOT_FOUND: Final = "This contract does not exist, or you cannot see it."


@domain.fact("contracts.freelancer")
def freelancer_of(table: Table, contract_id: str) -> str | None:
    """Return the user id of the freelancer of a contract; None if there is none with this id."""
    contract = table.get(CONTRACTS, contract_id)
    return contract.parties.vendor_user_id if contract else None


@domain.fact("contracts.hire")
def hire(table: Table, contract_id: str) -> Hire | None:
    """Return what workflows know of a contract; None if there is none with this id."""
    return workflows.hire_of(table, contract_id)


# Queries


@domain.query("contractDetails", scopes=[Scope.OFFERS_READ])
def contract_details(ctx: Context, id: str, date: str | None = None) -> Contract:
    """Return a contract to its parties. Raises NotFound for everyone else, as for a missing contract."""
    return _at(_require_party(ctx, contract_by_id(ctx.table, id)), date)


@domain.query("contractByTerm", scopes=[Scope.OFFERS_READ])
def contract_by_term(ctx: Context, term_id: str, date: str | None = None) -> Contract:
    """Return the contract of a term."""
    return _at(_require_party(ctx, contract_of_term(ctx.table, term_id)), date)


@domain.query("contractTerm", scopes=[Scope.OFFERS_READ])
def contract_term(ctx: Context, term_id: str) -> Contract:
    """Return the contract of a term, with only this term."""
    return views.with_term(_require_party(ctx, contract_of_term(ctx.table, term_id)), term_id)


@domain.query("contract", scopes=[Scope.OFFERS_READ])
def contract(ctx: Context, id: str) -> Contract | None:
    """Return a contract as one of its terms; None if the caller is not a party."""
    loaded = contract_of_term(ctx.table, id)
    if loaded is None or not loaded.parties.include(ctx.principal):
        return None
    return views.ContractOfTerm.of(loaded, _term(loaded, id))


@domain.query("contractList", scopes=[Scope.OFFERS_READ])
def contract_list(ctx: Context, ids: list[str] | None = None) -> dict[str, Any]:
    """Return the caller's own contracts among the given ids, in the order of the ids."""
    if ids is not None and len(ids) > MAX_IDS:
        raise Unprocessable(f"ids: {MAX_IDS} ids are the limit; these are {len(ids)}.")
    contracts = ctx.load_many(CONTRACTS, ids or [], consistent=True)
    return {"contracts": [one for one in contracts if one and one.parties.include(ctx.principal)]}


@domain.query(
    "vendorContracts", scopes=[Scope.OFFERS_READ], size=ListSize(lists.DEFAULT_LIMIT, PERSON_CONTRACTS.greatest_page)
)
def vendor_contracts(
    ctx: Context,
    filter: VendorContractFilter,
    options: ContractOptions | None = None,
    paging: ContractPaging | None = None,
) -> dict[str, Any]:
    """Return a page of a freelancer's contracts that the caller is a party to."""
    return lists.vendor_contracts(ctx, filter, options or ContractOptions(), paging or ContractPaging())


@domain.query("contractProposal", scopes=[Scope.CONTRACTS])
def contract_proposal(ctx: Context, id: str) -> None:
    """Return None: no request creates a contract proposal."""


def _require_party(ctx: Context, loaded: Contract | None) -> Contract:
    if loaded is None or not loaded.parties.include(ctx.principal):
        raise NotFound(_NOT_FOUND)
    return loaded


def _at(contract: Contract, date: str | None) -> Contract:
    return contract if date is None else views.in_force(contract, moment("date", date))


def _term(contract: Contract, term_id: str) -> Term:
    return next(one for one in contract.terms if one.id == term_id)


# Mutations

_DONE: Final = {"success": True}


@domain.mutation("endContractByClient", scopes=[Scope.CONTRACTS])
def end_contract_by_client(ctx: Context, contract_id: str, input: EndContract) -> dict[str, bool]:
    """End a contract for the client."""
    changing.end(ctx, contract_id, input, Side.CLIENT)
    return _DONE


@domain.mutation("endContractByFreelancer", scopes=[Scope.CONTRACTS])
def end_contract_by_freelancer(ctx: Context, contract_id: str, input: EndContract) -> dict[str, bool]:
    """End a contract for the freelancer's side."""
    changing.end(ctx, contract_id, input, Side.FREELANCER)
    return _DONE


@domain.mutation("pauseContract", scopes=[Scope.CONTRACTS])
def pause_contract(ctx: Context, contract_id: str, message: str | None = None) -> dict[str, bool]:
    """Pause a contract."""
    changing.pause(ctx, contract_id, message)
    return _DONE


@domain.mutation("restartContract", scopes=[Scope.CONTRACTS])
def restart_contract(ctx: Context, contract_id: str, message: str | None = None) -> dict[str, bool]:
    """Restart a paused contract."""
    changing.restart(ctx, contract_id, message)
    return _DONE


@domain.mutation("updateContractHourlyLimit", scopes=[Scope.CONTRACTS])
def update_contract_hourly_limit(
    ctx: Context, contract_id: str, update_hourly_limit_request: UpdateHourlyLimit | None = None
) -> dict[str, bool]:
    """Change the weekly limit."""
    changing.change_limit(ctx, contract_id, update_hourly_limit_request)
    return _DONE


@domain.mutation("updateContractTimeSettings", scopes=[Scope.CONTRACTS])
def update_contract_time_settings(ctx: Context, input: UpdateTimeSettings) -> dict[str, Any]:
    """Change the settings of time of a contract."""
    return views.time_settings(changing.change_time_settings(ctx, input))


@domain.mutation("sendCustomPayment", scopes=[Scope.PAYMENTS])
def send_custom_payment(ctx: Context, input: CustomPaymentRequest | None = None) -> dict[str, Any]:
    """Pay a freelancer outside of milestones."""
    if input is None:
        raise Unprocessable("input: give the contract and the amount.")
    return {"invoiceId": custom_payments.send(ctx, input)}


# Fields


_PROJECTIONS: Final[dict[str, dict[str, Callable[[Contract], Any]]]] = {
    "ContractDetails": {
        "closingReason": views.closing_reason,
        "kind": lambda one: "PAYROLL" if one.payroll else None,  # the other kinds are not used
        "isPtc": lambda one: bool(one.talent_cloud_id or (one.payroll and one.payroll.talent_cloud_id)),
        "createDate": lambda one: one.created,
        "modifyDate": lambda one: one.modified,
        "startDate": lambda one: one.starts,
        "endDate": lambda one: one.ends,
        "agencyManager": lambda _: None,  # agencies do not name one
        "changingUserType": lambda one: one.changed_as,
        "metadata": lambda one: {"agencyContract": one.parties.agency},
        "hourlyLimits": lambda one: views.hourly_limits(one) or None,
        "terms": views.terms,
        "projectId": lambda _: None,  # there are no projects
        "scheduledRateIncrease": views.rate_increase,
    },
    "Contract": {
        "id": lambda one: views.shown_term(one).id,
        "contractType": views.contract_type,
        "hasAgency": lambda one: one.parties.agency,
        "weeklyChargeAmount": lambda one: views.charged(one, views.shown_term(one).stipend),
        "weeklyHoursLimit": views.weekly_limit,
        "hourlyChargeRate": lambda one: views.charged(one, views.shown_term(one).rate),
        "createdDateTime": lambda one: views.shown_term(one).created,
        "firstContractStartDateTime": lambda one: one.terms[0].starts,
        "modifiedDateTime": lambda one: max(one.modified, views.shown_term(one).modified),
        "startDateTime": lambda one: views.shown_term(one).starts,
        "endDateTime": lambda one: views.shown_term(one).ends or one.ends,
        "manualTimeAllowed": lambda one: manual_time_allowed(one, views.shown_term(one)),
        "last": lambda one: views.shown_term(one).id == one.term.id,
        "weeklyStipendHours": lambda _: None,  # a stipend is for the week, and hours are paid beside it
        "estimatedDuration": lambda _: None,
        "suspended": lambda _: False,
        "paused": lambda one: one.status is ContractStatus.PAUSED,
        "contractId": lambda one: one.id,
    },
}


def _projection(read: Callable[[Contract], Any]) -> Callable[[Contract, Context], Any]:
    return lambda source, ctx: read(source)


for _type, _parts in _PROJECTIONS.items():
    for _name, _part in _parts.items():
        domain.field(f"{_type}.{_name}")(_projection(_part))


@domain.field("Contract.status")
def contract_state(source: Contract, ctx: Context) -> str:
    """Return the state of a term."""
    return views.state(source, stamp(ctx.now))


@domain.connection("ContractDetails.changes")
def changes(source: Contract, ctx: Context) -> list[dict[str, Any]]:
    """Return the history of a contract."""
    return [views.change(source, one) for one in latest_changes(ctx.table, source.id)]


# Links


def _party(field: str) -> Callable[[Contract], str]:
    return lambda source: str(getattr(source.parties, field))


def _key(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda source: source.get(name)


def _milestones(source: Contract) -> list[tuple[str, str]]:
    return [(source.offer_id, one) for one in source.milestone_ids]


def _client_can_see(proposal: Proposal, ctx: Context) -> bool:
    return proposal.parties.client_is(ctx.principal)


def _vendor_can_see(proposal: Proposal, ctx: Context) -> bool:
    return proposal.parties.vendor_is(ctx.principal)


for _name, _side in (
    ("vendorOrganization", "vendor_company_id"),
    ("vendorTeam", "vendor_team_id"),
    ("clientOrganization", "client_company_id"),
    ("clientTeam", "client_team_id"),
):
    domain.link(f"ContractDetails.{_name}", to=ORGANIZATIONS, by=_party(_side))
domain.link("ContractDetails.freelancer", to=USERS, by=_party("vendor_user_id"))
link_profile(domain, "Contract.freelancer", by=_party("vendor_user_id"))
domain.link("ContractDetails.hiringManager", to=USERS, by=_party("client_user_id"))
domain.link("ContractDetails.supervisor", to=USERS, by="supervisor_id")
domain.link("ContractDetails.changedBy", to=USERS, by="changed_by_id")
domain.link("ContractChange.author", to=USERS, by=_key("authorId"))
domain.link("ContractDetails.endedBy", to=USERS, by="ended_by_id")
domain.link("ContractDetails.offer", "Contract.offer", to=OFFERS, by="offer_id")
domain.link("ContractDetails.job", to=JOBS, by="job_id", otherwise=views.posting)
domain.link("Contract.job", to=JOBS, by="job_id")
domain.link("Contract.clientCompany", to=ORGANIZATIONS, by=_party("client_company_id"))
domain.link("Contract.milestones", to=MILESTONES, by=_milestones)
domain.link("Contract.clientProposal", to=PROPOSALS, by="proposal_id", visible=_client_can_see)
domain.link("Contract.vendorProposal", to=PROPOSALS, by="proposal_id", visible=_vendor_can_see)
domain.link("Contract.feedback", to=FEEDBACKS, by="id")
domain.link("FixedPriceContractTerm.milestones", to=MILESTONES, by=_key("milestoneKeys"))
for _kind in ("FixedPrice", "Hourly", "Stipend"):
    for _role in ("createdBy", "changedBy"):
        domain.link(f"{_kind}ContractTerm.{_role}", to=USERS, by=_key(f"{_role}Id"))
# Most contracts have one rate, or were raised once. Programs read 500 rows of a report with the terms of each contract.
domain.list_size("ContractTerms.hourlyTerms", size=2)
