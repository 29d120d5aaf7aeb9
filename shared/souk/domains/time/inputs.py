"""The inputs of worked time. They are in the schema's `tracking.graphql`."""

from souk.storage import Input


class TrackedMinute(Input):
    """The input events of a minute."""

    mouse: int
    keyboard: int


class TrackedCell(Input):
    """A cell as a tracker sends it."""

    start_date_time: str
    memo: str | None = None
    activity_code: str | None = None
    active_window_title: str | None = None
    minutes: list[TrackedMinute] | None = None
    snapshot_date_time: str | None = None
    screenshot_id: str | None = None
    webcam_id: str | None = None


class TrackTime(Input):
    """Cells of a contract."""

    contract_id: str
    cells: list[TrackedCell]


class Span(Input):
    """A span of a contract's time."""

    contract_id: str
    start_date_time: str
    end_date_time: str
    idempotency_key: str | None = None


class AddManualTime(Span):
    """Time without a tracker."""

    memo: str
    activity_code: str | None = None


class UpdateTime(Span):
    """A change of what time was worked on. Fields that are left out stay as they are."""

    memo: str | None = None
    activity_code: str | None = None


class RemoveTime(Span):
    """The removal of time."""
