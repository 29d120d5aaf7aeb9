"""Commands that create, change and archive custom fields."""

from typing import Any

from souk.domains.customfields.commands.teams import check_teams
from souk.domains.customfields.inputs import FieldChange, NewField
from souk.domains.customfields.model import AclType, FieldDefinition, FieldOption, FieldRegister
from souk.domains.customfields.rules import access, defining
from souk.domains.customfields.store import (
    FIELDS,
    REGISTERS,
    USES,
    field_key,
    idempotency_guard,
    register_key,
    save_field,
    save_register,
    use_key,
)
from souk.domains.identity.store import ORGANIZATIONS
from souk.graph import Context
from souk.storage import Transaction
from souk.values import idempotency
from souk.values.errors import Conflict, Forbidden, NotFound
from souk.values.ids import is_id
from souk.values.problems import Problems
from souk.values.times import stamp

_NOT_FOUND = "This custom field does not exist, or you cannot see it."


def find(ctx: Context, field_id: str) -> FieldDefinition:
    """Return a field that the caller sees. Raises the same NotFound for a missing one and another company's."""
    field = ctx.load(FIELDS, ctx.principal.company_id, field_id) if is_id(field_id) else None
    if field is None or not access.sees(field, ctx.principal):
        raise NotFound(_NOT_FOUND)
    return field


def create(ctx: Context, request: NewField) -> FieldDefinition:
    """Define a field. A repeated idempotency key returns the field of the first request."""
    principal, company_id = ctx.principal, ctx.principal.company_id
    if request.organization_id not in (None, company_id):
        raise NotFound("input.organizationId: this company does not exist, or it is not that of this request.")
    problems = Problems("input")
    acl_type = request.acl_type or AclType.COMPANY
    team_id = defining.team(problems, acl_type, request.team_id)
    problems.raise_if_any()
    access.require_definer(company_id, team_id, principal)
    company = ctx.load(ORGANIZATIONS, company_id)
    if company is None or not company.active or not company.can_hire:
        raise Forbidden("Only active client organizations can define custom fields.")
    key = idempotency.key(problems, request.idempotency_key)
    field = FieldDefinition(
        id=ctx.table.new_id(),
        company_id=company_id,
        label=defining.label(problems, request.label),
        type=request.type,
        options=defining.options(problems, request.type, request.options, None, used=(), new_id=ctx.table.new_id),
        required=bool(request.required),
        team_id=team_id,
        creator_id=principal.user_id,
        created=stamp(ctx.now),
        modified=stamp(ctx.now),
        fingerprint=idempotency.fingerprint(request) if key else None,
    )
    _check_teams(ctx, problems, field)
    problems.raise_if_any()
    guard = key and idempotency_guard(principal.organization_id, principal.user_id, key)

    def attempt(tx: Transaction) -> FieldDefinition:
        if guard and (first := _first(ctx, guard, field)):
            return first
        if guard:
            tx.reserve(guard, field.id, _key_used())
        register = ctx.table.get(REGISTERS, company_id, consistent=True) or FieldRegister(company_id=company_id)
        save_register(tx, defining.registered(register, field))
        return save_field(tx, field)

    return ctx.table.retry_until_committed(attempt)


def update(ctx: Context, request: FieldChange) -> FieldDefinition:
    """Change a field."""

    def attempt(tx: Transaction) -> FieldDefinition:
        before, register, used = _read(ctx, request.id)
        if not before.active:
            raise Conflict("This custom field is archived, so it cannot be changed.")
        problems = Problems("input")
        after = _changed(ctx, problems, before, request, used)
        access.require_definer(after.company_id, after.team_id, ctx.principal)
        _check_teams(ctx, problems, after)
        problems.raise_if_any()
        if after == before:
            return before
        save_register(tx, defining.registered(register, after))
        return save_field(tx, after.model_copy(update={"modified": stamp(ctx.now)}))

    return ctx.table.retry_until_committed(attempt)


def archive(ctx: Context, field_id: str) -> FieldDefinition:
    """Archive a field. An archived one stays unchanged."""

    def attempt(tx: Transaction) -> FieldDefinition:
        before, register, _ = _read(ctx, field_id)
        if not before.active:
            return before
        after = before.model_copy(update={"active": False, "modified": stamp(ctx.now)})
        save_register(tx, defining.registered(register, after))
        return save_field(tx, after)

    return ctx.table.retry_until_committed(attempt)


def _changed(
    ctx: Context, problems: Problems, before: FieldDefinition, request: FieldChange, used: frozenset[str]
) -> FieldDefinition:
    """Return a field with the changes of a request."""
    type_ = request.type or before.type
    acl_type = request.acl_type or before.acl_type
    stays = before.team_id if acl_type is AclType.TEAM else None
    changes: dict[str, Any] = {
        "type": type_,
        "team_id": defining.team(problems, acl_type, request.team_id or stays),
        "options": defining.options(problems, type_, request.options, before, used=used, new_id=ctx.table.new_id),
    }
    if request.label is not None:
        changes["label"] = defining.label(problems, request.label)
    if request.required is not None:
        changes["required"] = request.required
    return before.model_copy(update=changes)


def _read(ctx: Context, field_id: str) -> tuple[FieldDefinition, FieldRegister, frozenset[str]]:
    """Return a field for a caller who may define it, the company's register, and the options that answers have chosen.

    The read is strongly consistent and takes one round trip. Raises NotFound for a caller who does not see the field.
    """
    company_id = ctx.principal.company_id
    keys = field_key(company_id, field_id), register_key(company_id), use_key(company_id, field_id)
    items = ctx.table.batch_get(keys, consistent=True, attributes=USES.attributes) if is_id(field_id) else {}
    field = FIELDS.decode(items[keys[0]]) if keys[0] in items else None
    if field is None or not access.sees(field, ctx.principal):
        raise NotFound(_NOT_FOUND)
    access.require_definer(company_id, field.team_id, ctx.principal)
    register = REGISTERS.decode(items[keys[1]]) if keys[1] in items else FieldRegister(company_id=company_id)
    return field, register, USES.decode(items[keys[2]]).options if keys[2] in items else frozenset()


def _check_teams(ctx: Context, problems: Problems, field: FieldDefinition) -> None:
    """Report teams of a field and of its options that are not teams of the company."""
    active: list[FieldOption] = [one for one in field.options if one.active]
    named = {f"options.{at}.teamIds": one.team_ids for at, one in enumerate(active)}
    check_teams(ctx, problems, field.company_id, {"teamId": (field.team_id,) if field.team_id else (), **named})


def _first(ctx: Context, guard: str, field: FieldDefinition) -> FieldDefinition | None:
    """Return the field of an idempotency key. Raises Conflict if the key was used for a different request."""
    holder = ctx.table.holder(guard)
    first = ctx.table.get(FIELDS, field.company_id, holder, consistent=True) if holder else None
    if first is not None and first.fingerprint != field.fingerprint:
        raise _key_used()
    return first


def _key_used() -> Conflict:
    return Conflict("This idempotency key was used for a different custom field.")
