"""Records the table of this release: run `python -m tests.upgrade.record` once for each release.

Commit the files that it writes beside this module. `test_upgrade.py` checks that later releases can read the table.
Recording fails if the scenarios do not create every kind of item that the code can write, and lists the missing kinds.
`layer.tar.xz` is the code: the next release has to run beside it.

`--check` is a part of `make check`. It writes no files, and also lists what the last release cannot read of the items.
"""

import sys
from datetime import datetime
from importlib.metadata import version
from typing import Any

from souk.app import CLOCK as POLLER
from souk.app import FUNCTIONS, OWNERS
from souk.deadlines.poller import DeadlinePoller
from souk.runtime.log import logger
from souk.storage import Table, market_time
from souk.storage.market_time import OFFSET, Offset
from souk.storage.transaction import OUTBOX
from souk.values.times import stamp
from tests.support.clock import CLOCK
from tests.upgrade import layer, neighbours
from tests.upgrade.account_scenario import AccountScenario
from tests.upgrade.api_answers import record_answers, use_search_indexes
from tests.upgrade.environment import Environment, create_environment
from tests.upgrade.hiring_scenario import HiringScenario
from tests.upgrade.people import People, store_people
from tests.upgrade.release import FOLDER, Item, Release, scan
from tests.upgrade.stored_items import entities, missing


def run_scenarios(environment: Environment) -> None:
    """Fill the table with items of every kind."""
    souk = environment.souk
    store_people(souk.table, CLOCK.market())
    people = People.load(souk)
    hiring = HiringScenario(souk, people, environment.patch)
    hiring.run_finished()
    run_clock_once(souk.table, CLOCK.market())
    hiring.run()
    AccountScenario(environment, people).run()
    remember_test_clock(souk.table)


def run_clock_once(table: Table, now: datetime) -> None:
    """Run the clock, so that it stores the hour that it has reached. No deadline may be due."""
    own = Table(table.client, table.name, table.clock, FUNCTIONS[POLLER].writes)
    assert DeadlinePoller(own, _refuse_call, OWNERS).tick(now).failed == 0


def remember_test_clock(table: Table) -> None:
    """Store that the market time was moved, by nothing, as `souk clock` does."""
    own = Table(table.client, table.name, table.clock, (market_time.PREFIX,))
    tx, now = own.transaction(), stamp(own.clock.real())
    tx.create(OFFSET, Offset(moved=now, moved_from=now))
    tx.commit()


def _refuse_call(function: str, event: dict[str, Any]) -> dict[str, Any]:
    raise AssertionError(f"The clock calls {function} with {event}, but no deadline should be due.")


def compact(items: list[Item]) -> list[Item]:
    """Keep one event of each entity and action, to keep the file small."""
    kept = {(one.entity, one.action): one.event_id for one in entities(items, OUTBOX)}
    return [item for item in items if item["SK"]["S"] != "EVENT" or OUTBOX.decode(item).event_id in kept.values()]


def main() -> None:
    """Write the file of this release."""
    logger.setLevel("ERROR")
    with create_environment() as environment:
        run_scenarios(environment)
        now = CLOCK.market()
        items = compact(scan(environment.souk.table))
        if absent := missing(items):
            raise SystemExit("The scenarios of tests/upgrade do not create:\n" + "\n".join(absent))
        if "--check" in sys.argv[1:]:
            if found := neighbours.problems(items):
                raise SystemExit(
                    "The last release runs beside this one while it is deployed, and would fail on documents of this "
                    "one; see UNREADABLE in tests/upgrade/neighbours.py.\n" + "\n".join(found)
                )
            return
        environment.set_time(now)
        use_search_indexes(environment.souk.table, items, environment.patch)
        release = Release(version("souk"), now, items, record_answers(People.load(environment.souk), items))
        path = FOLDER / f"table-{release.version}.json.gz"
        path.write_bytes(release.encode())
        layer.FILE.write_bytes(layer.pack())
        print(f"{path.name}: {len(items)} items, {len(release.answers)} answers, {path.stat().st_size} bytes")  # noqa: T201


if __name__ == "__main__":
    main()
