"""The fields of ReportedRoomStory, which only operators reach."""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.identity.store import USERS
from souk.domains.messages.model import ReportedView
from souk.domains.messages.resolvers.declared import domain
from souk.domains.messages.resolvers.stories import attached, writer_of
from souk.domains.rooms.model import Report
from souk.graph import Context

_FIELDS: Final[dict[str, Callable[[ReportedView], Any]]] = {
    "roomId": lambda one: one.room.id,
    "storyId": lambda one: one.story.id,
    "roomType": lambda one: one.room.type,
    "writer": lambda one: writer_of(one.story, one.room),
    "message": lambda one: one.story.text,
    "attachments": lambda one: attached(one.story, one.room),
    "createdDateTime": lambda one: one.story.created,
    "removedDateTime": lambda one: one.story.removed,
    "revisions": lambda one: list(one.story.revisions),
    "reports": lambda one: list(one.reported.reports),
    "state": lambda one: one.reported.state,
    "reviewNote": lambda one: one.reported.review_note,
    "reviewedDateTime": lambda one: one.reported.reviewed,
}


def _field(read: Callable[[ReportedView], Any]) -> Callable[[ReportedView, Context], Any]:
    return lambda source, ctx: read(source)


for _name, _read in _FIELDS.items():
    domain.field(f"ReportedRoomStory.{_name}")(_field(_read))
domain.link("ReportedRoomStory.reviewedBy", to=USERS, by=lambda source: source.reported.reviewed_by_id)


domain.attributes("RoomStoryRevision", {"message": "text", "writtenDateTime": "written"})


@domain.field("RoomStoryReport.reportedDateTime")
def report_time(source: Report, ctx: Context) -> str:
    """Return when the story was reported."""
    return source.reported
