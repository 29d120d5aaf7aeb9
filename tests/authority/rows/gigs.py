"""Gigs: visible only to their owner until they are published, also not to the owner's company."""

from tests.authority.fixtures import DESIGN, OLIVIA
from tests.authority.gigs import GIG_DRAFT, GIG_FOR_SALE, GIG_PAUSED, GIG_SHOWN, SLUG, SUBCATEGORY
from tests.authority.row import Row, common, own, public, refused, sees

_WHOLE = """id title slug status tags { text } packages { basic { name } standard { name } } description
  faq { question answer } images { url } owner { id name username }"""
_PACKAGE = {"name": "Basic", "description": "A gig.", "price": 10, "deliveryTime": 1, "revisions": 1}


def _one(id_: str, about: str, shows: str) -> Row:
    return Row(
        field="Query.gig",
        about=about,
        document=f"query ($id: ID!) {{ gig(id: $id) {{ {_WHOLE} }} }}",
        variables={"id": id_},
        shows=shows,
        strangers=public if id_ == GIG_SHOWN else sees(value=None),
    )


def _changed(field: str, id_: str, shows: str, about: str = "") -> Row:
    return Row(
        field=f"Mutation.{field}",
        about=about,
        document=f"mutation ($id: ID!) {{ {field}(gigId: $id) {{ id title status }} }}",
        variables={"id": id_},
        shows=shows,
        strangers=refused("NOT_FOUND"),
    )


def _flag(field: str) -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"mutation ($id: ID!) {{ {field}(gigId: $id, offersMultiplePackages: false) {{ id title }} }}",
        variables={"id": GIG_DRAFT},
        shows="canary-draft-gig-title",
        strangers=refused("NOT_FOUND"),
    )


def _set(field: str, type_: str, selected: str, shows: str, code: str = "NOT_FOUND", **values: object) -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"mutation ($input: {type_}!) {{ {field}(input: $input) {{ {selected} }} }}",
        variables={"input": {"gigId": GIG_DRAFT, **values}},
        shows=shows,
        strangers=refused(code),
    )


ROWS = (
    _one(GIG_DRAFT, "a draft", "canary-draft-gig-title"),
    _one(GIG_PAUSED, "a paused one", "canary-paused-gig-title"),
    _one(GIG_SHOWN, "a published one", "open-title"),
    Row(
        field="Query.getUserGigs",
        document=f"query ($id: ID!) {{ getUserGigs(userId: $id) {{ {_WHOLE} }} }}",
        variables={"id": OLIVIA},
        shows="canary-draft-gig-title",
        strangers=public,
    ),
    Row(
        field="Query.doesOffersMultiplePackages",
        document="query ($id: ID!) { doesOffersMultiplePackages(gigId: $id) }",
        variables={"id": GIG_DRAFT},
        shows='"doesOffersMultiplePackages":true',
        strangers=refused("NOT_FOUND"),
    ),
    Row(
        field="Query.gigBySlug",
        document=f"query ($slug: String!) {{ gigBySlug(slug: $slug) {{ {_WHOLE} }} }}",
        variables={"slug": SLUG},
        shows="open-title",
        strangers=common,
    ),
    Row(
        field="Query.gigsSearch",
        document=f"{{ gigsSearch {{ totalCount edges {{ node {{ {_WHOLE} }} }} }} }}",
        shows='"totalCount":2',
        strangers=common,
    ),
    Row(
        field="Mutation.createDraft",
        document="mutation { createDraft { id status owner { username } } }",
        shows='"username":"olivia"',
        strangers=own,
    ),
    _set(
        "updateOverview",
        "UpdateGigOverviewInput",
        "id title tags { text }",
        "canary-draft-gig-tag",
        title="Another title",
        parentCategoryId=SUBCATEGORY.category.id,
        subcategoryId=SUBCATEGORY.id,
    ),
    _set("createPackages", "CreateGigPackagesInput", "basic { name }", '"name":"Basic"', basic=_PACKAGE),
    _set(
        "updateDescriptionFaq",
        "UpdateGigDescriptionFaqInput",
        "success description faqCount",
        '"success":true',
        "UNAUTHORIZED",
        description={"blocks": []},
        faq=[],
    ),
    _set(
        "updateGallery",
        "UpdateGigGalleryInput",
        "success attachments { url }",
        '"success":true',
        images=["https://pictures.souk.test/1.png"],
    ),
    _flag("updateOffersMultiplePackages"),
    _flag("udpateOffersMultiplePackages"),
    Row(
        field="Mutation.orderGig",
        document="""mutation ($input: OrderGigInput!) { orderGig(input: $input) {
          contract { id title deliveryModel clientTeam { id name } } milestone { id state description } } }""",
        variables={"input": {"gigId": GIG_FOR_SALE, "tier": "basic", "clientTeamId": DESIGN, "requirements": "A bee."}},
        shows='"state":"Active"',
        strangers=refused("FORBIDDEN"),
    ),
    _changed("publish", GIG_DRAFT, '"status":"published"'),
    _changed("pauseGig", GIG_SHOWN, '"status":"paused"'),
    _changed("resumeGig", GIG_PAUSED, '"status":"published"'),
    _changed("delete", GIG_DRAFT, "canary-draft-gig-title", "a draft"),
    _changed("delete", GIG_SHOWN, '"status":"deleted"', "a published one"),
)
