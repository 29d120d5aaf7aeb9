"""Domains that are bound when a document first needs them."""

import pytest

from souk.domains import load
from souk.entry import manifest
from souk.graph import Domain, Graph
from souk.graph.binder import LazyDomains
from souk.storage import Table
from tests.graph import sample_library
from tests.support.api import Person, Souk, person

DOMAINS = {"library": sample_library.library, "presses": sample_library.presses}


@pytest.fixture
def loaded() -> list[str]:
    return []


@pytest.fixture
def caller(table: Table, loaded: list[str]) -> Person:
    def load(name: str) -> Domain:
        loaded.append(name)
        return DOMAINS[name]()

    declared_in = {coordinate: name for name, make in DOMAINS.items() for coordinate in make().coordinates}
    graph = Graph((), sample_library.assembled(), LazyDomains(declared_in, load))
    souk = Souk(table, graph, {"graphql": (), "library": ("BOOK#",), "presses": ("PRESS#",)})
    return person(souk, "7", "70")


def test_a_request_loads_what_it_selects_and_that_once(caller: Person, loaded: list[str]) -> None:
    assert loaded == []
    assert caller.call("{ __typename __schema { queryType { name } } }").data
    assert loaded == []
    for _ in range(2):
        assert caller.call('{ book(id: "1") { title } }').data == {"book": None}
    assert loaded == ["library"]
    assert caller.call("mutation { publish(id: 1) }").data == {"publish": False}
    assert loaded == ["library", "presses"]


def test_a_field_of_an_interface_loads_the_domains_of_its_types(caller: Person, loaded: list[str]) -> None:
    fragment = "fragment more on Thing { ... on Book { secret } }"
    answer = caller.call(f"{{ unbuilt {{ id ... on Thing {{ ...more }} }} }} {fragment}")
    assert answer.code == "NOT_BUILT"
    assert loaded == ["library"]


def test_what_is_never_declared_is_not_built(caller: Person) -> None:
    assert caller.call("{ unbuilt { id } }").code == "NOT_BUILT"
    assert caller.call("mutation { burn(id: 1) { id } }").code == "NOT_BUILT"


def test_the_manifest_tells_where_every_declaration_is_found() -> None:
    known = manifest.compile_manifest()
    assert known.declared_in["Query.jobPosting"] == "jobs"
    for name in set(known.declared_in.values()):
        found = load(name)
        assert found.coordinates == {one for one, domain in known.declared_in.items() if domain == name}


def test_a_domain_that_cannot_be_loaded_is_tried_again() -> None:
    attempts: list[str] = []

    def load(name: str) -> Domain:
        attempts.append(name)
        if len(attempts) == 1:
            raise ImportError(name)
        return DOMAINS[name]()

    graph = Graph((), sample_library.assembled(), LazyDomains({"Query.book": "library"}, load))
    with pytest.raises(ImportError):
        graph.load_for(["Query.book"])
    graph.load_for(["Query.book"])
    assert "Query.book" in graph.roots
