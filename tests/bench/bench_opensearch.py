"""Measures OpenSearch with 100,000 profiles of freelancers, and tantivy beside it. It takes some minutes.

Run `python -m tests.bench.bench_opensearch`. It needs Java and Maven. One node runs on this machine, with a heap of
512 MB, so the figures show what a request costs, and not how many a cluster serves.
"""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from souk.domains.talent.search.index import INDEX
from souk.search import Search, SearchIndex
from souk.search.opensearch import Client, OpenSearchWriter
from souk.search.tantivy_index import TantivyIndex
from souk.values.chunks import chunks
from souk.values.clock import Clock
from tests.bench.bench_freelancers import PROFILES, profiles, questions
from tests.search.opensearch.server import start

RUNS = 15


def main() -> None:
    """Print the rate of changes, the size of the index, and the milliseconds of pages of 20."""
    with TemporaryDirectory() as folder:
        client = Client(start(Path(folder) / "opensearch", os.getpid()))
        cluster, files = OpenSearchWriter(INDEX, client, Clock()), TantivyIndex(INDEX)
        files.rebuild(profiles(PROFILES))
        begun = time.perf_counter()
        for chunk in chunks(profiles(PROFILES), 100):
            cluster.apply({document.id: document for document in chunk})
        seconds = time.perf_counter() - begun
        size = client.call("GET", f"/{INDEX.name}/_stats/store")["_all"]["primaries"]["store"]["size_in_bytes"]
        total = cluster.search(Search(limit=0)).total
        sys.stdout.write(f"{total:,} profiles in {seconds:.0f} s, 100 at a time; {size / 1e6:.0f} MB\n")
        for name, search in questions().items():
            times = [f"{_fastest(index, search):.1f} ms" for index in (cluster, files)]
            sys.stdout.write(f"{name}: {times[0]}; tantivy: {times[1]}\n")


def _fastest(index: SearchIndex, search: Search) -> float:
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        index.search(search)
        times.append(time.perf_counter() - begun)
    return min(times) * 1000


if __name__ == "__main__":
    main()
