"""`make bench`: performance as ratios within one run, because absolute times depend on the machine."""

import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from infra.layer import build_layer
from tests.bench import (
    bench_console,
    bench_freelancers,
    bench_lists,
    bench_messages,
    bench_percolation,
    bench_reports,
    bench_search,
    bench_tallies,
    bench_time,
    bench_weeks,
    large_page,
    overhead,
    page,
)
from tests.bench.caller import cold_start_argument, environment
from tests.bench.measure import process_seconds
from tests.graph import hostile

ROUNDS = 12
HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@contextmanager
def _layer() -> Iterator[Path]:
    """Unpack the layer like Lambda."""
    with tempfile.TemporaryDirectory() as directory:
        with zipfile.ZipFile(build_layer("local")) as archive:
            archive.extractall(directory)
        yield Path(directory) / "python"


def cold_starts(*functions: str) -> dict[str, float]:
    """Return each function's cold start with its first answer, relative to importing boto3 and creating a client.

    That boto3 is the installed one. The layer's reads less (`infra.trimming`), and would measure Souk by itself.
    """
    ours: dict[str, list[float]] = {name: [] for name in functions}
    theirs = []
    with _layer() as python:
        for _ in range(ROUNDS):
            for name in functions:
                paths = {**environment(name), "PYTHONPATH": f"{python}:{ROOT}"}
                child = [str(HERE / "child_cold_start.py"), cold_start_argument(name)]
                ours[name].append(process_seconds(child, paths))
            theirs.append(process_seconds([str(HERE / "child_baseline.py")], environment()))
    return {name: min(seconds) / min(theirs) for name, seconds in ours.items()}  # noise only adds


def main() -> None:
    """Print every measurement when it is done."""
    starts = cold_starts("graphql", "web")
    _row("cold start to first query / import boto3 and create a client", f"{starts['graphql']:.2f}x", "1.8x")
    _row("cold start to first page / import boto3 and create a client", f"{starts['web']:.2f}x", "-")
    _row("a page of 50 items / one GetItem (CPU)", f"{page.ratio():.2f}x", "4x")
    for name, ratio in overhead.ratios().items():
        _row(f"a repeated small query, {name} (CPU)", f"{ratio:.2f}x", "-")
    for name, ratio in large_page.ratios().items():
        _row(f"{name} (CPU)", f"{ratio:.2f}x", "3x")
    refusals = hostile.refusals()
    for one in refusals[:10]:
        _row(f"refused: {one.name} (CPU)", f"{one.milliseconds:.0f} ms", "150 ms")
    for one in refusals:
        if one.cost is not None:
            cost = f"{one.cost:,}" if one.cost < 10**9 else "over 10^9"
            _row(f"refused: {one.name}, cost {cost} (CPU)", f"{one.milliseconds:.0f} ms", "150 ms")
    for name, by_size in bench_lists.reads():
        for size, read in zip(bench_lists.SIZES, by_size, strict=True):
            _row(f"a page of {bench_lists.PAGE} of {size:,} offers, {name}", str(read), "-")
    for name, cost, aim in chain(
        bench_messages.reads(), bench_reports.reads(), bench_time.uploads(), bench_console.lines()
    ):
        _row(name, cost, aim)
    for name, seconds in bench_percolation.seconds().items():
        _row(f"{name} (CPU)", f"{seconds:.2f} s", "5 s" if name.startswith("match") else "-")
    for name, value in chain(bench_tallies.lines(), bench_weeks.lines()):
        _row(name, value, "-")
    for name, milliseconds in bench_search.percentiles().items():
        _row(f"search at 100,000 jobs, {name}", f"{milliseconds:.2f} ms", "5 ms (p50)")
    for name, milliseconds in bench_freelancers.percentiles().items():
        _row(f"search at 100,000 profiles, {name}", f"{milliseconds:.2f} ms", "5 ms (p50)")


def _row(what: str, measured: str, aim: str) -> None:
    sys.stdout.write(f"{what:<80} {measured:>10}   aim {aim}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
