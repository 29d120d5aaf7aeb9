"""Records the table that this release writes: `python -m tests.upgrade.record`, once for each release.

It is written beside this file, under the release's version, and committed: the releases that follow have to read it
(`test_upgrade.py`). It fails, and names it, where the code writes a kind of item that the stories here do not make.
`--check` does the same and writes no file; it is a part of `make test`.
"""

import sys
from importlib.metadata import version

from souk.runtime.log import logger
from souk.storage.transaction import OUTBOX
from tests.support.clock import CLOCK
from tests.upgrade.belongings import Belongings, settle, wind
from tests.upgrade.deals import Deals
from tests.upgrade.environment import Surroundings, surroundings
from tests.upgrade.kinds import entities, missing
from tests.upgrade.people import Cast
from tests.upgrade.reading import readings, search_from
from tests.upgrade.release import FOLDER, Item, Release, scan


def live(around: Surroundings) -> None:
    """Have people do everything that can be done."""
    souk = around.souk
    settle(souk.table, CLOCK.market())
    cast = Cast.of(souk)
    deals = Deals(souk, cast, around.patch)
    deals.make_what_is_over()
    wind(souk.table, CLOCK.market())
    deals.make()
    Belongings(around, cast).make()


def compact(items: list[Item]) -> list[Item]:
    """Leave out what is there many times: of the news, one of each word is kept."""
    told = {(one.entity, one.action): one.event_id for one in entities(items, OUTBOX)}
    return [item for item in items if item["SK"]["S"] != "EVENT" or OUTBOX.decode(item).event_id in told.values()]


def main() -> None:
    """Write the table of this release."""
    logger.setLevel("ERROR")
    with surroundings() as around:
        live(around)
        now = CLOCK.market()
        items = compact(scan(around.souk.table))
        if absent := missing(items):
            raise SystemExit("Have the stories of tests/upgrade make also:\n" + "\n".join(absent))
        if "--check" in sys.argv[1:]:
            return
        around.at(now)
        search_from(around.souk.table, items, around.patch)
        release = Release(version("souk"), now, items, readings(Cast.of(around.souk), items))
        path = FOLDER / f"table-{release.version}.json.gz"
        path.write_bytes(release.encode())
        print(f"{path.name}: {len(items)} items, {len(release.readings)} answers, {path.stat().st_size} bytes")  # noqa: T201


if __name__ == "__main__":
    main()
