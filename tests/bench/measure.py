"""Measures the CPU time of processes and of calls."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence


def process_seconds(arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    """Run Python with arguments and return the CPU seconds that it prints."""
    done = subprocess.run(
        [sys.executable, *arguments], check=True, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout.splitlines()[-1])


def call_seconds(*calls: Callable[[], object], times: int) -> list[float]:
    """Return the CPU seconds of each call: the best of nine interleaved rounds, as noise only adds."""
    best = [float("inf")] * len(calls)
    for _ in range(9):
        for index, call in enumerate(calls):
            begun = time.process_time()
            for _ in range(times):
                call()
            best[index] = min(best[index], (time.process_time() - begun) / times)
    return best
