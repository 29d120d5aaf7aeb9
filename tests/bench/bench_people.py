"""Measures the operators' search for people. Run `python -m tests.bench.bench_people`; it takes a minute."""

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from souk.authentication.principal import Role
from souk.authentication.records import Membership
from souk.domains.identity.model import User
from souk.domains.operator.inputs import UserFilter
from souk.domains.operator.search import people
from souk.domains.operator.search.searching import search_for_people
from souk.search import Document
from souk.search.tantivy_index import TantivyIndex

PEOPLE = 100_000
FIRST_ID = 1_360_000_000_000_000_000
RUNS = 15
SEARCHES = {
    "newest first": UserFilter(),
    "an id": UserFilter(search_expression_eq=f"~01{FIRST_ID + 500}"),
    "an e-mail address": UserFilter(search_expression_eq="ann.w77@mail7.example"),
    "a name": UserFilter(search_expression_eq="ann w77"),
    "the beginning of a name and of a surname": UserFilter(search_expression_eq="an w77"),
    "one letter, which begins a word of everybody": UserFilter(search_expression_eq="m"),
    "the beginning of every id": UserFilter(search_expression_eq="136"),
    "operators": UserFilter(operator_eq=True),
    "others, of one organization": UserFilter(operator_eq=False, organization_id_eq="7"),
}


def main() -> None:
    """Print the milliseconds of a page of 25, and of one behind 1,000 people."""
    with TemporaryDirectory() as folder:
        index = TantivyIndex(people.INDEX, Path(folder))
        index.rebuild(_documents())
        size = sum(file.stat().st_size for file in Path(folder).rglob("*")) / 1e6
        sys.stdout.write(f"{PEOPLE:,} people, {size:.0f} MB\n")
        for name, criteria in SEARCHES.items():
            first, far = (_fastest(index, criteria, offset) for offset in (0, 1_000))
            sys.stdout.write(f"{name}: {first:.1f} ms; behind 1,000: {far:.1f} ms\n")


def _documents() -> Iterator[Document]:
    """Yield people with a first name of 200 and a surname of 5,000, in 20,000 organizations."""
    chosen = random.Random(2026)  # noqa: S311 - repeatable, not secret
    names = ["ann", "anton", "mo", *(f"n{number}" for number in range(197))]
    for number in range(PEOPLE):
        id_ = str(FIRST_ID + number)
        first, last = chosen.choice(names), f"w{chosen.randrange(5_000)}"
        company = str(number % 20_000)
        user = User(
            id=id_,
            nickname=f"{first}-{last}-{number}",
            email=f"{first}.{last}@mail{number % 50}.example",
            first_name=first,
            last_name=last,
            creation_date=f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T08:00:00.000Z",
            organization_id=company,
        )
        member = Membership(
            id=id_,
            user_id=id_,
            organization_id=company,
            company_id=company,
            role=Role.OWNER,
            operator=number % 20_000 == 1,
        )
        yield people.document(user, [member], None)


def _fastest(index: TantivyIndex, criteria: UserFilter, offset: int) -> float:
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        reader, search = search_for_people(index, criteria)
        reader.search(replace(search, offset=offset, limit=25))
        times.append(time.perf_counter() - begun)
    return min(times) * 1_000


if __name__ == "__main__":
    main()
