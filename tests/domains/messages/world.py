"""The test world of messages: people who talk, and their calls."""

from typing import Any

from souk.domains.proposals.model import ClientStatus
from souk.domains.proposals.store import PROPOSALS
from souk.domains.rooms.model import EarlierMessage
from souk.domains.rooms.store import MESSAGES, ROOMS
from souk.storage import Table
from souk.values.times import stamp
from tests.support.api import Answer, Person
from tests.support.clock import CLOCK, new_id
from tests.support.worlds.proposals import ProposalsWorld

ROOM = """{ id roomName topic roomType public readOnly readOnlyDateTime numUsers numUnread numUnreadMentions favorite
  hidden muted roomNote roomNotePresent joinDateTime lastVisitedDateTime lastReadDateTime createdAtDateTime
  contractId offerIds blockDateTime organization { id } creator { user { id } role } owner { user { id } }
  roomUsers { user { id } organization { id } role } latestStory { id message } }"""
STORY = """{ id message systemEvent createdDateTime updatedDateTime removedDateTime user { id } organization { id }
  attachments { objectReferenceId objectType metadata { key value } author { user { id } role } } }"""


class MessagesWorld(ProposalsWorld):
    """The API with its people, and methods for their calls about rooms."""

    def change_room(self, who: Person, field: str, arguments: str, selected: str = "", **variables: Any) -> Answer:
        """Call a mutation with literal arguments."""
        return who.call(f"mutation {{ {field}({arguments}) {selected} }}", variables or None)

    def group(self, who: Person, *others: Person, **given: Any) -> str:
        """Make a group room, and return its id."""
        answer = self.try_group(who, *others, **given)
        made: str = answer.data["createRoomV2"]["id"]
        return made

    def try_group(self, who: Person, *others: Person, **given: Any) -> Answer:
        """Make a group room, and return the whole answer."""
        query = f"mutation ($input: RoomCreateInputV2!) {{ createRoomV2(input: $input) {ROOM} }}"
        return who.call(query, {"input": {"roomType": "GROUP", "users": users(*others), **given}})

    def one_on_one(self, who: Person, other: Person) -> Answer:
        """Return the answer of `roomCreate1on1IfNotExists`."""
        query = f"mutation ($user: ID!, $org: ID!) {{ roomCreate1on1IfNotExists(userId: $user, orgId: $org) {ROOM} }}"
        return who.call(query, {"user": other.user_id, "org": other.organization_id})

    def try_write(self, who: Person, room_id: str, message: str | None = "Hello", **given: Any) -> Answer:
        """Write a story, and return the whole answer."""
        query = f"mutation ($input: RoomStoryCreateInputV2!) {{ createRoomStoryV2(input: $input) {STORY} }}"
        return who.call(query, {"input": {"roomId": room_id, "message": message, **given}})

    def write(self, who: Person, room_id: str, message: str = "Hello", **given: Any) -> str:
        """Write a story, and return its id."""
        written: str = self.try_write(who, room_id, message, **given).data["createRoomStoryV2"]["id"]
        return written

    def edit(self, who: Person, room_id: str, story_id: str, message: str) -> Answer:
        """Edit a story."""
        query = "mutation ($input: RoomStoryUpdateInputV2!) { updateRoomStoryV2(input: $input) { status } }"
        return who.call(query, {"input": {"roomId": room_id, "storyId": story_id, "message": message}})

    def remove_story(self, who: Person, room_id: str, story_id: str) -> Answer:
        """Remove a story."""
        query = "mutation ($room: ID!, $story: ID!) { removeRoomStory(roomId: $room, storyId: $story) }"
        return who.call(query, {"room": room_id, "story": story_id})

    def add(self, who: Person, room_id: str, *others: Person, role: str | None = None) -> Answer:
        """Add people to a room."""
        query = "mutation ($id: ID!, $users: [RoomUserInput!]!) { addUserToRoom(roomId: $id, roomUsers: $users) }"
        return who.call(query, {"id": room_id, "users": [{**one, "role": role} for one in users(*others)]})

    def put_out(self, who: Person, room_id: str, other: Person) -> Answer:
        """Remove a person from a room."""
        query = """mutation ($id: ID!, $user: ID!, $org: ID!) {
          removeUserFromRoom(roomId: $id, userId: $user, orgId: $org) }"""
        return who.call(query, {"id": room_id, "user": other.user_id, "org": other.organization_id})

    def update(self, who: Person, room_id: str, **given: Any) -> Answer:
        """Update a room."""
        query = f"mutation ($input: RoomUpdateInputV2) {{ updateRoomV2(input: $input) {ROOM} }}"
        return who.call(query, {"input": {"roomId": room_id, **given}})

    def mark(self, who: Person, field: str, room_id: str, story_id: str | None = None) -> Answer:
        """Mark a room as read or unread."""
        kind = "ID" if field == "markRoomAsRead" else "ID!"
        query = f"mutation ($room: ID!, $story: {kind}) {{ {field}(roomId: $room, storyId: $story) {ROOM} }}"
        return who.call(query, {"room": room_id, "story": story_id})

    def membership(self, who: Person, room_id: str, **given: Any) -> Answer:
        """Update the caller's membership."""
        query = f"mutation ($input: UpdateRoomMembershipInput!) {{ updateRoomMembership(input: $input) {ROOM} }}"
        return who.call(query, {"input": {"roomId": room_id, **given}})

    def by_id(self, who: Person, field: str, room_id: str, selected: str = ROOM) -> Answer:
        """Call a mutation with only the room's id."""
        return who.call(f"mutation ($id: ID!) {{ {field}(roomId: $id) {selected} }}", {"id": room_id})

    def room(self, who: Person, room_id: str) -> Any:
        """Return a room as a person sees it."""
        return self.try_room(who, room_id).data["room"]

    def try_room(self, who: Person, room_id: str) -> Answer:
        """Read a room, and return the whole answer."""
        return who.call(f"query ($id: ID!) {{ room(id: $id) {ROOM} }}", {"id": room_id})

    def unread(self, who: Person, room_id: str) -> tuple[int, int]:
        """Return the numbers of unread stories and mentions."""
        found = self.room(who, room_id)
        return found["numUnread"], found["numUnreadMentions"]

    def rooms(
        self, who: Person, pagination: dict[str, Any] | None = None, order: str = "DESC", **conditions: Any
    ) -> Any:
        """Return a page of `roomList`."""
        query = f"""query ($filter: RoomFilter, $page: Pagination, $order: SortOrder) {{
          roomList(filter: $filter, pagination: $page, sortOrder: $order) {{
            totalCount edges {{ node {ROOM} }} pageInfo {{ endCursor hasNextPage }} }} }}"""
        variables = {"filter": conditions or None, "page": pagination, "order": order}
        return who.call(query, variables).data["roomList"]

    def room_ids(self, who: Person, **given: Any) -> list[str]:
        """Return the ids of a page of `roomList`."""
        return [edge["node"]["id"] for edge in self.rooms(who, **given)["edges"]]

    def stories(
        self, who: Person, room_id: str, first: int | None = None, after: str | None = None, **given: Any
    ) -> Any:
        """Return a page of `roomStories`."""
        return self.try_stories(who, room_id, first, after, **given).data["roomStories"]

    def try_stories(
        self, who: Person, room_id: str, first: int | None = None, after: str | None = None, **given: Any
    ) -> Answer:
        """Read a page of `roomStories`, and return the whole answer."""
        query = f"""query ($filter: RoomStoryFilter) {{ roomStories(filter: $filter) {{
          totalCount edges {{ cursor node {STORY} }} pageInfo {{ endCursor hasNextPage }} }} }}"""
        page = {"pagination": {"first": first, "after": after}} if first else {}
        return who.call(query, {"filter": {"roomId_eq": room_id, "storyFilter": {**page, **given}}})

    def texts(self, who: Person, room_id: str, **given: Any) -> list[str | None]:
        """Return the messages of a page of stories, newest first."""
        return [edge["node"]["message"] for edge in self.stories(who, room_id, **given)["edges"]]

    def proposal_room(self, who: Person, proposal_id: str) -> Answer:
        """Read the room of a proposal."""
        return who.call(f"query ($id: ID!) {{ proposalRoom(vendorProposalId: $id) {ROOM} }}", {"id": proposal_id})

    def seq(self, room_id: str) -> int:
        """Return the number of the last story of a room."""
        found = self.souk.table.get(ROOMS, room_id)
        assert found is not None
        return found.seq


def users(*people: Person) -> list[dict[str, Any]]:
    """Return people as RoomUserInputs."""
    return [{"userId": one.user_id, "organizationId": one.organization_id} for one in people]


def store_earlier(world: MessagesWorld, who: Person, proposal_id: str, *texts: str) -> list[str]:
    """Store messages as an earlier release did, and return their times. Two have the same time."""
    table = Table(world.souk.table.client, world.souk.table.name, CLOCK, ("PROPOSAL#",))
    stored = table.get(PROPOSALS, proposal_id)
    assert stored is not None
    tx, times = table.transaction(), list[str]()
    tx.update(PROPOSALS, stored.model_copy(update={"messaged": True, "client_status": ClientStatus.ACTIVATED}))
    for text in texts:
        times.append(times[-1] if len(times) == 2 else stamp(CLOCK.market()))
        message: dict[str, Any] = {"user_id": who.user_id, "organization_id": who.organization_id, "text": text}
        tx.create(MESSAGES, EarlierMessage(id=new_id(), proposal_id=proposal_id, created=times[-1], **message))
    tx.commit()
    return times
