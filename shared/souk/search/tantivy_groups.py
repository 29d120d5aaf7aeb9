"""Groups of equal results, best first. Part of the tantivy adapter.

The engine cannot sort by distance, and cannot break ties of scores by a column. If few scores or distances are
possible, the results of each are a query of their own, which the engine can sort by columns.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, product

from souk.search.query import And, AnyOf, Boost, Near, Not, Or, Query

FEW_BOOSTS = 4
"""Up to this many boosts, all sums of their weights are tried."""


def by_boosts(where: Query, boosts: Sequence[Boost]) -> Iterator[Query]:
    """Yield the results of each sum of boosts, the highest first. They are 2^n queries at most."""
    merged: dict[AnyOf, float] = {}
    for boost in boosts:
        merged[boost.where] = merged.get(boost.where, 0.0) + boost.weight
    by_sum: dict[float, list[Query]] = {}
    for chosen in product((True, False), repeat=len(merged)):
        total = math.fsum(compress(merged.values(), chosen))
        parts = [one if has else Not(one) for one, has in zip(merged, chosen, strict=True)]
        by_sum.setdefault(total, []).append(And(tuple(parts)))
    for total in sorted(by_sum, reverse=True):
        alternatives = by_sum[total]
        yield And((where, alternatives[0] if len(alternatives) == 1 else Or(tuple(alternatives))))


def by_distance(where: Query, near: Near, distances: Iterable[float], count: Callable[[Query], int]) -> Iterator[Query]:
    """Yield the results at each distance inside a circle, the nearest first, and at last those outside.

    `distances` are those of the index's places inside the circle. Distances without results are skipped: rings are
    counted, each as wide as all before it together, and split until they have one distance.
    """
    steps = sorted(set(distances))

    def ring(first: int, last: int) -> Query:
        inside = Near(near.field, near.latitude, near.longitude, steps[last - 1])
        hole = (Not(Near(near.field, near.latitude, near.longitude, steps[first - 1])),) if first else ()
        return And((where, inside, *hole))

    begin, size = 0, 1
    while begin < len(steps):
        pending = [(begin, min(begin + size, len(steps)))]
        while pending:
            first, last = pending.pop()
            if last - first == 1:
                yield ring(first, last)
            elif count(ring(first, last)):
                middle = (first + last) // 2
                pending += [(middle, last), (first, middle)]
        begin, size = begin + size, size * 2
    yield And((where, Not(near)))
