"""Rooms and stories: a stranger finds no trace of a room by any path, and nobody sees what it keeps for another."""

from typing import Any

from tests.authority.contracts import WORKING
from tests.authority.fixtures import BUILD, DESIGN, LIAM, MAX
from tests.authority.messages import BLOCKED, GROUP, OTHER_STORY, OWN_STORY, PAIR
from tests.authority.offers import BY_THE_HOUR
from tests.authority.proposals import PENDING
from tests.authority.row import Outcome, Row, own, refused, sees
from tests.authority.world import INVITED, OPERATOR, OWNER, Viewer

_ROOM = """{ id roomName topic roomNote numUnread roomUsers { user { id email } role } organization { id }
  latestStory { message user { id lastName } } stories { edges { node { message } } } }"""
_STORIES = "{ edges { node { id message room { roomName } } } }"
_HIDDEN = refused("NOT_FOUND")


def _found(
    field: str, argument: str, id_: str, shows: str, strangers: Outcome = _HIDDEN, *, owner: Viewer = OWNER
) -> Row:
    return Row(
        field=f"Query.{field}",
        about="" if owner is OWNER else str(owner),
        document=f"query ($id: ID!) {{ {field}({argument}: $id) {_ROOM} }}",
        variables={"id": id_},
        shows=shows,
        strangers=strangers,
        owner=owner,
    )


def _changed(field: str, shows: str, selected: str = "{ id }", id_: str = GROUP, more: str = "") -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"mutation ($id: ID!) {{ {field}(roomId: $id{more}) {selected} }}",
        variables={"id": id_},
        shows=shows,
        strangers=_HIDDEN,
    )


def _by_input(field: str, type_: str, shows: str, selected: str, strangers: Outcome = _HIDDEN, **given: Any) -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"mutation ($input: {type_}!) {{ {field}(input: $input) {selected} }}",
        variables={"input": given},
        shows=shows,
        strangers=strangers,
        roleless=refused("FORBIDDEN") if strangers is own else None,
    )


_READING = (
    _found("room", "id", GROUP, "canary-room-note"),
    _found("room", "id", PENDING, "canary-proposal-message", owner=INVITED),
    _found("proposalRoom", "vendorProposalId", PENDING, "canary-proposal-message"),
    _found("offerRoom", "offerId", BY_THE_HOUR, '"organization":{"id"', sees(None)),
    _found("contractRoom", "contractId", WORKING, '"organization":{"id"', sees(None)),
    Row(
        field="Query.oneOnOneRoom",
        document=f"query ($user: ID!, $org: ID!) {{ oneOnOneRoom(userId: $user, organizationId: $org) {_ROOM} }}",
        variables={"user": LIAM, "org": DESIGN},
        shows=PAIR,
        strangers=sees(None),
    ),
    Row(
        field="Query.publicRooms",
        document=f"{{ publicRooms {{ totalCount edges {{ node {_ROOM} }} }} }}",
        shows="canary-public-room-name",
        strangers=sees({"totalCount": 0, "edges": []}),
    ),
    Row(
        field="Query.roomList",
        document=f"{{ roomList {{ totalCount edges {{ node {_ROOM} }} }} }}",
        shows="canary-room-name",
        strangers=sees({"totalCount": 0, "edges": []}),
    ),
    Row(
        field="Query.roomStories",
        document=f"query ($id: ID!) {{ roomStories(filter: {{roomId_eq: $id}}) {_STORIES} }}",
        variables={"id": GROUP},
        shows="canary-story-2",
        strangers=_HIDDEN,
    ),
    Row(
        field="Query.roomStoriesSearch",
        document=f"""query ($filter: RoomStoriesSearchFilter!) {{
          roomStoriesSearch(filter: $filter) {{ totalCount {_STORIES[1:]} }}""",
        variables={"filter": {"searchExpression_eq": "story"}},
        shows="canary-story-2",
        strangers=sees({"totalCount": 0, "edges": []}),
    ),
    Row(
        field="Query.roomStoriesSearch",
        about="one room",
        document=f"query ($filter: RoomStoriesSearchFilter!) {{ roomStoriesSearch(filter: $filter) {_STORIES} }}",
        variables={"filter": {"searchExpression_eq": "story", "roomId_eq": GROUP}},
        shows="canary-story-2",
        strangers=_HIDDEN,
    ),
    Row(
        field="Query.reportedRoomStories",
        document="""{ reportedRoomStories { edges { node { message writer { user { id lastName } }
          reports { abuseDetails reporter { user { id } } } } } } }""",
        shows="canary-story-2",
        strangers=refused("FORBIDDEN"),
        owner=OPERATOR,
    ),
    Row(
        field="Query.roomStory",
        document="""query ($id: ID!, $story: ID!) { roomStory(roomId: $id, storyId: $story) {
          id message roomStoryNote { abuseDetails } } }""",
        variables={"id": GROUP, "story": OTHER_STORY},
        shows="canary-story-2",
        strangers=_HIDDEN,
    ),
)
_WRITING = (
    _changed("archiveRoom", '"readOnly":true', "{ readOnly }"),
    _changed("removeRoom", GROUP, ""),
    _changed("blockRoom", '"blockDateTime":"', "{ blockDateTime }", PAIR),
    _changed("unblockRoom", '"blockDateTime":null', "{ blockDateTime }", BLOCKED),
    _changed("markRoomAsRead", '"numUnread":0', "{ numUnread }"),
    _changed("markRoomAsUnread", '"numUnread":1', "{ numUnread }", more=f', storyId: "{OWN_STORY}"'),
    _changed("removeRoomStory", OWN_STORY, "", more=f', storyId: "{OWN_STORY}"'),
    _changed(
        "addUserToRoom",
        "true",
        "",
        more=f', roomUsers: [{{userId: "{MAX}", organizationId: "{BUILD}"}}]',
    ),
    _changed("removeUserFromRoom", "true", "", more=f', userId: "{LIAM}", orgId: "{DESIGN}"'),
    _by_input("updateRoomV2", "RoomUpdateInputV2", "Renamed", "{ roomName }", roomId=GROUP, roomName="Renamed"),
    _by_input(
        "updateRoomMembership",
        "UpdateRoomMembershipInput",
        '"muted":true',
        "{ muted roomNote }",
        roomId=GROUP,
        muted=True,
    ),
    _by_input(
        "noteRoomStory",
        "NoteRoomStoryInput",
        '"favorite":false',
        "{ roomStoryNote { favorite } }",
        roomId=GROUP,
        storyId=OTHER_STORY,
        favorite=False,
    ),
    Row(
        field="Mutation.reviewReportedRoomStory",
        document="""mutation ($input: ReviewReportedRoomStoryInput!) {
          reviewReportedRoomStory(input: $input) { state message } }""",
        variables={"input": {"roomId": GROUP, "storyId": OTHER_STORY, "state": "REMOVED"}},
        shows='"state":"REMOVED"',
        strangers=refused("FORBIDDEN"),
        owner=OPERATOR,
    ),
    _by_input("createRoomV2", "RoomCreateInputV2", "GROUP", "{ roomType }", own, roomType="GROUP"),
    _by_input("createRoomStoryV2", "RoomStoryCreateInputV2", "Said", "{ message }", roomId=GROUP, message="Said"),
    _by_input(
        "updateRoomStoryV2",
        "RoomStoryUpdateInputV2",
        "SUCCESS",
        "{ status }",
        roomId=GROUP,
        storyId=OWN_STORY,
        message="Said",
    ),
    Row(
        field="Mutation.roomCreate1on1IfNotExists",
        document="mutation ($user: ID!, $org: ID!) { roomCreate1on1IfNotExists(userId: $user, orgId: $org) { id } }",
        variables={"user": MAX, "org": BUILD},
        shows='"id"',
        strangers=refused("FORBIDDEN"),
        colleague=refused("UNPROCESSABLE_CONTENT"),
    ),
)
ROWS = (*_READING, *_WRITING)
