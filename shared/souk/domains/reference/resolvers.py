"""Resolvers of reference data: metadata queries and the ontology. The data is the same for every caller."""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from souk.domains.reference import ontology, rules, world
from souk.domains.reference.inputs import (
    OntologyElementsSearchByPrefLabelFilter,
    OntologyEntityFilter,
    OntologyEntitySearchFilter,
)
from souk.domains.reference.model import (
    Country,
    EngagementDuration,
    EntityStatus,
    Language,
    Occupation,
    Reason,
    Region,
    Skill,
    TimeZoneRecord,
)
from souk.domains.reference.tables import regions as world_regions
from souk.graph import Context, Domain, ListSize, Scope
from souk.graph.lists import MAX_PAGE, Pagination, page_size
from souk.values.errors import NotFound, Unprocessable

DEFAULT_LIMIT: Final = 10
"""The default limit of a search by label (reference, line 15142)."""
MAX_ENTITIES: Final = 1_000
"""The most entities that one field returns, by ids or in a list."""

METADATA: Final = (Scope.COMMON_FUNCTIONS,)
COMMON: Final = (Scope.COMMON_ENTITIES_READ, Scope.COMMON_FUNCTIONS)
ONTOLOGY: Final = (Scope.COMMON_FUNCTIONS, Scope.ONTOLOGY_READ)

domain = Domain("reference", function="operator")  # it has no mutations: imports change the ontology


# Metadata


@domain.query("countries", scopes=METADATA)
def countries(ctx: Context) -> Iterable[Country]:
    """List the countries (reference, line 1393)."""
    return world.countries()


@domain.query("languages", scopes=COMMON)
def languages(ctx: Context) -> Iterable[Language]:
    """List the languages (reference, line 1448)."""
    return world.languages()


@domain.query("regions", scopes=METADATA)
def regions(ctx: Context) -> list[Region]:
    """List the regions of the world with their subregions (reference, line 1535)."""
    return list(world_regions().values())


@domain.query("timeZones", scopes=METADATA)
def time_zones(ctx: Context) -> Iterable[TimeZoneRecord]:
    """List the time zones (reference, line 1600)."""
    return world.time_zones(ctx.now.year)


@domain.query("reasons", scopes=METADATA)
def reasons(ctx: Context, reason_type: str, all: bool | None = None) -> list[Reason]:  # noqa: A002 - the contract's name
    """List the reasons for an action; `all` includes hidden ones (reference, line 1485)."""
    return rules.reasons(reason_type, hidden=bool(all))


@domain.query("requestMetadata", scopes=METADATA)
def request_metadata(ctx: Context) -> dict[str, bool]:
    """Return whether the caller is an operator of this deployment (reference, line 1574)."""
    return {"sudo": ctx.principal.operator, "internal": ctx.principal.operator}


@domain.query("visitor", scopes=METADATA)
def visitor(ctx: Context) -> dict[str, Any]:
    """Return an empty source for the fields of Visitor (reference, line 1635)."""
    return {}


@domain.field("Visitor.i18n")
def visitor_i18n(
    source: dict[str, Any],
    ctx: Context,
    country_name: str,
    visitor_id: str | None = None,  # noqa: ARG001 - Souk stores nothing about visitors
) -> dict[str, Any]:
    """Return whether people of a country can register. Souk has no other settings by country, so the rest is null.

    Raises NotFound for an unknown country.
    """
    country = world.country(country_name)
    if country is None:
        raise NotFound("This country is unknown; use a name from countries.")
    return {"countrySupported": country.supported}


@domain.field("Visitor.segment")
def visitor_segment(
    source: dict[str, Any],
    ctx: Context,
    visitor_id: str,
    segment_name: str,
) -> None:
    """Return None: Souk does not track visitors."""


@domain.query("proposalMetadata", scopes=COMMON)
def proposal_metadata(ctx: Context) -> dict[str, tuple[EngagementDuration, ...]]:
    """Return the choices for proposals (reference, line 3028)."""
    return {"engagementDurationValues": rules.ENGAGEMENT_DURATIONS}


@domain.field("ProposalMetadata.reasons")
def proposal_reasons(source: Any, ctx: Context, reason_type: str | None = None) -> list[Reason]:
    """List the reasons that people can choose for one action, or for all actions."""
    return rules.reasons(reason_type)


# The ontology


@domain.query("ontologyCategories", scopes=ONTOLOGY)
def ontology_categories(ctx: Context) -> list[Occupation]:
    """Return the active categories (reference, line 2580)."""
    return [one for one in ontology.ontology().categories if one.entity_status is EntityStatus.ACTIVE]


@domain.query("ontologyElementsSearchByPrefLabel", scopes=(Scope.COMMON_ENTITIES_READ,))
def elements_by_label(
    ctx: Context,
    filter: OntologyElementsSearchByPrefLabelFilter | None = None,
) -> list[Skill | Occupation]:
    """Find elements by a part of their label (reference, line 2629)."""
    given = filter or OntologyElementsSearchByPrefLabelFilter()
    return rules.find_entities(given.to_filter(), ctx.request_id)[: given.limit or DEFAULT_LIMIT]


@domain.query("ontologyEntities", scopes=ONTOLOGY)
def entities(ctx: Context, ids: list[str]) -> list[Skill | Occupation]:
    """Return the entities with these ids in their order, without duplicates and unknown ids (reference, line 2682)."""
    return _look_up(ids, ontology.entity)


@domain.query("ontologyEntity", scopes=(Scope.ONTOLOGY_READ,))
def entity(ctx: Context, id: str) -> Skill | Occupation:
    """Return the entity with this id (reference, line 2773). Raises NotFound for an unknown id."""
    found = ontology.entity(id)
    if found is None:
        raise NotFound("The ontology has no entity with this id.")
    return found


@domain.query("ontologyEntitySearchRecords", scopes=(Scope.ONTOLOGY_READ,))
def entity_search_records(
    ctx: Context,
    filter: OntologyEntitySearchFilter,
) -> list[dict[str, Skill | Occupation]]:
    """Return the entities with these ontology ids in their order, without duplicates and unknown ids (line 2809)."""
    found: list[Skill | Occupation] = _look_up(filter.ontology_ids_any, ontology.entity_by_ontology_id)
    return [{"ontologyEntity": one} for one in found]


@domain.query("ontologyEntitiesFiltered", scopes=ONTOLOGY, size=ListSize(default=MAX_PAGE, greatest=MAX_PAGE))
def entities_filtered(
    ctx: Context,
    ontology_entity_filter: OntologyEntityFilter | None = None,
    pagination: Pagination | None = None,
) -> dict[str, Any]:
    """Find entities by label, level and status, in pages (reference, line 2718).

    The filter's limit counts over all pages. All pages of a random order use the same seed, from the cursor.
    """
    given = ontology_entity_filter or OntologyEntityFilter()
    first = page_size(pagination, default=MAX_PAGE)
    bound_to = ["ontologyEntitiesFiltered", ctx.principal.organization_id, given.model_dump(mode="json")]
    position = ctx.cursors.decode(bound_to, pagination.after if pagination else None)
    start, seed = position or (0, ctx.request_id)
    found = rules.find_entities(given.to_filter(), seed)[: given.limit]
    page = found[start : start + first]
    edges = [
        {"node": one, "cursor": ctx.cursors.encode(bound_to, [after, seed])}
        for after, one in enumerate(page, start + 1)
    ]
    return {
        "totalCount": len(found),
        "edges": edges,
        "pageInfo": {
            "endCursor": edges[-1]["cursor"] if edges else None,
            "hasNextPage": start + len(page) < len(found),
        },
    }


@domain.query("ontologyOccupationsCategoriesServices", scopes=(Scope.COMMON_ENTITIES_READ,))
def categories_services(ctx: Context, category_uids: list[str] | None = None) -> dict[str, Any]:
    """Return categories and their services (reference, line 2844). Ids of anything else are left out."""
    categories = ontology_categories(ctx) if category_uids is None else _look_up(category_uids, ontology.category)
    return {
        "categories": categories,
        "categoryServices": [{"category": one.id, "services": one.services} for one in categories],
    }


@domain.query("ontologySkills", scopes=COMMON)
def skills(ctx: Context, limit: int, offset: int | None = None) -> list[Skill]:
    """List all skills by id, including attribute groups and deprecated skills (reference, line 2883)."""
    if not 1 <= limit <= MAX_ENTITIES:
        raise Unprocessable(f"limit: must be 1 to {MAX_ENTITIES}; got {limit}.")
    start = offset or 0
    if start < 0:
        raise Unprocessable(f"offset: must be 0 or more; got {start}.")
    return sorted(ontology.ontology().skills.values(), key=lambda one: int(one.id))[start : start + limit]


_Entity = TypeVar("_Entity")


def _look_up(ids: Iterable[str], find: Callable[[str], _Entity | None]) -> list[_Entity]:
    unique_ids = dict.fromkeys(ids)
    if len(unique_ids) > MAX_ENTITIES:
        raise Unprocessable(f"At most {MAX_ENTITIES} ids are allowed; got {len(unique_ids)}.")
    return [found for one in unique_ids if (found := find(one)) is not None]


def _ids(relation: str) -> Callable[[Skill, Context], list[str]]:
    return lambda source, ctx: [one.id for one in getattr(source, relation)]


def _ontology_ids(relation: str) -> Callable[[Skill, Context], list[str]]:
    return lambda source, ctx: [one.ontology_id for one in getattr(source, relation)]


# The contract has pairs of fields: one with ontology ids, and one with ids.
for _field, _relation in {
    "narrower": "members",
    "broader": "groups",
    "dependsOn": "dependencies",
    "splitInto": "parts",
    "closeMatch": "similar",
    "isRequiredBy": "required_by",
}.items():
    domain.field(f"Skill.{_field}")(_ontology_ids(_relation))
    domain.field(f"Skill.{_field}Ids")(_ids(_relation))


@domain.field("Skill.mergedInto")
def merged_into(source: Skill, ctx: Context) -> str | None:
    """Return the ontology id of the skill that a deprecated skill was merged into."""
    return source.merged.ontology_id if source.merged else None


@domain.field("Skill.mergedIntoId")
def merged_into_id(source: Skill, ctx: Context) -> str | None:
    """Return the id of the skill that a deprecated skill was merged into."""
    return source.merged.id if source.merged else None


@domain.field("Skill.replacedBy")
def replaced_by(source: Skill, ctx: Context) -> str | None:
    """Return the ontology id of the skill that replaces a deprecated skill."""
    return source.replacement.ontology_id if source.replacement else None


@domain.field("Skill.replacedById")
def replaced_by_id(source: Skill, ctx: Context) -> str | None:
    """Return the id of the skill that replaces a deprecated skill."""
    return source.replacement.id if source.replacement else None
