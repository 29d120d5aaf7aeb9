"""The fields of RoomStory."""

from typing import Any

from souk.domains.files.store import download_link
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.messages.model import StoryView
from souk.domains.messages.resolvers.declared import domain
from souk.domains.rooms.model import Person, ReportState, Room, Story, StoryEvent, StoryNote
from souk.domains.rooms.store import NOTES, REPORTED
from souk.graph import Context


@domain.field("RoomStory.createdDateTime")
def created(source: StoryView, ctx: Context) -> str:
    """Return when the story was written."""
    return source.story.created


@domain.field("RoomStory.updatedDateTime")
def updated(source: StoryView, ctx: Context) -> str:
    """Return when the story was last written, edited or removed."""
    return source.story.updated


@domain.field("RoomStory.removedDateTime")
def removed(source: StoryView, ctx: Context) -> str | None:
    """Return when the story was removed."""
    return source.story.removed


@domain.field("RoomStory.message")
def message(source: StoryView, ctx: Context) -> str | None:
    """Return the text; None of a removed story, and of one without words."""
    return None if source.story.removed else source.story.text


@domain.field("RoomStory.systemEvent")
def system_event(source: StoryView, ctx: Context) -> StoryEvent | None:
    """Return the step that the story tells of."""
    return source.story.event


@domain.field("RoomStory.attachments")
def attachments(source: StoryView, ctx: Context) -> list[dict[str, Any]]:
    """Return the files, and the records that a system story tells of; none of a removed story."""
    return [] if source.story.removed else attached(source.story, source.room.room)


def writer_of(story: Story, room: Room) -> Person:
    """Return who wrote a story, as a member if they still are one."""
    return room.member(story.user_id, story.organization_id) or Person(
        user_id=story.user_id, organization_id=story.organization_id, company_id=story.organization_id
    )


def attached(story: Story, room: Room) -> list[dict[str, Any]]:
    """Return the MessageAttachments of a story."""
    author = writer_of(story, room)
    common = {"createdDateTime": story.created, "author": author}
    records = [
        {**common, "objectReferenceId": one.id, "objectType": one.type, "metadata": []} for one in story.references
    ]
    files = [
        {
            **common,
            "objectReferenceId": one.id,
            "objectType": "file",
            "metadata": [
                {"key": "fileName", "value": one.file_name},
                {"key": "contentType", "value": one.content_type},
                {"key": "size", "value": str(one.content_length)},
                {"key": "url", "value": download_link(one.key, one.file_name)},
            ],
        }
        for one in story.attachments
    ]
    return [*records, *files]


# Most stories have no attachment. Programs of the contract read 500 stories with all that their attachments have.
domain.list_size("RoomStory.attachments", size=1)
domain.list_size("MessageAttachments.metadata", size=4)
domain.link(
    "RoomStory.roomStoryNote",
    to=NOTES,
    by=lambda source: (source.room.id, source.story.id, source.room.user_id, source.room.organization_id),
    beside=lambda source, ctx: {REPORTED.key(source.room.id, source.story.id): REPORTED},
)


@domain.field("RoomStoryNote.whitelisted")
def whitelisted(source: StoryNote, ctx: Context) -> bool:
    """Return whether an operator has kept the story that the caller reported."""
    found = ctx.load(REPORTED, source.room_id, source.story_id)
    return bool(source.abuse_type and found and found.state is ReportState.WHITELISTED)


domain.link("RoomStory.user", to=USERS, by=lambda source: source.story.user_id)
domain.link("RoomStory.organization", to=ORGANIZATIONS, by=lambda source: source.story.organization_id)
