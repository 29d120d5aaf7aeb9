"""Measures searches for stories in many rooms. Run `python -m tests.bench.bench_stories`; it takes half a minute."""

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from souk.domains.messages.search.index import INDEX
from souk.search import All, And, AnyOf, Document, Query, Search, Words
from souk.search.tantivy_index import TantivyIndex

STORIES = 200_000
ROOMS = 20_000
RUNS = 15


def main() -> None:
    """Print the milliseconds of a page of 20."""
    with TemporaryDirectory() as folder:
        index = TantivyIndex(INDEX, Path(folder))
        index.rebuild(_documents())
        size = sum(file.stat().st_size for file in Path(folder).rglob("*")) / 1e6
        sys.stdout.write(f"{STORIES:,} stories, {size:.0f} MB\n")
        for number in (1, 200, 2_000):
            rooms = AnyOf("room", tuple(str(room) for room in range(number)))
            for name, query in (("a word", Words(("message",), "w5")), ("no condition", All())):
                fastest = _fastest(index, And((query, rooms)))
                sys.stdout.write(f"{name}, in {number:,} rooms: {fastest:.1f} ms\n")


def _documents() -> Iterator[Document]:
    """Yield stories of 20 words, a quarter of them common ones."""
    chosen = random.Random(2026)  # noqa: S311 - repeatable, not secret
    words = [f"w{number}" for number in range(20_000)]
    for number in range(STORIES):
        text = " ".join((*chosen.choices(words[:2_000], k=5), *chosen.choices(words, k=15)))
        values = {"message": text, "room": str(number % ROOMS), "writer": str(number % 500)}
        yield Document(str(10**18 + number), values)


def _fastest(index: TantivyIndex, query: Query) -> float:
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        index.search(Search(query, limit=20))
        times.append(time.perf_counter() - begun)
    return min(times) * 1_000


if __name__ == "__main__":
    main()
