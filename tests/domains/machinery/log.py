"""CloudWatch's log of requests, in memory."""

from typing import Any

import orjson
import pytest

from souk.domains.machinery.providers import request_log
from souk.runtime import aws
from souk.runtime.log import logger
from tests.support.clock import CLOCK


class Log:
    """CloudWatch with the lines that the functions have written."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []
        self.calls = 0

    def write(self, message: str, **values: Any) -> None:
        at = int(CLOCK.real().timestamp() * 1000) - 1_000 + len(self.lines)
        self.lines.append((at, orjson.dumps({"message": message, **values}).decode()))

    def filter_log_events(self, startTime: int, endTime: int, filterPattern: str, **_: object) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        wanted = filterPattern.strip('"')
        found = [(at, line) for at, line in self.lines if startTime <= at <= endTime and wanted in line]
        return {"events": [{"timestamp": at, "message": line} for at, line in found]}


def install(monkeypatch: pytest.MonkeyPatch) -> Log:
    """Return a log to which the API writes, and from which requests are read."""
    made = Log()
    monkeypatch.setattr(logger, "info", made.write)
    monkeypatch.setattr(aws, "logs", lambda: made)
    monkeypatch.setattr(request_log, "settings", type("Own", (), {"function_name": lambda _, name: name}))
    return made
