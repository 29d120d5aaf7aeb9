"""The search index of stories. It has private text: only the function that runs queries reads it.

Who may find a story is not in the index. Each search names the rooms that the caller may read, so nothing has to be
indexed again when somebody joins or leaves a room.
"""

from functools import cache
from typing import Final

from souk.domains.rooms.model import Story
from souk.search import Document, IndexSchema, Keyword, SearchReader, Text, engines

INDEX: Final = IndexSchema(
    name="stories",
    fields=(Text("message"), Keyword("room"), Keyword("writer")),
    default=("message",),
    searchable={"message": "message"},
)


@cache
def reader() -> SearchReader:
    """Return the reader of the index that the deployment's indexer publishes."""
    return engines.reader(INDEX)


def document(story: Story) -> Document | None:
    """Return the index document of a story; None for a removed one. Its id has the story's time."""
    if story.removed:
        return None
    return Document(story.id, {"message": story.text, "room": story.room_id, "writer": story.user_id})
