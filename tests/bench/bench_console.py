"""What the pages of the console cost in a small marketplace, and in one that is a hundred times bigger.

Run `python -m tests.bench.bench_console`; it takes a minute and a half, and two gigabytes. It prints the round trips,
the read units and the bytes of each page, and ends with status 1 if a page is over the limits.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple, cast

import pytest

from souk.domains.identity.commands import terms
from souk.domains.jobs.search import index as jobs
from souk.domains.operator.search import organizations, people
from souk.search.tantivy_index import TantivyIndex
from souk.storage.served import serve
from tests.accounts.browser import Browser
from tests.authority.conftest import make_world
from tests.authority.fixtures import ACME, ODA, OLIVIA
from tests.bench.marketplace import PEOPLE, Marketplace
from tests.bench.reading import ReadOnlyClient
from tests.console.pages import addresses
from tests.console.test_walk import MOST_BYTES, kind_of, links_of
from tests.console.world import MOST_TRIPS, Pages, serve_pages
from tests.domains.machinery.log import install
from tests.support.clock import CLOCK
from tests.support.fast_moto import make_moto_fast

SIZES: Final = (1, 100)
EXAMPLES: Final = 3
"""How many pages of a kind are measured; the dearest one is shown."""
FILTERS: Final = (
    "/operator/reviews?show=decided",
    "/operator/reviews?kind=API_KEY",
    f"/operator/reviews?organization={ACME}",
    f"/operator/reviews?show=decided&organization={ACME}",
    "/operator/people?q=paula7",
    "/operator/people?state=SUSPENDED",
    f"/operator/people?organization={ACME}",
    "/operator/organizations?q=company",
    "/operator/content?kind=JOB_POSTING",
    "/operator/content?kind=JOB_POSTING&taken_down=yes",
    f"/operator/content?kind=JOB_POSTING&organization={ACME}",
    "/operator/money/accounts?kind=FUNDS",
    "/operator/money/accounts?not_zero=yes",
    f"/operator/money/accounts?organization={ACME}",
    f"/operator/money/bookings?organization={ACME}",
    "/operator/money/bookings?contract=7",
    "/operator/money/payments?stuck=yes",
    "/operator/money/payments?state=REFUNDED",
    f"/operator/money/payments?organization={ACME}",
    "/operator/machinery?show=deadlines&late=yes",
    "/operator/machinery?show=deadlines&kind=gigs.expiry",
    "/operator/machinery?show=deadlines&entity=77",
    "/operator/machinery?show=events",
    "/operator/machinery?show=events&entity=USER",
    "/operator/machinery?show=events&id=77",
    "/operator/machinery?show=indexes",
    "/operator/machinery?show=queues",
    f"/operator/audit?operator={ODA}",
    f"/operator/audit?subject={ACME}",
    "/operator/audit?action=rareAction",
    f"/operator/audit?operator={ODA}&action=rareAction",
)
"""Pages that no link leads to: those of filters. Some find one record in a hundred, or none."""
ON_DEMAND: Final = "/account/data/delete?check"
"""The check of all contracts, weeks and companies of a person, which they ask for. It takes more round trips."""


class Cost(NamedTuple):
    """What a page costs."""

    trips: int
    units: float
    bytes: int

    def __str__(self) -> str:
        return f"{self.trips:>3} {self.units:>8.1f} {self.bytes / 1_000:>6.1f} KB"


Costs = dict[str, Cost]
"""The greatest cost of the pages of a kind: the declared path with the names of the parameters."""


def main() -> int:
    """Print the costs of each kind of page at both sizes, and return how many kinds are over the limits."""
    small, big = (measure(size) for size in SIZES)
    over = 0
    for kind in sorted(big):
        is_over = kind != ON_DEMAND and (big[kind].trips > MOST_TRIPS or big[kind].bytes > MOST_BYTES)
        over += is_over
        before = str(small[kind]) if kind in small else "-"
        sys.stdout.write(f"{kind:<70} {before:>24} {big[kind]!s:>24}{'  over' if is_over else ''}\n")
    return over


def lines() -> Iterator[tuple[str, str, str]]:
    """Yield the rows of the report of all measurements, with their aims."""
    for size in SIZES:
        costs = [cost for kind, cost in measure(size).items() if kind != ON_DEMAND]
        trips, kilobytes = max(one.trips for one in costs), max(one.bytes for one in costs) / 1_000
        people_ = f"of {PEOPLE * size:,} people"
        yield f"round trips of a page of the console {people_}", str(trips), str(MOST_TRIPS)
        yield f"size of a page of the console {people_}", f"{kilobytes:.0f} KB", f"{MOST_BYTES // 1_000} KB"


def measure(size: int) -> Costs:
    """Return the costs of the pages of a marketplace."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        stack.callback(serve, None)
        make_moto_fast(patch)
        world = stack.enter_context(make_world())
        install(patch)
        for person in (ODA, OLIVIA):
            terms.accept(world.table, person, "2026-1", CLOCK.market())
        pages = serve_pages(world.table, Path(stack.enter_context(TemporaryDirectory())))
        browsers = [pages.browser(person) for person in (ODA, OLIVIA)]
        marketplace = Marketplace(world.table.client.scan(TableName=world.table.name)["Items"], size, CLOCK.market())
        folder = Path(stack.enter_context(TemporaryDirectory()))
        for module in (people, organizations, jobs):
            index = TantivyIndex(module.INDEX, folder / module.INDEX.name)
            index.rebuild(marketplace.documents()[module.INDEX.name])
            patch.setattr(module, "reader", lambda index=index: index)
        client = ReadOnlyClient(world.table.client, marketplace.items())
        sys.stderr.write(f"{len(client):,} items, with {PEOPLE * size:,} people\n")
        pages.reader.client = cast("Any", client)
        found: Costs = {}
        for browser in browsers:
            for kind, cost in _walk(pages, browser, client):
                most = found.get(kind, cost)
                found[kind] = Cost(
                    max(most.trips, cost.trips), max(most.units, cost.units), max(most.bytes, cost.bytes)
                )
        return found


def _walk(pages: Pages, browser: Browser, client: ReadOnlyClient) -> Iterator[tuple[str, Cost]]:
    """Yield the kinds and costs of the pages that links lead to, and of those of filters."""
    waiting, seen, kinds = [*addresses(), *FILTERS], set[str](), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        path, _, query = address.partition("#")[0].partition("?")
        kind = kind_of(path)
        names = sorted(one.partition("=")[0] for one in query.split("&") if one)
        kind += f"?{'&'.join(names)}" if names else ""
        if address in seen or kinds.get(kind, 0) >= EXAMPLES or not path.startswith(("/operator", "/account", "/dev")):
            continue
        seen.add(address)
        browser.get(address)  # what is kept in memory for a minute is read
        trips, units = pages.reader.trips, client.units
        page = browser.get(address)
        if page.status == 200:
            kinds[kind] = kinds.get(kind, 0) + 1
            yield kind, Cost(pages.reader.trips - trips, client.units - units, len(page.body))
            waiting += [one for one in dict.fromkeys(links_of(page)) if one not in seen]


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
