"""Assigning activities to contracts, from either end: the contracts of an activity, or the activities of a contract."""

from collections.abc import Collection as Sized
from collections.abc import Sequence
from typing import Any

from souk.domains.activities.commands import access
from souk.domains.activities.model import Activity, ActivityRef, Assignment, CompanyRules, ContractCodes
from souk.domains.activities.rules.assignment import covers
from souk.domains.activities.rules.values import MAX_CHANGED, MAX_CODES, MAX_CONTRACTS, MAX_RULES
from souk.domains.activities.store import (
    ACTIVITIES,
    COMPANY_RULES,
    CONTRACT_CODES,
    activities_at,
    codes_key,
    rules_key,
)
from souk.domains.contracts.model import Contract
from souk.domains.identity.model import Organization
from souk.graph import Context
from souk.storage import Collection, Table, Transaction
from souk.storage.collection import E
from souk.values.errors import Conflict, Unprocessable
from souk.values.times import stamp


def assignment(
    ctx: Context,
    owner: Organization,
    rule: Assignment | None,
    after: tuple[Assignment, tuple[str, ...]],
    before: Activity | None,
) -> dict[str, Any]:
    """Return the assignment of an activity after a request, as `rules.assignment.requested` reads it.

    `rule` is what the request says. Raises NotFound for a new contract of others, and Forbidden for a rule that reaches
    beyond the caller.
    """
    kind, listed = after
    known = before.contract_ids if before else ()
    access.contracts(ctx, tuple(one for one in listed if one not in known))
    if rule is Assignment.COMPANY and not (before and before.assignment is rule):
        access.require_company(ctx, owner)
    managed: tuple[str, ...] = ()
    if kind is Assignment.MANAGED:
        managed = before.managed_ids if before and rule is None else access.managed_ids(ctx, owner)
    return {"assignment": kind, "contract_ids": listed, "managed_ids": managed}


def reassign(tx: Transaction, table: Table, before: Activity | None, after: Activity) -> None:
    """Add to a transaction what leads to an activity from its contracts (`store`), where this changes."""
    listed, listed_before = set(after.contract_ids), set(before.contract_ids if before else ())
    changed = listed ^ listed_before
    require_few("contractIds", changed)
    ruled, ruled_before = _has_rule(after), before is not None and _has_rule(before)
    company = rules_key(after.company_id)
    keys = {codes_key(one): one for one in sorted(changed)}
    items = table.batch_get([*keys, *([company] if ruled != ruled_before else ())], consistent=True)
    for key, id_ in keys.items():
        codes = CONTRACT_CODES.decode(items[key]) if key in items else ContractCodes(contract_id=id_)
        refs = _with(codes.activities, after.ref) if id_ in listed else _without(codes.activities, after.ref)
        _save_codes(tx, codes, refs)
    if ruled != ruled_before:
        rules = COMPANY_RULES.decode(items[company]) if company in items else CompanyRules(company_id=after.company_id)
        refs = _with(rules.activities, after.ref) if ruled else _without(rules.activities, after.ref)
        if len(refs) > MAX_RULES:
            raise Unprocessable(f"A company can have at most {MAX_RULES} activities with a rule, archived ones too.")
        _save(tx, COMPANY_RULES, rules.model_copy(update={"activities": refs}))


def assign_codes(ctx: Context, org_id: str, team_id: str | None, contract_id: str, codes: Sequence[str | None]) -> None:
    """Replace the activities of a team that list a contract. What is set already changes nothing.

    An activity whose rule covers the contract stays assigned, named or not.
    """
    owner = access.managed(ctx, org_id, team_id)
    (contract,) = access.contracts(ctx, (contract_id,))
    for at, code in enumerate(codes):
        if code is None:
            raise Unprocessable(f"codes.{at}: null is no code.")
    wanted = [ActivityRef(organization_id=owner.id, code=one) for one in dict.fromkeys(codes) if one is not None]
    if len(wanted) > MAX_CODES:
        raise _too_many_codes(contract.id)

    def attempt(tx: Transaction) -> None:
        listing = ctx.table.get(CONTRACT_CODES, contract.id, consistent=True) or ContractCodes(contract_id=contract.id)
        own = [one for one in listing.activities if one.organization_id == owner.id]
        found = activities_at(ctx.table, dict.fromkeys([*own, *wanted]))
        added = _added(found, [one for one in wanted if one not in own], contract)
        removed = [one for one in own if one not in wanted]
        require_few("codes", [*added, *removed])
        changed = {"modified": stamp(ctx.now), "changed_by_id": ctx.principal.user_id}
        for activity in added:
            ids = (*activity.contract_ids, contract.id)
            tx.update(ACTIVITIES, activity.model_copy(update=changed | {"contract_ids": ids}))
        for ref in removed:
            ids = tuple(one for one in found[ref].contract_ids if one != contract.id)
            tx.update(ACTIVITIES, found[ref].model_copy(update=changed | {"contract_ids": ids}))
        refs = tuple(one for one in listing.activities if one not in removed)
        _save_codes(tx, listing, (*refs, *(one.ref for one in added)))

    ctx.table.retry_until_committed(attempt)


def _added(found: dict[ActivityRef, Activity], refs: list[ActivityRef], contract: Contract) -> list[Activity]:
    """Return the activities that are to list a contract. Those whose rule covers it need not."""
    added = []
    for ref in refs:
        activity = found.get(ref)
        if activity is None:
            raise access.no_code(ref.code)
        if _has_rule(activity):
            if not covers(activity, contract.id, contract.parties):
                raise Conflict(f"The activity {ref.code} is assigned by a rule, which leaves out this contract.")
            continue
        if len(activity.contract_ids) >= MAX_CONTRACTS:
            raise Unprocessable(
                f"codes: {ref.code} lists {MAX_CONTRACTS} contracts already; use batchAssignment for more."
            )
        added.append(activity)
    return added


def require_few(path: str, changed: Sized[Any]) -> None:
    """Raise Unprocessable for more changes than one transaction can hold."""
    if len(changed) > MAX_CHANGED:
        raise Unprocessable(
            f"{path}: a request can change at most {MAX_CHANGED}; this one would change {len(changed)}."
        )


def _has_rule(activity: Activity) -> bool:
    return activity.assignment is not Assignment.SELECTED


def _with(refs: tuple[ActivityRef, ...], ref: ActivityRef) -> tuple[ActivityRef, ...]:
    return refs if ref in refs else (*refs, ref)


def _without(refs: tuple[ActivityRef, ...], ref: ActivityRef) -> tuple[ActivityRef, ...]:
    return tuple(one for one in refs if one != ref)


def _save_codes(tx: Transaction, listing: ContractCodes, refs: tuple[ActivityRef, ...]) -> None:
    if refs == listing.activities:
        return
    if len(refs) > MAX_CODES:
        raise _too_many_codes(listing.contract_id)
    _save(tx, CONTRACT_CODES, listing.model_copy(update={"activities": refs}))


def _save(tx: Transaction, collection: Collection[E], entity: E) -> None:
    save = tx.update if entity.version else tx.create
    save(collection, entity)


def _too_many_codes(contract_id: str) -> Unprocessable:
    return Unprocessable(f"At most {MAX_CODES} activities can list a contract; for {contract_id} it would be more.")
