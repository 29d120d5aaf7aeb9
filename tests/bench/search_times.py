"""Measures searches in a tantivy index."""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from souk.search import Document, IndexSchema, Search
from souk.search.tantivy_index import TantivyIndex

_WARM_UP = 5


def percentiles(
    schema: IndexSchema, documents: Iterable[Document], questions: Mapping[str, Search], rounds: int
) -> dict[str, float]:
    """Return the 50th and 95th percentile of each search in an index of some documents, in milliseconds."""
    found = {}
    with tempfile.TemporaryDirectory() as directory:
        index = TantivyIndex(schema, Path(directory))
        index.rebuild(documents)
        for name, search in questions.items():
            times = [_milliseconds(index, search) for _ in range(rounds + _WARM_UP)][_WARM_UP:]
            percentile = statistics.quantiles(times, n=20)
            found[f"{name}, p50"], found[f"{name}, p95"] = percentile[9], percentile[18]
    return found


def show(measured: Mapping[str, float]) -> None:
    """Print milliseconds by name."""
    for name, milliseconds in measured.items():
        sys.stdout.write(f"{name:<60} {milliseconds:8.2f} ms\n")


def _milliseconds(index: TantivyIndex, search: Search) -> float:
    start = time.perf_counter()
    index.search(search)
    return (time.perf_counter() - start) * 1000
