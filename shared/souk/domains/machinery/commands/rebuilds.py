"""Rebuilding a search index: begun by an operator, and done in parts by a deadline.

The indexer makes a new generation beside the old one, which searches use until the new one is complete (ADR 28). A part
is a few seconds of work; the state between two parts is stored.
"""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from souk.deadlines.model import schedule
from souk.domains import search_indexes
from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.machinery.model import Rebuild
from souk.domains.machinery.store import REBUILDS
from souk.graph import Context
from souk.runtime import aws
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.errors import NotFound, SoukError
from souk.values.times import stamp

RUN: Final = "machinery.rebuild"
"""The kind of the deadline."""
INDEXER: Final = "search_indexer"
_MAX_FAILURES: Final = 5
_PAUSE: Final = timedelta(minutes=1)
_SECONDS: Final = 12.0
"""A run begins no part after this time. The function has 25 seconds, and a part takes a few."""


def begin(ctx: Context, index: str, reason: str) -> Rebuild:
    """Begin the rebuild of an index. One that is running already stays as it is.

    Raises NotFound if there is no such index.
    """
    if index not in (one.schema.name for one in search_indexes()):
        raise NotFound("There is no such search index.")
    stored = ctx.table.get(REBUILDS, index, consistent=True)
    if stored and stored.running:
        return stored
    tx = ctx.table.transaction()
    started = (stored or Rebuild(index=index)).model_copy(
        update={"running": True, "generation": None, "scanned_to": None, "scanned": False, "failures": 0}
    )
    kept = tx.update(REBUILDS, started) if stored else tx.create(REBUILDS, started)
    record(tx, actor_of(ctx), "rebuildSearchIndex", Subject(type="SearchIndex", id=index), reason=reason)
    schedule(tx, RUN, index, ctx.now)
    tx.commit()
    return kept


def run(table: Table, index: str, now: datetime) -> None:
    """Do some parts of a rebuild, and schedule the rest."""
    rebuild = table.get(REBUILDS, index, consistent=True)
    if rebuild is None or not rebuild.running:
        return
    end = time.monotonic() + _SECONDS
    while rebuild.running and time.monotonic() < end:
        try:
            rebuild = _store(table, _part(rebuild, now))
        except SoukError as failed:
            rebuild = _store(table, _after_failure(rebuild, failed))
            break
    if rebuild.running:
        tx = table.transaction()
        schedule(tx, RUN, index, now + _PAUSE if rebuild.failures else now)
        tx.commit()


def _after_failure(rebuild: Rebuild, failed: SoukError) -> Rebuild:
    """Return the state after a part that failed. A rebuild that `souk search` has replaced fails for good."""
    logger.error("A part of a rebuild failed", index=rebuild.index, reason=failed.message)
    failures = rebuild.failures + 1
    return rebuild.model_copy(update={"failures": failures, "running": failures < _MAX_FAILURES})


def _part(rebuild: Rebuild, now: datetime) -> Rebuild:
    """Do one part of a rebuild, and return its state afterwards."""
    if rebuild.generation is None:
        return rebuild.model_copy(update={"generation": _step(rebuild, "begin")["generation"]})
    if not rebuild.scanned:
        following = _step(rebuild, "scan", start=rebuild.scanned_to)["next"]
        return rebuild.model_copy(update={"scanned_to": following, "scanned": following is None})
    if _step(rebuild, "finish")["finished"]:
        return rebuild.model_copy(update={"running": False, "built": stamp(now)})
    return rebuild


def _step(rebuild: Rebuild, name: str, **details: Any) -> Mapping[str, Any]:
    """Tell the indexer to do a step. Raises SoukError if it fails."""
    event = {"index": rebuild.index, "rebuild": name, **details}
    if rebuild.generation:
        event["generation"] = rebuild.generation
    answer = aws.invoke(INDEXER, event, alias=None)
    if "index" not in answer:
        raise SoukError("The search indexer did not do its part of the rebuild.")
    return answer


def _store(table: Table, rebuild: Rebuild) -> Rebuild:
    tx = table.transaction()
    stored = tx.update(REBUILDS, rebuild)
    tx.commit()
    return stored
