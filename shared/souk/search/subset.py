"""Using an index that another version of Souk made, with other fields.

After an upgrade that changes the schema, searches use the old generation of the index until a rebuild has made a new
one. Both versions' common fields can be searched as before. A search that needs another field is refused, because any
result would be a guess.
"""

from collections.abc import Iterable
from dataclasses import replace

from souk.search.query import And, AnyOf, Exists, Near, Not, Or, Phrase, Prefix, Query, Range, Search, Sort, Words
from souk.search.schema import Document, Field, IndexSchema
from souk.values.errors import Unavailable


class Subset:
    """The fields that an index has, of those that its schema declares."""

    def __init__(self, schema: IndexSchema, fields: Iterable[Field]) -> None:
        own = tuple(fields)
        self._missing = frozenset(field.name for field in schema.fields) - {field.name for field in own}
        self.schema = schema if not self._missing else self._without_missing(schema, own)
        """The schema with only these fields."""

    def _without_missing(self, schema: IndexSchema, fields: tuple[Field, ...]) -> IndexSchema:
        searchable = {name: field for name, field in schema.searchable.items() if field not in self._missing}
        return IndexSchema(schema.name, fields, tuple(self._present(schema.default)), searchable)

    def reduce(self, document: Document) -> Document:
        """Return the document without values that the index cannot hold."""
        if not self._missing:
            return document
        return Document(document.id, {name: document.values[name] for name in self._present(document.values)})

    def restrict(self, search: Search) -> Search:
        """Return a search that the index can answer.

        Words that may be in any of several fields are searched in those that the index has. Raises Unavailable if a
        condition or an order needs another field.
        """
        if not self._missing:
            return search
        for part in (*search.order, *(boost.where for boost in search.boosts)):
            self._require(part)
        return replace(search, where=self._restrict(search.where))

    def _restrict(self, query: Query) -> Query:
        match query:
            case And(clauses):
                return And(tuple(map(self._restrict, clauses)))
            case Or(clauses):
                return Or(tuple(map(self._restrict, clauses)))
            case Not(clause):
                return Not(self._restrict(clause))
            case Words() | Phrase() | Prefix():
                if fields := tuple(self._present(query.fields)):
                    return replace(query, fields=fields)
                self._refuse(query.fields[0])
            case AnyOf() | Range() | Exists() | Near():
                self._require(query)
        return query

    def _require(self, part: AnyOf | Range | Exists | Near | Sort) -> None:
        if part.field in self._missing:
            self._refuse(part.field)

    def _refuse(self, field: str) -> None:
        raise Unavailable(
            f"This search needs {field!r}, which the search index does not have yet: the index "
            "is still to be rebuilt. Leave out this filter or order, or try again later."
        )

    def _present(self, names: Iterable[str]) -> Iterable[str]:
        return (name for name in names if name not in self._missing)
