"""Job postings: managed by their client, and visible to others if they are published and open to them."""

from tests.authority.fixtures import CLOUDED, DESIGN, DRAFT, OPEN, PRIVATE, SUBCATEGORY
from tests.authority.row import Row, public, refused, sees, shows

_NEW = {
    "title": "Another anvil",
    "description": "Of steel.",
    "type": "FIXED_PRICE",
    "amount": "10",
    "categoryId": SUBCATEGORY,
}
_OWNERS_VIEW = """query ($id: ID!) { jobPosting(jobPostingId: $id) {
  id content { title description } info { siteSource draftJobPostingId legacyCiphertext status }
  contractTerms { fixedPriceContractTerms { amount { rawValue } } }
  attachment { fileName link } ownership { user { id email } } customFields { value }
  additionalInfo { clientTotalSpentOnCreate { rawValue } }
} }"""
_ON_THE_MARKET = """query ($id: ID!) { marketplaceJobPosting(id: $id) {
  id content { title description } ownership { company { id name } team { id name } }
  contractTerms { fixedPriceContractTerms { amount { rawValue } } }
  clientCompany { id phone } customFields { edges { node { displayValueSnap creator { email } } } }
} }"""
_SEARCH = """query {{ {field}(marketPlaceJobFilter: {{}}, searchType: USER_JOBS_SEARCH) {{
  totalCount edges {{ node {{
    id title description amount {{ rawValue }} client {{ totalSpent {{ rawValue }} verificationStatus }}
    job {{ contractTerms {{ fixedPriceContractTerms {{ amount {{ rawValue }} }} }} }}
  }} }}
}} }}"""


def _managed(id_: str, about: str, shows: str) -> Row:
    return Row(
        field="Query.jobPosting",
        about=about,
        document=_OWNERS_VIEW,
        variables={"id": id_},
        shows=shows,
        strangers=refused("NOT_FOUND"),
    )


def _on_the_market(id_: str, about: str, shows: str) -> Row:
    return Row(
        field="Query.marketplaceJobPosting",
        about=about,
        document=_ON_THE_MARKET,
        variables={"id": id_},
        shows=shows,
        strangers=refused("NOT_FOUND"),
    )


def _changed(field: str, arguments: str, about: str, **variables: object) -> Row:
    return Row(
        field=f"Mutation.{field}",
        about=about,
        document=arguments,
        variables=variables,
        shows=f'"{field}":{{"id":"71',
        strangers=refused("NOT_FOUND"),
    )


_UPDATE = """mutation ($id: ID!, $request: JobPostingUpdateRequest!) {
  updateJobPosting(id: $id, jobPostingRequest: $request) { id version }
}"""
_CLOSE = "mutation ($id: ID!) { closeJobPosting(id: $id) { id content { title } } }"

ROWS = (
    _managed(DRAFT, "a draft", "canary-draft-title"),
    _managed(OPEN, "a published one", "918273.45"),
    _on_the_market(PRIVATE, "a private one", "canary-private-title"),
    _on_the_market(CLOUDED, "one for a talent cloud", "canary-clouded-title"),
    Row(
        field="Query.marketplaceJobPosting",
        about="a public one",
        document=_ON_THE_MARKET,
        variables={"id": OPEN},
        shows="918273.45",
        strangers=public,
        colleague=shows("canary-phone"),
    ),
    Row(
        field="Query.marketplaceJobPostingsContents",
        document="query ($ids: [ID!]!) { marketplaceJobPostingsContents(ids: $ids) { id title description } }",
        variables={"ids": [DRAFT, PRIVATE, CLOUDED]},
        shows="canary-private-title",
        strangers=sees([None, None, None]),
    ),
    Row(
        field="Query.jobsFeaturePredictions",
        document="query ($ids: [ID!]!) { jobsFeaturePredictions(ids: $ids) { id opening } }",
        variables={"ids": [DRAFT, PRIVATE, CLOUDED]},
        shows=PRIVATE,
        strangers=sees([]),
    ),
    *(
        Row(
            field=f"Query.{field}",
            document=_SEARCH.format(field=field),
            shows="canary-private-title",
            strangers=public,
        )
        for field in ("marketplaceJobPostingsSearch", "marketplaceJobPostings")
    ),
    Row(
        field="Mutation.createJobPosting",
        document="""mutation ($request: JobPostingCreateRequest!) {
          createJobPosting(jobPostingRequest: $request) { id version } }""",
        variables={"request": {"organizationId": DESIGN, "jobPostingInfo": _NEW}},
        shows='"version":1',
        strangers=refused("FORBIDDEN"),
    ),
    _changed("updateJobPosting", _UPDATE, "", id=OPEN, request={"organizationId": DESIGN, "jobPostingInfo": _NEW}),
    _changed("closeJobPosting", _CLOSE, "a draft", id=DRAFT),
    _changed("closeJobPosting", _CLOSE, "a published one", id=OPEN),
)
