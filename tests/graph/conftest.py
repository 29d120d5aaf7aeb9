"""The sample library, deployed in process: books in one function, presses in another."""

import pytest

from souk.graph import Graph
from souk.storage import Table
from tests.graph import sample_library
from tests.support.api import Person, Souk, person


@pytest.fixture(scope="session")
def graph() -> Graph:
    return Graph([sample_library.library(), sample_library.presses()], sample_library.assembled())


@pytest.fixture
def library(table: Table, graph: Graph) -> Souk:
    functions = {"graphql": (), "library": ("BOOK#", "OUTBOX#"), "presses": ("PRESS#", "OUTBOX#")}
    souk = Souk(table, graph, functions)
    transaction = table.transaction()
    for number in range(12):
        book = sample_library.Book(
            id=str(number),
            title=f"Book {number}",
            author_id=str(number),
            co_author_ids=[str(number), str(number + 1)],
            publisher_id=str(number % 2),
            editor_id=str(number),
        )
        transaction.create(sample_library.BOOKS, book)
        publisher_id = str(number % 2) if number else None
        transaction.create(
            sample_library.AUTHORS, sample_library.Author(id=str(number), name=f"A{number}", publisher_id=publisher_id)
        )
    for number in range(2):
        transaction.create(sample_library.PUBLISHERS, sample_library.Publisher(id=str(number), name=f"P{number}"))
    transaction.commit()
    return souk


@pytest.fixture
def reader(library: Souk) -> Person:
    return person(library, user_id="7", organization_id="70")
