"""The inputs of rooms and stories."""

from enum import StrEnum
from typing import Literal

from souk.domains.proposals.inputs import ClientRequest
from souk.domains.rooms.model import AbuseType, ReportState, RoomType
from souk.graph.lists import DateTimeRange, Pagination
from souk.storage import Input
from souk.values.ids import Id


class Everything(StrEnum):
    """The value of a filter that accepts all rooms."""

    ALL = "ALL"


class RoomCategory(StrEnum):
    """The contract's RoomCategoryFilter."""

    FAVORITES = "FAVORITES"
    PEOPLE = "PEOPLE"
    INTERVIEW = "INTERVIEW"
    GROUP = "GROUP"


class RoomFilter(Input):
    """The contract's RoomFilter. All conditions must hold."""

    room_type_eq: RoomType | Everything | None = None
    room_privacy_eq: Literal["ALL", "PRIVATE", "PUBLIC"] | None = None
    subscribed_eq: bool | None = None
    active_since_eq: str | None = None
    include_favorites_eq: bool | None = None
    include_unread_if_active_eq: bool | None = None
    unread_rooms_only_eq: bool | None = None
    local_eq: str | None = None
    """Accepted, and without effect: stories are not translated."""
    include_hidden_eq: bool | None = None
    object_reference_id_eq: Id | None = None
    room_category_eq: RoomCategory | None = None


class RoomUserInput(Input):
    """The contract's RoomUserInput: a person to add."""

    user_id: str
    organization_id: str
    role: str | None = None
    invite_email: str | None = None

    @property
    def place(self) -> tuple[str, str]:
        """The ids that identify a member."""
        return self.user_id, self.organization_id


class CreateRoom(Input):
    """The contract's RoomCreateInputV2."""

    room_name: str | None = None
    topic: str | None = None
    users: tuple[RoomUserInput | None, ...] | None = None
    room_type: Literal["ONE_ON_ONE", "GROUP"]
    public: bool | None = None
    idempotency_key: str | None = None


class UpdateRoom(Input):
    """The contract's RoomUpdateInputV2. Absent fields stay unchanged."""

    room_id: str
    room_name: str | None = None
    topic: str | None = None
    reason: str | None = None
    read_only: bool | None = None


class UpdateMembership(Input):
    """UpdateRoomMembershipInput. Absent fields stay unchanged."""

    room_id: str
    favorite: bool | None = None
    muted: bool | None = None
    hidden: bool | None = None
    note: str | None = None


class StoryFilter(Input):
    """The contract's StoryFilter. All conditions must hold."""

    story_created_date_time_bt: DateTimeRange | None = None
    story_updated_date_time_bt: DateTimeRange | None = None
    include_removed_eq: bool | None = None
    pagination: Pagination | None = None


class RoomStoryFilter(Input):
    """The contract's RoomStoryFilter."""

    room_id_eq: str
    story_filter: StoryFilter | None = None


class StoriesSearchFilter(Input):
    """RoomStoriesSearchFilter. All conditions must hold."""

    search_expression_eq: str
    room_id_eq: str | None = None
    user_id_eq: Id | None = None
    """The writer."""
    story_created_date_time_bt: DateTimeRange | None = None


class CreateStory(Input):
    """The contract's RoomStoryCreateInputV2."""

    room_id: str | None = None
    message: str | None = None
    attachment_ids: tuple[str, ...] | None = None
    idempotency_key: str | None = None


class UpdateStory(Input):
    """The contract's RoomStoryUpdateInputV2."""

    story_id: str
    room_id: str
    message: str | None = None


class NoteStory(Input):
    """NoteRoomStoryInput. Absent fields stay unchanged."""

    room_id: str
    story_id: str
    favorite: bool | None = None
    abuse_type: AbuseType | None = None
    abuse_details: str | None = None


class ReportedFilter(Input):
    """ReportedRoomStoryFilter. All conditions must hold."""

    state_eq: ReportState | None = None
    abuse_type_eq: AbuseType | None = None


class ReviewStory(Input):
    """ReviewReportedRoomStoryInput."""

    room_id: str
    story_id: str
    state: ReportState
    note: str | None = None


class MessageRequest(ClientRequest):
    """The contract's ClientProposalMessageRequest."""

    message: str
    attachment_ids: tuple[str, ...] | None = None
    idempotency_key: str | None = None
