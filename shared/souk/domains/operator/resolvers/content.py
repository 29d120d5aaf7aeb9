"""Content that operators moderate, its reports, and how everybody reports it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from souk.domains.gigs.rules.visibility import may_see
from souk.domains.gigs.search.moderation import GIG_LISTS
from souk.domains.gigs.store import GIGS
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.jobs.commands import visible_jobs
from souk.domains.jobs.search.moderation import POSTING_LISTS
from souk.domains.moderation.lists import ContentLists, ModerationFilter, moderation_items
from souk.domains.moderation.model import ContentKind, Item, Report
from souk.domains.moderation.store import REPORT_COUNTS
from souk.domains.operator.commands import moderation, reporting
from souk.domains.operator.inputs import ReportContent, ResolveReport, TakeDownContent
from souk.domains.operator.resolvers.declared import SCOPES, domain
from souk.domains.talent.search.moderation import PROFILE_LISTS
from souk.domains.talent.views.people import fetch, shown
from souk.graph import Context, Scope
from souk.graph.context import Source
from souk.graph.lists import Connection, Pagination
from souk.runtime import operator_log
from souk.storage import Key
from souk.values.errors import NotFound

_LISTS: Final[Mapping[ContentKind, ContentLists[Any, Any]]] = {
    ContentKind.FREELANCER_PROFILE: PROFILE_LISTS,
    ContentKind.GIG: GIG_LISTS,
    ContentKind.JOB_POSTING: POSTING_LISTS,
}


@domain.query("moderationItems", scopes=SCOPES)
def items(ctx: Context, filter: ModerationFilter, pagination: Pagination | None = None) -> Connection:
    """Return a page of content of one kind, newest first."""
    return moderation_items(ctx, _LISTS[filter.kind_eq], filter, pagination)


@domain.query("moderationItem", scopes=SCOPES)
def item(ctx: Context, kind: str, id: str) -> Item | None:
    """Return a piece of content."""
    return moderation.find(ctx, ContentKind(kind), id)


@domain.mutation("takeDownContent", scopes=SCOPES)
def take_down(ctx: Context, input: TakeDownContent) -> Item:
    """Take content down."""
    return moderation.take_down(ctx, input)


@domain.mutation("restoreContent", scopes=SCOPES)
def restore(ctx: Context, kind: str, id: str, reason: str) -> Item:
    """Restore content that was taken down."""
    return moderation.restore(ctx, ContentKind(kind), id, reason)


# Reports


def _posting_is_shown(ctx: Context, job_id: str) -> bool:
    return visible_jobs(ctx, [job_id]) != [None]


def _gig_is_shown(ctx: Context, gig_id: str) -> bool:
    gig = ctx.load(GIGS, gig_id, consistent=True)
    return gig is not None and may_see(gig, ctx.principal)


def _profile_is_shown(ctx: Context, user_id: str) -> bool:
    user = fetch(ctx, user_id)
    return user is not None and shown(user, ctx)


_SHOWN: Final[Mapping[ContentKind, Callable[[Context, str], bool]]] = {
    ContentKind.FREELANCER_PROFILE: _profile_is_shown,
    ContentKind.GIG: _gig_is_shown,
    ContentKind.JOB_POSTING: _posting_is_shown,
}


# A scope that shows some content is enough to report it. Every key has the first one.
@domain.mutation(
    "reportContent",
    scopes=(Scope.COMMON_ENTITIES_READ, Scope.MARKETPLACE_JOBS_READ, Scope.FREELANCER_PROFILES),
)
def report_content(ctx: Context, input: ReportContent) -> Report:
    """Report content. Raises the same NotFound for unknown content and for what the caller cannot see."""
    if not _SHOWN[input.kind](ctx, input.content_id):
        raise NotFound(moderation.NO_CONTENT)
    return reporting.report(ctx, input)


@domain.mutation("resolveContentReport", scopes=SCOPES)
def resolve_content_report(ctx: Context, input: ResolveReport) -> Report:
    """Decide a report."""
    return reporting.resolve(ctx, input)


domain.link("ContentReport.reporter", to=USERS, by="reporter_id")


@domain.field("ContentReport.createdDateTime")
def reported(source: Report, ctx: Context) -> str:
    """Return when it was reported."""
    return source.created


@domain.field("ContentReport.content")
def reported_words(source: Report, ctx: Context) -> str | None:
    """Return the words of the content at that time, to operators. That they read them is recorded before.

    Raises Unavailable if that is not possible. The reports of a page are recorded together.
    """
    if not ctx.principal.operator:
        return None
    recorded: set[str] = ctx.connection("ContentReport.content", ctx.entities, {}, set)
    if source.id not in recorded:
        beside = {one.id for one in ctx.entities.values() if isinstance(one, Report)}
        new = sorted({source.id, *beside} - recorded)
        operator_log.record_reads(ctx.principal.user_id, new, ctx.request_id)
        recorded.update(new)
    return source.content


# Fields of content

domain.link("ModerationItem.owner", to=ORGANIZATIONS, by="owner_id")
domain.link("ModerationItem.writer", to=USERS, by="writer_id")


@domain.field("ModerationItem.takenDown")
def taken_down(source: Item, ctx: Context) -> bool:
    """Return whether it is taken down."""
    return source.takedown is not None


@domain.field("ModerationItem.reason")
def takedown_reason(source: Item, ctx: Context) -> str | None:
    """Return why it was taken down."""
    return source.takedown.reason if source.takedown else None


@domain.field("ModerationItem.takenDownDateTime")
def takedown_time(source: Item, ctx: Context) -> str | None:
    """Return when it was taken down."""
    return source.takedown.at if source.takedown else None


def _count(source: Item, ctx: Context) -> Mapping[Key, Source]:
    return {REPORT_COUNTS.key(source.kind, source.id): REPORT_COUNTS}


@domain.field("ModerationItem.reports", needs=_count)
def reports(source: Item, ctx: Context) -> int:
    """Return how often it was reported."""
    count: int = ctx.entities[REPORT_COUNTS.key(source.kind, source.id)].reports
    return count


@domain.field("ModerationItem.createdDateTime")
def content_created(source: Item, ctx: Context) -> str:
    """Return when it was created."""
    return source.created
