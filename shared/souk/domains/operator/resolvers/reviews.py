"""What waits for operators and what they decided, with the subjects; and their decisions about API keys."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from souk.authentication.records import API_KEYS, ApiKey
from souk.domains.contracts.store import CONTRACTS
from souk.domains.identity.resolvers.api_keys import shown_key
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.moderation.store import REPORTS
from souk.domains.operator.commands import key_reviews
from souk.domains.operator.inputs import ReviewFilter
from souk.domains.operator.resolvers.declared import SCOPES, domain
from souk.domains.reviews import lists
from souk.domains.reviews.model import Review, ReviewKind
from souk.domains.reviews.store import review_by_id
from souk.domains.rooms.store import ROOMS
from souk.domains.time.store import week_of_id
from souk.domains.webhooks.deployment import resolve
from souk.domains.webhooks.hosts import Host
from souk.domains.webhooks.store import SUBSCRIPTIONS
from souk.graph import Context
from souk.graph.context import Source
from souk.graph.lists import Connection, Pagination
from souk.storage import Key


class _OneReview(Review):
    """A review that was asked for by its id."""


@domain.query("operatorReviews", scopes=SCOPES)
def reviews(ctx: Context, filter: ReviewFilter | None = None, pagination: Pagination | None = None) -> Connection:
    """Return a page of reviews."""
    given = filter or ReviewFilter()
    wanted = lists.ReviewFilter(given.kind_eq, given.state_eq, given.decided_eq, given.organization_id_eq)
    return lists.reviews(ctx, wanted, pagination)


@domain.query("operatorReview", scopes=SCOPES)
def review(ctx: Context, id: str) -> Review | None:
    """Return a review."""
    found = review_by_id(ctx.table, id)
    return _OneReview.model_construct(**dict(found)) if found and found.kind in lists.KINDS else None


@domain.mutation("reviewApiKey", scopes=SCOPES)
def review_api_key(ctx: Context, id: str, approve: bool, note: str | None = None) -> ApiKey:
    """Approve or reject an API key that waits for review."""
    return shown_key(ctx, key_reviews.decide(ctx, id, note, approve=approve))


domain.link("OperatorReview.organization", to=ORGANIZATIONS, by="organization_id")
domain.link("OperatorReview.requestedBy", to=USERS, by="requested_by_id")
domain.link("OperatorReview.decidedBy", to=USERS, by="decided_by_id")
domain.field("OperatorReview.openedDateTime")(lambda source, ctx: source.opened)
domain.field("OperatorReview.decidedDateTime")(lambda source, ctx: source.decided)


# Subjects


def _room(review: Review) -> str:
    return review.subject_id.partition(".")[0]


def _contract(review: Review) -> str:
    return week_of_id(review.subject_id)[0]


def _subscription(review: Review) -> tuple[str, str]:
    return review.organization_id or "", review.subject_id


def _person(review: Review) -> str | None:
    """Return the person whose profile is reviewed, or a certificate of it."""
    return review.subject_id if review.kind is ReviewKind.FREELANCER_PROFILE else review.requested_by_id


_K: Final = ReviewKind
_SUBJECTS: Final[Mapping[ReviewKind, tuple[Source, Callable[[Review], Any], Callable[[Any], str | None]]]] = {
    _K.API_KEY: (API_KEYS, lambda one: one.subject_id, lambda key: key.name),
    # The path and the query of an address can be secret.
    _K.WEBHOOK_SUBSCRIPTION: (SUBSCRIPTIONS, _subscription, lambda one: urlsplit(one.url).hostname),
    _K.FREELANCER_PROFILE: (USERS, _person, lambda user: f"{user.first_name} {user.last_name}"),
    _K.FREELANCER_CERTIFICATE: (USERS, _person, lambda user: f"{user.first_name} {user.last_name}"),
    _K.CONTENT_REPORT: (REPORTS, lambda one: one.subject_id, lambda report: report.title),
    _K.ROOM_STORY: (ROOMS, _room, lambda room: room.name),
    _K.TIMESHEET_DISPUTE: (CONTRACTS, _contract, lambda contract: contract.title),
}
"""Of each kind: what is read of the subject, its id, and the line to know it by."""
_UNTITLED: Final[Mapping[ReviewKind, str]] = {
    _K.API_KEY: "API key",
    _K.WEBHOOK_SUBSCRIPTION: "Deleted webhook subscription",
    _K.FREELANCER_PROFILE: "Freelancer profile",
    _K.FREELANCER_CERTIFICATE: "Certificate",
    _K.CONTENT_REPORT: "Untitled content",
    _K.ROOM_STORY: "Room without a name",
    _K.TIMESHEET_DISPUTE: "Disputed week",
}


def _subject_key(review: Review) -> tuple[Key, Source] | None:
    source, id_of, _ = _SUBJECTS[review.kind]
    id_ = id_of(review)
    if id_ is None:
        return None
    return source.key(*(id_ if isinstance(id_, tuple) else (id_,))), source


def _subject(source: Review, ctx: Context) -> Mapping[Key, Source]:
    named = _subject_key(source)
    return dict([named]) if named else {}


@domain.field("OperatorReview.title", needs=_subject)
def title(source: Review, ctx: Context) -> str:
    """Return a line to know it by."""
    named = _subject_key(source)
    found = ctx.entities[named[0]] if named else None
    _, _, title_of = _SUBJECTS[source.kind]
    return (found and (title_of(found) or "").strip()) or _UNTITLED[source.kind]


def _of(*kinds: ReviewKind) -> Callable[[Review], Any]:
    """Return the function that returns the id of the subject of reviews of some kinds."""
    return lambda one: _SUBJECTS[one.kind][1](one) if one.kind in kinds else None


domain.link("OperatorReview.apiKey", to=API_KEYS, by=_of(_K.API_KEY))
domain.link("OperatorReview.webhookSubscription", to=SUBSCRIPTIONS, by=_of(_K.WEBHOOK_SUBSCRIPTION))
domain.link("OperatorReview.profileUser", to=USERS, by=_of(_K.FREELANCER_PROFILE, _K.FREELANCER_CERTIFICATE))
domain.link("OperatorReview.contentReport", to=REPORTS, by=_of(_K.CONTENT_REPORT))


@domain.field("OperatorReview.webhookHost")
def webhook_host(source: Review, ctx: Context) -> Host | None:
    """Return what the host of a webhook's address resolves to now. Lists do not ask the resolver."""
    if not isinstance(source, _OneReview) or source.kind is not _K.WEBHOOK_SUBSCRIPTION:
        return None
    subscription = ctx.load(SUBSCRIPTIONS, *_subscription(source))
    name = urlsplit(subscription.url).hostname if subscription else None
    return resolve(name) if name else None


@domain.field("OperatorReview.roomId")
def room_id(source: Review, ctx: Context) -> str | None:
    """Return the room of a reported story."""
    return _room(source) if source.kind is _K.ROOM_STORY else None


@domain.field("OperatorReview.storyId")
def story_id(source: Review, ctx: Context) -> str | None:
    """Return the reported story."""
    return source.subject_id.partition(".")[2] if source.kind is _K.ROOM_STORY else None


@domain.field("OperatorReview.contractId")
def contract_id(source: Review, ctx: Context) -> str | None:
    """Return the contract of a disputed week."""
    return _contract(source) if source.kind is _K.TIMESHEET_DISPUTE else None
