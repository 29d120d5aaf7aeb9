"""Market time and real time, and their uses."""

from datetime import timedelta

from souk.storage import first_id
from souk.storage.transaction import OUTBOX
from souk.values.clock import Clock
from souk.values.times import stamp
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import JobsWorld


def test_market_time_is_ahead_by_offset() -> None:
    clock = Clock()
    clock.ahead = timedelta(days=400)
    before = clock.real()
    assert before + clock.ahead <= clock.market() <= clock.real() + clock.ahead


def test_api_stores_market_time(souk: Souk) -> None:
    world = JobsWorld(souk)
    moment = CLOCK.real() + timedelta(days=400)
    CLOCK.at(moment)
    job_id = world.post()
    assert first_id(moment) < job_id < first_id(moment + timedelta(minutes=1))
    items = souk.table.client.scan(TableName=souk.table.name)["Items"]
    (event,) = [OUTBOX.decode(one) for one in items if one["SK"]["S"] == "EVENT"]
    assert stamp(moment) < event.occurred_at < stamp(moment + timedelta(minutes=1))
    assert first_id(moment) < event.event_id < first_id(moment + timedelta(minutes=1))
    assert event.expires == int((CLOCK.real() + timedelta(days=7)).timestamp()), "DynamoDB's TTL is in real time"


def test_token_expires_in_real_time(souk: Souk) -> None:
    olivia = JobsWorld(souk).olivia
    CLOCK.at(CLOCK.real() + timedelta(days=400))
    assert olivia.call("{ __typename }").data
    CLOCK.wait(hours=24)
    assert olivia.call("{ __typename }").status == 401
