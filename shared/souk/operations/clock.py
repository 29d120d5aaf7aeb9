"""The test clock of a deployment, local or in AWS: moves the market time, and runs what is due by then.

The caller needs rights on the table, and to invoke the clock function; for a reset also on the user pool, the buckets
and the search indexer. Deployments in production have no test clock.
"""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from souk.deadlines.model import DEADLINES, DUE_PREFIX
from souk.operations import search
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from souk.storage import Table, market_time
from souk.storage.market_time import OFFSET, Offset
from souk.values import moments
from souk.values.chunks import chunks
from souk.values.clock import Clock
from souk.values.errors import Conflict
from souk.values.times import stamp

FARTHEST: Final = timedelta(days=3_653)
"""Ten years, which is as far as the market time can be ahead."""
_PATIENCE_SECONDS: Final = 120.0
_PAUSE_SECONDS: Final = 2.0
_UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION: Final = re.compile(r"(?:\d{1,9}[wdhms])+", re.ASCII)
_PART: Final = re.compile(r"(\d+)([wdhms])", re.ASCII)
_DELETED_TOGETHER: Final = 25
"""Items in one request, as many as DynamoDB takes."""


class Reading(NamedTuple):
    """The market time, and how far it is ahead of the real time."""

    market: datetime
    ahead: timedelta

    def __str__(self) -> str:
        """Return the two lines that the commands print."""
        ahead = self.ahead - timedelta(microseconds=self.ahead.microseconds)
        far = f"{duration(ahead)} ahead of the real time" if self.ahead else "the real time"
        return f"{stamp(self.market)}\n{far}"


class TestClock:
    """The test clock of a deployment."""

    __test__ = False  # for pytest

    def __init__(
        self, deployment: Deployment, wait: Callable[[float], None] = time.sleep, clock: Clock | None = None
    ) -> None:
        """Read the deployment's outputs. Raises Problem for a deployment in production."""
        if deployment.in_production:
            raise Problem(
                "This deployment is in production, so its clock cannot be moved. Deploy a stage for tests with "
                "`-c production=false`."
            )
        self._deployment = deployment
        self._wait = wait
        name = deployment.outputs["TableName"]
        self._table = Table(deployment.client("dynamodb"), name, clock or Clock(movable=True), writes=("",))

    def show(self) -> Reading:
        """Return what the clock shows."""
        market_time.read(self._table)
        return self._reading()

    def set(self, text: str) -> Reading:
        """Move the market time to a point in time. Raises Problem for a time before now."""
        wanted = moments.parse(text)
        if wanted is None:
            raise Problem(f"The time {moments.EXPECTED}")
        return self._move(lambda now: datetime.fromisoformat(wanted.first) - now)

    def advance(self, text: str) -> Reading:
        """Move the market time on by a duration, such as 7d or 1d12h."""
        by = parse_duration(text)
        return self._move(lambda _: by)

    def reset(self) -> Reading:
        """Return to the real time, and delete all data: it would lie in the future."""
        self._delete_people()
        for bucket in ("AttachmentsBucket",):
            self._delete_objects(self._deployment.outputs[bucket])
        self._delete_items()
        search.rebuild(self._deployment)
        return self.show()

    def _move(self, by: Callable[[datetime], timedelta]) -> Reading:
        """Move the market time, and wait until what is due by then has run. A move by zero is none."""
        before = market_time.read(self._table)
        now = self._table.clock.market()
        difference = by(now)
        if difference < timedelta(0):
            raise Problem(
                f"The clock is at {stamp(now)}, and goes only forward. `souk clock reset` returns to the real time, "
                "and deletes all data."
            )
        if before.ahead + difference > FARTHEST:
            raise Problem("The market time can be at most ten years ahead.")
        if difference:
            self._store(before, before.ahead + difference, now)
        self._run_due()
        return self._reading()

    def _store(self, before: Offset, ahead: timedelta, now: datetime) -> None:
        clock = self._table.clock
        after = before.model_copy(
            update={
                "milliseconds": round(ahead / timedelta(milliseconds=1)),
                "moved": stamp(clock.real()),
                "moved_from": stamp(now),
            }
        )
        tx = self._table.transaction()
        if before.version:
            tx.update(OFFSET, after)
        else:
            tx.create(OFFSET, after)
        try:
            tx.commit()
        except Conflict as lost:
            raise Problem("Somebody else has moved the clock at the same time. See `souk clock show`.") from lost
        clock.ahead = after.ahead

    def _run_due(self) -> None:
        """Run the deadlines that are due, and those that their work schedules. Raises Problem if some remain."""
        until, started = stamp(self._table.clock.market()), time.monotonic()
        while True:
            self._deployment.invoke("clock", {"detail": {}})
            remaining = sum(1 for _ in self._due(until))
            if not remaining:
                return
            if time.monotonic() - started > _PATIENCE_SECONDS:
                raise Problem(
                    f"{self._reading()}\nDeadlines that have not run yet: {remaining}. The clock goes on with them "
                    "every minute."
                )
            self._wait(_PAUSE_SECONDS)

    def _due(self, until: str) -> Iterator[str]:
        """Yield the deadlines that are due, including failed ones. Unlike functions, an operator may scan."""
        condition = {":due": {"S": DUE_PREFIX}}
        for item in self._scan(FilterExpression="begins_with(PK, :due)", ExpressionAttributeValues=condition):
            if item["type"]["S"] == DEADLINES.name and (due := DEADLINES.decode(item)).since <= until:
                yield due.id

    def _delete_people(self) -> None:
        client, pool = self._deployment.client("cognito-idp"), self._deployment.outputs["UserPool"]
        pages = client.get_paginator("list_users").paginate(UserPoolId=pool)
        for name in [user["Username"] for page in pages for user in page["Users"]]:
            client.admin_delete_user(UserPoolId=pool, Username=name)

    def _delete_objects(self, bucket: str) -> None:
        client = self._deployment.client("s3")
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            if found := [{"Key": one["Key"]} for one in page.get("Contents", ())]:
                client.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})

    def _delete_items(self) -> None:
        """Delete all items, that of the clock among them."""
        client, name = self._deployment.client("dynamodb"), self._deployment.outputs["TableName"]
        for together in chunks(self._scan(ProjectionExpression="PK, SK"), _DELETED_TOGETHER):
            requests = [{"DeleteRequest": {"Key": {"PK": item["PK"], "SK": item["SK"]}}} for item in together]
            pending: dict[str, Any] = {name: requests}
            while pending:
                pending = client.batch_write_item(RequestItems=pending).get("UnprocessedItems", {})

    def _scan(self, **request: Any) -> Iterator[dict[str, Any]]:
        client, name = self._deployment.client("dynamodb"), self._deployment.outputs["TableName"]
        for page in client.get_paginator("scan").paginate(TableName=name, ConsistentRead=True, **request):
            yield from page["Items"]

    def _reading(self) -> Reading:
        return Reading(self._table.clock.market(), self._table.clock.ahead)


def parse_duration(text: str) -> timedelta:
    """Parse a duration such as 90s, 30m, 1d12h or 2w. Raises Problem for any other text."""
    if not _DURATION.fullmatch(text):
        raise Problem("A duration is a number with s, m, h, d or w, or several of them: 90s, 7d, 1d12h.")
    try:
        return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in _PART.findall(text)), timedelta(0))
    except OverflowError:
        raise Problem("The market time can be at most ten years ahead.") from None


def duration(difference: timedelta) -> str:
    """Return a difference in whole seconds as `parse_duration` reads it: `1d12h`."""
    hours, seconds = divmod(difference.seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    parts = {"d": difference.days, "h": hours, "m": minutes, "s": seconds}
    return "".join(f"{number}{unit}" for unit, number in parts.items() if number) or "0s"
