"""Declarations that do not fit the schema raise when they are bound."""

from collections.abc import Callable
from typing import Any

import pytest

from souk.graph import BindingError, Context, Domain, Graph, Scope
from tests.graph import sample_library

SCOPES = [Scope.ONTOLOGY_READ]


def root(name: str, resolve: Callable[..., Any], scopes: list[Scope] = SCOPES) -> Domain:
    domain = Domain("library", function="library")
    domain.query(name, scopes=scopes)(resolve)
    return domain


def nothing(ctx: Context) -> None:
    raise AssertionError(ctx)


def with_id(ctx: Context, id: str) -> None:
    raise AssertionError(ctx, id)


@pytest.mark.parametrize(
    ("domain", "complaint"),
    [
        (root("libary", nothing), r"no field Query\.libary\. Add it to the domain's \.graphql file"),
        (root("book", with_id, []), "no scopes"),
        (root("book", nothing), r"has the arguments \['id'\]; its resolver takes \[\]"),
        (root("shelf", with_id), "has the arguments"),
    ],
)
def test_mismatched_root_field_raises(domain: Domain, complaint: str) -> None:
    with pytest.raises(BindingError, match=complaint):
        Graph([domain], sample_library.assembled())


def test_root_field_declared_twice_raises() -> None:
    with pytest.raises(BindingError, match="declared twice"):
        Graph([sample_library.library(), root("shelf", nothing)], sample_library.assembled())


def test_root_field_of_other_domain_raises() -> None:
    domain = Domain("library", function="library")
    domain.mutation("publish", scopes=SCOPES)(with_id)
    with pytest.raises(
        BindingError, match=r"schema of presses, but library declares it\. Declare it in the resolvers of presses"
    ):
        Graph([domain], sample_library.assembled())


@pytest.mark.parametrize("coordinate", ["Book.athor", "Bok.author", "Thing.id"])
def test_link_of_unknown_field_raises(coordinate: str) -> None:
    domain = Domain("library", function="library")
    domain.link(coordinate, to=sample_library.AUTHORS, by="author_id")
    with pytest.raises(BindingError, match=r"is not an object type|has no field"):
        Graph([domain], sample_library.assembled())


@pytest.mark.parametrize("coordinate", ["Book.pages", "Shelff.books"])
def test_list_size_of_unknown_field_raises(coordinate: str) -> None:
    domain = Domain("library", function="library")
    domain.list_size(coordinate, size=3)
    with pytest.raises(BindingError):
        Graph([domain], sample_library.assembled())


def test_link_with_arguments_raises() -> None:
    domain = Domain("library", function="library")
    domain.link("Author.books", to=sample_library.BOOKS, by="id")
    with pytest.raises(BindingError, match=r"Author.books has the arguments \['first'\]"):
        Graph([domain], sample_library.assembled())


def test_model_for_scalar_argument_raises() -> None:
    def resolve(ctx: Context, id: sample_library.RenameInput) -> None:
        raise AssertionError(ctx, id)

    with pytest.raises(BindingError, match="id is not an input object"):
        Graph([root("book", resolve)], sample_library.assembled())
