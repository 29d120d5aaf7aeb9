"""Tracked time as money on the deployed stack. It moves the time of the shared run, so it is one of the last."""

from datetime import datetime, timedelta
from typing import Any

from tests.support.actor import Actor, hourly
from tests.support.running import Run
from tests.support.scenarios import Cast
from tests.support.worlds.timesheets import READ

TRACK = "mutation ($input: TrackTimeInput!) { trackTime(input: $input) { cells { outcome refusal message } } }"
HOUR = [number * timedelta(minutes=10) for number in range(6)]


def move(souk: Run, to: datetime) -> None:
    """Move the time of the marketplace to a point in time."""
    moved = souk.souk("clock", "set", to.isoformat())
    assert (moved.returncode, moved.stderr) == (0, "")


def _contract(client: Actor, freelancer: Actor) -> str:
    job = client.post_job("An hour of drawing", hourly=True)
    offer = client.offer(job, freelancer.propose(job, "45.00"), freelancer, **hourly("4500"))
    return str(freelancer.accept(offer["id"])["id"])


def _next_hour(moment: datetime) -> datetime:
    """Return the first full hour that begins two minutes later than a time: the contract has begun by then."""
    return (moment + timedelta(hours=1, minutes=2)).replace(minute=0, second=0, microsecond=0)


def test_tracked_hour_is_charged_and_released(souk: Run, cast: Cast) -> None:
    contract = _contract(cast.client, cast.freelancer)
    start = _next_hour(datetime.fromisoformat(souk.souk("clock", "show").stdout.splitlines()[0]))
    move(souk, start + timedelta(hours=1))
    cells = [{"startDateTime": (start + after).isoformat(), "memo": "From the sketch to the draft"} for after in HOUR]
    tracked = cast.freelancer.answer(TRACK, input={"contractId": contract, "cells": cells})
    assert [one["outcome"] for one in tracked["cells"]] == ["STORED"] * 6, tracked
    monday = (start - timedelta(days=start.weekday())).replace(hour=0)

    def week(who: Actor) -> Any:
        return who.answer(READ, id=contract, week=monday.date().isoformat())

    assert week(cast.freelancer)["billedDateTime"] is None
    move(souk, monday + timedelta(days=7, hours=13, minutes=5))
    billed = week(cast.client)
    assert (billed["state"], billed["billableMinutes"]) == ("BILLED", 60)
    assert billed["billedDateTime"], "the clock has booked the bill"
    assert (billed["amount"], billed["charge"]) == ({"rawValue": "45.00"}, {"rawValue": "47.25"})
    move(souk, monday + timedelta(days=12, hours=1, minutes=5))
    released = week(cast.freelancer)
    assert (released["state"], released["earnings"]) == ("RELEASED", {"rawValue": "40.50"})
