"""Domains that are imported when a document first needs them."""

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


def test_request_loads_selected_domains_once(caller: Person, loaded: list[str]) -> None:
    assert loaded == []
    assert caller.call("{ __typename __schema { queryType { name } } }").data
    assert loaded == []
    for _ in range(2):
        assert caller.call('{ book(id: "1") { title } }').data == {"book": None}
    assert loaded == ["library"]
    assert caller.call("mutation { publish(id: 1) }").data == {"publish": False}
    assert loaded == ["library", "presses"]


def test_interface_field_loads_domains_of_its_types(caller: Person, loaded: list[str]) -> None:
    fragment = "fragment more on Thing { ... on Book { secret } }"
    answer = caller.call(f"{{ unbuilt {{ id ... on Thing {{ ...more }} }} }} {fragment}")
    assert answer.code == "NOT_BUILT"
    assert loaded == ["library"]


def test_undeclared_field_returns_not_built(caller: Person) -> None:
    assert caller.call("{ unbuilt { id } }").code == "NOT_BUILT"
    assert caller.call("mutation { burn(id: 1) { id } }").code == "NOT_BUILT"


def test_manifest_has_domain_of_every_field() -> None:
    known = manifest.compile_manifest()
    assert known.declared_in["Query.jobPosting"] == "jobs"
    for name in set(known.declared_in.values()):
        domain = load(name)
        assert domain.coordinates == {field for field, owner in known.declared_in.items() if owner == name}


def test_failed_domain_import_is_retried() -> None:
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
