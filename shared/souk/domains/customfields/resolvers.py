"""Resolvers of custom fields: definitions, and the answers of the whole company."""

from typing import Any

from souk.domains.customfields import lists, views
from souk.domains.customfields.commands import defining
from souk.domains.customfields.inputs import AnswersFilter, DefinitionFilter, FieldChange, NewField
from souk.domains.customfields.model import FieldDefinition
from souk.domains.customfields.rules import answering
from souk.domains.customfields.store import FIELDS, USES, use_key
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.graph import Context, Domain, ListSize, Scope
from souk.graph.context import Source
from souk.graph.lists import DEFAULT_PAGE, MAX_PAGE, Connection, Pagination
from souk.storage import Key

domain = Domain("customfields", function="jobs")


@domain.query("customFields", scopes=[Scope.COMMON_ENTITIES_READ], size=ListSize(DEFAULT_PAGE, MAX_PAGE))
def custom_fields(
    ctx: Context, input: AnswersFilter, offset: int | None = None, limit: int | None = None
) -> list[views.Part]:
    """Return answers of the company."""
    return lists.answers(ctx, input, offset, limit)


@domain.query("customFieldDefinitions", scopes=[Scope.COMMON_ENTITIES_READ])
def custom_field_definitions(
    ctx: Context, filter: DefinitionFilter | None = None, pagination: Pagination | None = None
) -> Connection:
    """Return a page of the company's fields."""
    return lists.definitions(ctx, filter or DefinitionFilter(), pagination)


@domain.query("customFieldDefinition", scopes=[Scope.COMMON_ENTITIES_READ])
def custom_field_definition(ctx: Context, id: str) -> FieldDefinition:
    """Return a field of the company."""
    return defining.find(ctx, id)


@domain.mutation("createCustomField", scopes=[Scope.ORGANIZATIONS])
def create_custom_field(ctx: Context, input: NewField) -> FieldDefinition:
    """Define a field."""
    return defining.create(ctx, input)


@domain.mutation("updateCustomField", scopes=[Scope.ORGANIZATIONS])
def update_custom_field(ctx: Context, input: FieldChange) -> FieldDefinition:
    """Change a field."""
    return defining.update(ctx, input)


@domain.mutation("archiveCustomField", scopes=[Scope.ORGANIZATIONS])
def archive_custom_field(ctx: Context, id: str) -> FieldDefinition:
    """Archive a field."""
    return defining.archive(ctx, id)


# Definitions


def _use(source: FieldDefinition, _ctx: Context) -> dict[Key, Source]:
    return {use_key(source.company_id, source.id): USES} if source.type.has_options else {}


@domain.field("CustomFieldDefinition.options", needs=_use)
def definition_options(source: FieldDefinition, ctx: Context) -> list[views.Part]:
    """Return the options of a field that the caller can choose."""
    if not source.type.has_options:
        return []
    ctx.fetch(_use(source, ctx))
    return views.options(source, ctx.entities[use_key(source.company_id, source.id)], ctx.principal)


domain.attributes("CustomFieldDefinition", {"createdDateTime": "created", "modifiedDateTime": "modified"})


domain.link("CustomFieldDefinition.organization", to=ORGANIZATIONS, by="company_id")
domain.link("CustomFieldDefinition.team", to=ORGANIZATIONS, by="team_id")
domain.link("CustomFieldDefinition.creator", to=USERS, by="creator_id")
domain.link("CustomFieldOption.teams", to=ORGANIZATIONS, by=lambda part: part["teamIds"])
domain.list_size("CustomFieldDefinition.options", size=50)


# Answers


def _field_of(part: dict[str, Any]) -> tuple[str, str] | None:
    return (part["companyId"], part["id"]) if part["id"] else None


domain.link("CustomFields.creator", to=USERS, by=lambda part: part["creatorId"])
domain.link(
    "CustomFields.stale",
    to=FIELDS,
    by=_field_of,
    shown=lambda part, field: answering.stale(part["answer"], field),
    otherwise=lambda _: False,
)
