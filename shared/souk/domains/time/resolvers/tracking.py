"""Mutations by which a freelancer writes the diary, and the upload of screenshots."""

from typing import Any

from souk.domains.time.commands import entering, tracking
from souk.domains.time.commands.diary import require_worker
from souk.domains.time.commands.entering import TimeChange
from souk.domains.time.inputs import AddManualTime, RemoveTime, TrackTime, UpdateTime
from souk.domains.time.resolvers.declared import WRITE, domain
from souk.domains.time.rules.tracking import MAX_CELLS, CellRefused, Outcome
from souk.domains.time.views.weeks import shown
from souk.graph import Context
from souk.values.pictures import PictureKind

domain.list_size("TrackTimeResponse.cells", size=MAX_CELLS)


@domain.upload("time.snapshot", picture=PictureKind.SNAPSHOT)
def may_upload(ctx: Context, contract_id: str) -> None:
    """Allow the freelancer of an hourly contract to upload screenshots."""
    require_worker(ctx, contract_id)


@domain.mutation("trackTime", scopes=WRITE)
def track_time(ctx: Context, input: TrackTime) -> dict[str, Any]:
    """Store cells of tracked work."""
    done = tracking.track(ctx, input)
    pairs = zip(input.cells, done.outcomes, strict=True)
    return {
        "cells": [_result(cell.start_date_time, outcome) for cell, outcome in pairs],
        "timesheets": shown(ctx, done.timesheets),
    }


def _result(start: str, outcome: Outcome | CellRefused) -> dict[str, Any]:
    if isinstance(outcome, Outcome):
        return {"startDateTime": start, "outcome": outcome}
    return {
        "startDateTime": start,
        "outcome": Outcome.REFUSED,
        "refusal": outcome.refusal,
        "message": outcome.message,
    }


@domain.mutation("addManualTime", scopes=WRITE)
def add_manual_time(ctx: Context, input: AddManualTime) -> dict[str, Any]:
    """Store time without a tracker."""
    return _change(ctx, entering.add(ctx, input))


@domain.mutation("updateTime", scopes=WRITE)
def update_time(ctx: Context, input: UpdateTime) -> dict[str, Any]:
    """Change the memo or the activity of time."""
    return _change(ctx, entering.update(ctx, input))


@domain.mutation("removeTime", scopes=WRITE)
def remove_time(ctx: Context, input: RemoveTime) -> dict[str, Any]:
    """Remove time."""
    return _change(ctx, entering.remove(ctx, input))


def _change(ctx: Context, done: TimeChange) -> dict[str, Any]:
    return {"minutes": done.minutes, "timesheets": shown(ctx, done.timesheets)}
