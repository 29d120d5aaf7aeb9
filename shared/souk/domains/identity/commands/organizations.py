"""Creating teams and changing organizations. Each change adds an audit record."""

from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.identity.commands.access import record_change, require_organization
from souk.domains.identity.inputs import CreateOrganization, UpdateOrganization
from souk.domains.identity.model import Change
from souk.domains.identity.rules import organizations as rules
from souk.domains.identity.store import ORGANIZATIONS, teams_of
from souk.graph import Context


def create(ctx: Context, wanted: CreateOrganization) -> Change:
    """Create a team. The caller becomes a member of it, with their role in the company."""
    company = require_organization(ctx, wanted.parent_organization_id, "createTeam")
    team = rules.new_team(ctx.table.new_id(), company, len(teams_of(ctx.table, company.id)), wanted, ctx.now)
    tx = ctx.table.transaction()
    tx.create(ORGANIZATIONS, team)
    tx.create(
        MEMBERSHIPS,
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
    tx.commit()
    return change


def update(ctx: Context, wanted: UpdateOrganization) -> Change:
    """Change an organization or a team."""
    before = require_organization(ctx, ctx.principal.organization_id if wanted.id is None else wanted.id, "update")
    after = rules.apply_change(before, wanted)
    old, new = (one.model_dump(mode="json", by_alias=True) for one in (before, after))
    changed = sorted(name for name, value in new.items() if value != old[name])
    tx = ctx.table.transaction()
    tx.update(ORGANIZATIONS, after)
    change = record_change(ctx, tx, ctx.table.new_id(), after, action="updateOrganization", changed=", ".join(changed))
    tx.commit()
    return change
