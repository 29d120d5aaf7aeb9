"""Reference data: the same for all callers."""

from typing import Any

from souk.domains.reference.ontology import skill_by_slug
from tests.authority.row import Row, common

_PYTHON = skill_by_slug("python")
assert _PYTHON is not None


def _row(field: str, document: str, shows: str, **variables: Any) -> Row:
    return Row(field=f"Query.{field}", document=document, variables=variables, shows=shows, strangers=common)


ROWS = (
    _row("countries", "{ countries { id name } }", "Germany"),
    _row("languages", "{ languages { englishName } }", "French"),
    _row("regions", "{ regions { id name parentRegion { name } } }", "Eastern Asia"),
    _row("timeZones", "{ timeZones { timeZoneName } }", "Asia/Tokyo"),
    _row("reasons", "{ reasons(reasonType: JOB_POSTING_CLOSE) { id alias } }", "hired-here"),
    _row("requestMetadata", "{ requestMetadata { sudo internal } }", '"sudo":false'),
    _row("visitor", '{ visitor { i18n(countryName: "Kenya") { countrySupported } } }', '"countrySupported":true'),
    _row("proposalMetadata", "{ proposalMetadata { engagementDurationValues { label } } }", "Less than a week"),
    _row("ontologyCategories", "{ ontologyCategories { slug subcategories { slug } } }", "legal"),
    _row(
        "ontologyEntity",
        "query ($id: ID!) { ontologyEntity(id: $id) { ... on Skill { ontologyId } } }",
        "souk:python",
        id=_PYTHON.id,
    ),
    _row(
        "ontologyEntities",
        "query ($ids: [String!]!) { ontologyEntities(ids: $ids) { ... on Skill { ontologyId } } }",
        "souk:python",
        ids=[_PYTHON.id],
    ),
    _row("ontologySkills", "{ ontologySkills(limit: 2) { id } }", '"id"'),
    _row("ontologyEntitiesFiltered", "{ ontologyEntitiesFiltered { edges { node { preferredLabel } } } }", "edges"),
    _row(
        "ontologyElementsSearchByPrefLabel",
        '{ ontologyElementsSearchByPrefLabel(filter: { preferredLabel_any: "javas" }) { preferredLabel } }',
        "JavaScript",
    ),
    _row(
        "ontologyEntitySearchRecords",
        '{ ontologyEntitySearchRecords(filter: { ontologyIds_any: ["souk:python"] }) { ontologyEntity { id } } }',
        _PYTHON.id,
    ),
    _row(
        "ontologyOccupationsCategoriesServices",
        "{ ontologyOccupationsCategoriesServices { categoryServices { services { id } } } }",
        "services",
    ),
)
