"""Searching the index that the writer publishes."""

import logging
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, wait
from threading import Lock, Thread
from typing import TYPE_CHECKING

from souk.search.port import Page, SearchReader
from souk.search.query import Search
from souk.search.schema import IndexSchema
from souk.search.snapshot.local_copy import LocalCopy, State
from souk.search.snapshot.objects import Objects, Slot, retry_if_superseded
from souk.search.snapshot.pointer import Pointer

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

POLL_SECONDS = 1.0
PATIENCE_SECONDS = 0.1
"""How long the search that begins a refresh waits for it. Most refreshes are over by then: a pointer that has not
changed, or the few kilobytes of a small change."""
STALE_SECONDS = 30.0
"""The age of the last refresh from which searches wait for the next one. So the first search after a quiet time, when
Lambda has stopped the function in between, does not show what was true an hour ago."""

log = logging.getLogger(__name__)


class SnapshotReader(SearchReader):
    """Searches the index that the writer publishes. It downloads nothing before the first search.

    Only the first search waits for a download. Later ones use the last state, while a thread refreshes it. Lambda stops
    a function between two requests, and with it the thread. The refresh then continues with the next request.
    """

    def __init__(
        self,
        schema: IndexSchema,
        client: "S3Client",
        bucket: str,
        *,
        poll_seconds: float = POLL_SECONDS,
        patience: float | None = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`patience` is how long the search that begins a refresh waits for it, in seconds; None for its end."""
        self.schema = schema
        self._copy = LocalCopy(schema, Slot(Objects(schema.name, client, bucket)))
        self._poll_seconds = poll_seconds
        self._patience = patience
        self._clock = clock
        self._lock = Lock()
        self._refresh: Future[None] | None = None
        self._begun_at = 0.0
        """When the last refresh began."""
        self._fresh_at: float | None = None
        """The beginning of the last refresh that has succeeded, or the end of one that has failed later."""

    def search(self, search: Search) -> Page:
        """See `SearchReader.search`. If S3 does not respond, uses the last state that was downloaded."""
        return self._current().index.search(search)

    def fingerprints(self, ids: Collection[str] | None = None) -> dict[str, int]:
        """See `SearchReader.fingerprints`."""
        return self._current().index.fingerprints(ids)

    def position(self) -> Pointer:
        """Return the pointer of the index that this reader sees. Its revision is 0 if there is no index."""
        return self._current().pointer

    def _current(self) -> State:
        now = self._clock()
        with self._lock:
            is_first = self._fresh_at is None
            is_due = is_first or now - self._begun_at >= self._poll_seconds
            begins = self._refresh is None and is_due
            if begins:
                self._begin(now)
            refresh = self._refresh
        if refresh is not None:
            is_stale = self._fresh_at is not None and now - self._fresh_at > STALE_SECONDS
            wait([refresh], None if is_first or is_stale else self._patience if begins else 0)
            if is_first:
                refresh.result()  # raises its exception: there is nothing to search
        return self._copy.state

    def _begin(self, now: float) -> None:
        self._refresh, self._begun_at = Future(), now
        Thread(target=self._run, args=(self._refresh, now), name="search refresh", daemon=True).start()

    def _run(self, refresh: "Future[None]", begun_at: float) -> None:
        try:
            retry_if_superseded(self._copy.refresh)
        except Exception as error:
            with self._lock:
                self._refresh = None
                if self._fresh_at is not None:
                    log.warning("the search index could not be refreshed", exc_info=True)
                    self._fresh_at = self._clock()  # so that not every search waits while S3 does not respond
            refresh.set_exception(error)
        else:
            with self._lock:
                self._refresh, self._fresh_at = None, begun_at
            refresh.set_result(None)
