"""Creating teams and changing organizations. Each change adds an audit record."""

from souk.authentication.records import Membership
from souk.domains.files.model import ChosenPicture
from souk.domains.identity.commands import pictures
from souk.domains.identity.commands.access import record_change, require_organization
from souk.domains.identity.inputs import CreateOrganization, UpdateOrganization, UpdateOrganizationProfile
from souk.domains.identity.model import Change, Organization
from souk.domains.identity.rules import organization_profile
from souk.domains.identity.rules import organizations as rules
from souk.domains.identity.store import (
    CHANGES,
    ORGANIZATIONS,
    USERS,
    create_membership,
    create_team,
    team_guard,
    teams_of,
)
from souk.graph import Context
from souk.storage import Transaction
from souk.values import idempotency
from souk.values.errors import Conflict, Unprocessable
from souk.values.problems import Problems


def create(ctx: Context, wanted: CreateOrganization) -> Change:
    """Create a team. The caller becomes a member of it, with their role in the company.

    A repeated idempotency key returns the change of the first request. Raises Conflict if that had another input.
    """
    company = require_organization(ctx, wanted.parent_organization_id, "createTeam")
    problems = Problems("input")
    key = idempotency.key(problems, wanted.idempotency_key)
    problems.raise_if_any()
    guard = key and team_guard(company.id, ctx.principal.user_id, key)
    before = idempotency.result_of(ctx.table.holder(guard), wanted) if guard else None
    if before and (first := ctx.table.get(CHANGES, before, consistent=True)):
        return first
    team = rules.new_team(ctx.table.new_id(), company, len(teams_of(ctx.table, company.id)), wanted, ctx.now)
    tx = ctx.table.transaction()
    create_team(tx, team)
    create_membership(
        tx,
        Membership(
            id=ctx.table.new_id(),
            user_id=ctx.principal.user_id,
            organization_id=team.id,
            company_id=company.id,
            role=ctx.principal.role,
            since=team.creation_date,
        ),
    )
    change = record_change(ctx, tx, ctx.table.new_id(), team, action="createOrganization", organizationName=team.name)
    if guard:
        running = Conflict("A request with this idempotency key is running right now. Repeat it.")
        tx.reserve(guard, idempotency.with_result(wanted, change.id), running)
    tx.commit()
    return change


def update(ctx: Context, wanted: UpdateOrganization) -> Change:
    """Change an organization or a team."""
    before = require_organization(ctx, ctx.principal.organization_id if wanted.id is None else wanted.id, "update")
    after = rules.apply_change(before, wanted)
    tx = ctx.table.transaction()
    _, change = _store(ctx, tx, before, after, "updateOrganization")
    tx.commit()
    return change


def update_profile(ctx: Context, wanted: UpdateOrganizationProfile) -> Organization:
    """Change what others see of an organization or a team. An input that changes nothing writes nothing."""
    organization_id = ctx.principal.organization_id if wanted.id is None else wanted.id

    def attempt(tx: Transaction) -> Organization:
        before = require_organization(ctx, organization_id, "update")
        after = organization_profile.apply_change(before, wanted)
        if after.contact_user_id != before.contact_user_id:
            _require_colleague(ctx, after)
        if "logo_file_id" in wanted.model_fields_set:
            logo = _logo(ctx, tx, before, wanted.logo_file_id)
            pictures.remove_previous(tx, before.logo, logo, ctx.now)
            after = after.model_copy(update={"logo": logo, "logo_url": None})
        return before if after == before else _store(ctx, tx, before, after, "updateOrganizationProfile")[0]

    return ctx.table.retry_until_committed(attempt)


def _store(
    ctx: Context, tx: Transaction, before: Organization, after: Organization, action: str
) -> tuple[Organization, Change]:
    """Add a changed organization to a transaction, with the audit record that names the changed fields."""
    old, new = (one.model_dump(mode="json", by_alias=True) for one in (before, after))
    changed = sorted(name for name, value in new.items() if value != old[name])
    stored = tx.update(ORGANIZATIONS, after)
    return stored, record_change(ctx, tx, ctx.table.new_id(), after, action=action, changed=", ".join(changed))


def _require_colleague(ctx: Context, organization: Organization) -> None:
    """Raise Unprocessable if the contact is not a person of the company."""
    contact = organization.contact_user_id and ctx.table.get(USERS, organization.contact_user_id, consistent=True)
    if organization.contact_user_id is None or (
        contact and not contact.service and organization.company_id in contact.company_ids
    ):
        return
    raise Unprocessable("input.contactUserId: this person is not a member of the organization or of its company.")


def _logo(ctx: Context, tx: Transaction, organization: Organization, file_id: str | None) -> ChosenPicture | None:
    if file_id is None:
        return None
    owners = (organization.id, organization.company_id)
    return pictures.choose(
        ctx.table,
        tx,
        file_id,
        path="logoFileId",
        purpose=pictures.LOGO,
        allowed=lambda file: file.organization_id in owners,
    )
