"""What the machinery has in the world of these tests: scheduled work, dead letters and the log of requests."""

from datetime import UTC, datetime, timedelta

import pytest

from souk.deadlines.model import Deadline, schedule
from souk.domains.machinery.model import LoggedRequest
from souk.domains.machinery.providers import indexes, queues, request_log, requests
from souk.domains.machinery.providers.queues import LetterKind, LetterQueue
from souk.search import IndexState
from souk.storage import Table
from tests.authority.fixtures import ACME
from tests.support.clock import CLOCK

_FAR = datetime(2050, 1, 1, tzinfo=UTC)
_KIND = "offers.expiry"
PLANNED = Deadline.new(_KIND, "77", _FAR, _FAR).public_id
"""The id of work that is scheduled."""


def install(patch: pytest.MonkeyPatch) -> None:
    """Answer for the queues, the log, the metrics and the search indexes, which are not in the table."""
    queue = LetterQueue("webhook_delivery", LetterKind.MESSAGE, "dead", "deliveries")
    line = LoggedRequest(id="1", at=0, operation="canary-operation", status=200, milliseconds=4.2)
    patch.setattr(queues, "letter_queues", lambda: {queue.function: queue})
    patch.setattr(queues, "own_access", lambda: None)
    patch.setattr(queues, "count", lambda *_: 3)
    patch.setattr(queues, "move_back", lambda *_: 0)
    patch.setattr(request_log, "requests_of", lambda _key, _now: [line])
    patch.setattr(requests, "by_day", lambda now, _days: {now.date().isoformat(): 5})
    patch.setattr(indexes, "states", lambda: {"gigs": IndexState()})
    patch.setattr(indexes, "lag_seconds", lambda _now: 0)


def schedule_work(table: Table) -> None:
    """Schedule work for tomorrow and far ahead, and tell of an event."""
    tx = table.transaction()
    schedule(tx, _KIND, "77", _FAR)
    schedule(tx, _KIND, "78", CLOCK.market() + timedelta(days=1))
    tx.emit("OFFER", "CREATE", "77", to=[ACME])
    tx.commit()
