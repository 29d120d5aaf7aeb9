"""A domain's declarations: root fields, computed fields, links, deadlines, payment handlers and uploads.

A domain's `resolvers.py` creates one `Domain` and declares everything once. Routing, scope checks, IAM grants and the
coverage table are derived from these declarations.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from souk.authentication.scopes import Scope
from souk.graph.context import Source
from souk.graph.lists import DEFAULT_PAGE
from souk.storage import Key, StoredList, Table, Transaction
from souk.values.pictures import PictureKind

if TYPE_CHECKING:  # only a domain that erases something makes one
    from souk.graph.personal import PersonalData

Function = TypeVar("Function", bound=Callable[..., Any])
Handler = TypeVar("Handler", bound=Callable[..., None])
Working = TypeVar("Working", bound="Work")
Check = TypeVar("Check", bound=Callable[..., None])
Work = Callable[[Table, str, datetime], Iterator[None] | None]
"""The work of a deadline: `(table, entity_id, now)`. It may run twice or late, so it checks the entity's state.

Long work yields after each piece that is stored. When its time is over it is stopped there, and called again soon.
"""
ERASED: Final = "erasure.step"
"""The deadline kind that follows each part of an erasure (`Due.then`)."""
Paid = Callable[[Transaction, Table, Any, datetime], None]
"""Adds the purpose of a payment to the transaction that settles it: `(tx, table, order, now)`. Raises Conflict if the
purpose is no longer possible; the money is then refunded."""
Unpaid = Callable[[Transaction, Table, Any], None]
"""Adds the consequences of a payment that failed or is no longer needed to a transaction: `(tx, table, order)`."""
Fact = Callable[[Table, str], Any]
"""Answers a question about an entity by its id: `(table, entity_id)`."""
Answer = Callable[[Table, Mapping[str, Any]], Any]
"""Answers a question of another function with any JSON value: `(table, arguments)`. Raises Unavailable."""
Need = Callable[..., Mapping[Key, Source]]
"""Returns the entities that a field is computed from, by their keys.

It has the parameters of the field's resolver, or only the leading ones, if the arguments do not matter to it.
"""
Needs = Need | Sequence[Need]
"""One, or several of which each may use what those before it have fetched."""


class RootField(NamedTuple):
    """A field of Query or Mutation. A token needs one of its scopes."""

    kind: str
    name: str
    domain: str
    function: str
    scopes: frozenset[Scope]
    resolve: Callable[..., Any]
    needs: tuple[Need, ...] = ()
    """As of a ComputedField."""

    @property
    def coordinate(self) -> str:
        """The field's name in the schema, such as `Query.jobPosting`."""
        return f"{self.kind}.{self.name}"


class ComputedField(NamedTuple):
    """A field of a type that is resolved by a function.

    A projection uses only its source. A connection reads storage, so their number is limited per request. A field with
    `needs` reads nothing itself: what it needs is fetched before, for all fields of a level in one round trip (ADR 41).
    Each need may use what those before it have fetched.
    """

    coordinate: str
    resolve: Callable[..., Any]
    scopes: frozenset[Scope]
    reads_storage: bool
    needs: tuple[Need, ...] = ()


class Link(NamedTuple):
    """A field that leads to another entity. The links of a whole level of a query are fetched in one round trip.

    - `to` is a collection, a tally, or a series of items, whose value is the list of them.
    - `by` is the source's attribute that holds the target's id, or a function of the source. The function returns the
      id, a tuple of the parts of the target's key, a list of these for a list field, or None.
    - `visible` is called with the target and the request's context; a target that is not visible is null.
    - `otherwise` returns a substitute for the target from a source that has none.
    - `shown` returns the field's value from a source and its target. `visible` then checks this value.
    - `beside` returns, from a source and the request's context, further entities by their keys. They are fetched in the
      same round trip, for the fields below the target and for `visible`, which load them from the request's cache.
    """

    coordinate: str
    to: Source
    by: str | Callable[[Any], Any]
    scopes: frozenset[Scope]
    visible: Callable[[Any, Any], bool] | None
    otherwise: Callable[[Any], Any] | None = None
    shown: Callable[[Any, Any], Any] | None = None
    beside: Callable[[Any, Any], Mapping[Key, Source]] | None = None


class ListSize(NamedTuple):
    """The size of a list, for the cost of a request (`souk.graph.cost`)."""

    default: int
    """The size of a page that nobody asked for, or the size that is assumed of a list without pages."""
    greatest: int
    """The size of the greatest page."""

    @classmethod
    def of(cls, stored: StoredList[Any]) -> "ListSize":
        """Return the size of a list in the table."""
        return cls(min(DEFAULT_PAGE, stored.greatest_page), stored.greatest_page)


class Due(NamedTuple):
    """The work of a kind of deadline (`souk.deadlines.model.schedule`). The domain's function runs it."""

    kind: str
    domain: str
    function: str
    run: Work
    then: str | None = None
    """The kind of a deadline that follows when all pieces of the work are done, for `<entity id>/<kind>`."""


class Question(NamedTuple):
    """A question of other functions, and the function that answers it (`souk.graph.questions`)."""

    name: str
    function: str
    run: Answer


class Upload(NamedTuple):
    """The rule of the files that people upload for a purpose (`Domain.upload`). The domain `files` applies it."""

    purpose: str
    check: Callable[..., None]
    """Called with the request's context, and with the id of the entity that the file is for, if there is one. Raises
    Forbidden if the caller may not upload for this purpose."""
    picture: PictureKind | None
    """The kind of picture; None for a file of any type, which can be attached."""
    documents: bool
    """Whether files that are no pictures are accepted beside pictures."""
    personal: bool
    """Whether the file belongs to the person, and not to the organization of the request."""


def _attribute(name: str) -> Callable[[Any, Any], Any]:
    """Return a resolver that reads an attribute of its source."""
    read = attrgetter(name)
    return lambda source, ctx: read(source)


def _several(needs: Needs) -> tuple[Need, ...]:
    return (needs,) if callable(needs) else tuple(needs)


@dataclass
class Domain:
    """The declarations of one domain.

    `function` is the deployed function that runs its mutations and deadlines. It may write the keys that the domain
    owns (`WRITES` in its store). `joins` names the other domains whose entities its commands change in the same
    transaction: accepting an offer also creates the contract (ADR 11). `joins_keys` are prefixes of keys of other
    domains, where its commands change only a part of what these own.
    """

    name: str
    function: str
    joins: tuple[str, ...] = ()
    joins_keys: tuple[str, ...] = ()
    roots: list[RootField] = field(default_factory=list)
    computed: list[ComputedField] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    sizes: dict[str, ListSize] = field(default_factory=dict)
    """The sizes of lists that differ from the usual (`souk.graph.cost`), by coordinate."""
    deadlines: dict[str, Due] = field(default_factory=dict)
    """The work of deadlines, by kind."""
    paid_handlers: dict[str, Paid] = field(default_factory=dict)
    """By the purpose of a payment order."""
    unpaid_handlers: dict[str, Unpaid] = field(default_factory=dict)
    """By the purpose of a payment order. A purpose may have none."""
    uploads: dict[str, Upload] = field(default_factory=dict)
    """The rules of uploads, by purpose."""

    answers: dict[str, Question] = field(default_factory=dict)
    """What queries ask this domain's function for, by name."""
    facts: dict[str, Fact] = field(default_factory=dict)
    """What lower domains ask this one for, by name."""
    personal_data: "PersonalData | None" = None
    """What its function erases of a person."""

    @property
    def coordinates(self) -> set[str]:
        """The fields that this domain declares."""
        fields: list[RootField | ComputedField | Link] = [*self.roots, *self.computed, *self.links]
        return {declared.coordinate for declared in fields} | set(self.sizes)

    def query(
        self,
        name: str,
        *,
        scopes: Iterable[Scope],
        size: ListSize | StoredList[Any] | None = None,
        needs: Needs = (),
    ) -> Callable[[Function], Function]:
        """Declare the resolver of a field of Query: `(ctx, **arguments)`.

        With `needs` it reads nothing but the request's cache. These entities are read consistently, in one round trip
        for all such fields at the root of a query, under any number of aliases (ADR 41).
        """
        self._set_size(f"Query.{name}", size)
        return self._root("Query", name, scopes, needs)

    def mutation(self, name: str, *, scopes: Iterable[Scope]) -> Callable[[Function], Function]:
        """Declare the resolver of a field of Mutation: `(ctx, **arguments)`. It runs only in the domain's function."""
        return self._root("Mutation", name, scopes)

    def field(
        self, coordinate: str, *, scopes: Sequence[Scope] = (), needs: Needs = ()
    ) -> Callable[[Function], Function]:
        """Declare a field that is computed from its source and what it needs: `(source, ctx, **arguments)`.

        The resolver loads these from the request's cache. They are fetched with the links of their level (ADR 41).
        """
        return self._computed(coordinate, scopes, reads_storage=False, needs=needs)

    def attributes(self, type_: str, names: Mapping[str, str]) -> None:
        """Declare fields of a type that are attributes of its source under other names, by the names of the fields."""
        for name, attribute in names.items():
            self.field(f"{type_}.{name}")(_attribute(attribute))

    def connection(
        self, coordinate: str, *, scopes: Sequence[Scope] = (), size: ListSize | StoredList[Any] | None = None
    ) -> Callable[[Function], Function]:
        """Declare a nested field that reads storage: `(source, ctx, **arguments)`."""
        self._set_size(coordinate, size)
        return self._computed(coordinate, scopes, reads_storage=True)

    def link(
        self,
        *coordinates: str,
        to: Source,
        by: str | Callable[[Any], Any],
        scopes: Sequence[Scope] = (),
        visible: Callable[[Any, Any], bool] | None = None,
        otherwise: Callable[[Any], Any] | None = None,
        shown: Callable[[Any, Any], Any] | None = None,
        beside: Callable[[Any, Any], Mapping[Key, Source]] | None = None,
    ) -> None:
        """Declare fields that lead to another entity (`Link`)."""
        for coordinate in coordinates:
            self.links.append(Link(coordinate, to, by, frozenset(scopes), visible, otherwise, shown, beside))

    def list_size(self, *coordinates: str, size: int) -> None:
        """Declare the size that is assumed of lists without pages, where it is far from 10."""
        for coordinate in coordinates:
            self._set_size(coordinate, ListSize(size, size))

    def due(self, kind: str, *, then: str | None = None) -> Callable[[Working], Working]:
        """Declare the work of a kind of deadline, such as `offers.expiry`: `(table, entity_id, now)`.

        It runs in the domain's function, at least once, at or after its time. Raises ValueError unless the kind is new
        and begins with the domain's name and a dot, so that kinds are unique across domains.
        """
        self._require_own(kind)

        def declare(run: Working) -> Working:
            if kind in self.deadlines:
                raise ValueError(f"The work {kind} is declared twice.")
            self.deadlines[kind] = Due(kind, self.name, self.function, run, then)
            return run

        return declare

    def personal(self, data: "PersonalData") -> None:
        """Declare that this domain's function erases what it has of a person, by the deadline `<domain>.erase`.

        `data` is the `PERSONAL` of the domain's `personal.py`. Raises ValueError if it erases nothing.
        """
        if data.erase is None:
            raise ValueError(f"{self.name} erases nothing of a person, so that its function has nothing to run.")
        self.personal_data = data
        kind = f"{self.name}.erase"
        self.deadlines[kind] = Due(kind, self.name, self.function, data.erase, then=ERASED)

    def paid(self, purpose: str) -> Callable[[Paid], Paid]:
        """Declare the handler of paid orders with a purpose, such as `milestones.fund`.

        Raises ValueError as `due` does.
        """
        return self._handler(self.paid_handlers, purpose)

    def unpaid(self, purpose: str) -> Callable[[Unpaid], Unpaid]:
        """Declare the handler of orders with a purpose whose payment failed or is no longer needed."""
        return self._handler(self.unpaid_handlers, purpose)

    def upload(
        self,
        purpose: str,
        *,
        picture: PictureKind | None = None,
        documents: bool = False,
        personal: bool = False,
    ) -> Callable[[Check], Check]:
        """Declare who may upload files for a purpose, such as `identity.logo`: `(ctx)`, which raises Forbidden.

        When an uploaded picture is ready, or refused, the deadline of the same name runs with the file's id. Raises
        ValueError as `due` does.
        """
        self._require_own(purpose)

        def declare(check: Check) -> Check:
            if purpose in self.uploads:
                raise ValueError(f"The upload {purpose} is declared twice.")
            self.uploads[purpose] = Upload(purpose, check, picture, documents, personal)
            return check

        return declare

    def fact(self, name: str) -> Callable[[Fact], Fact]:
        """Declare the answer to a question of lower domains, such as `contracts.freelancer`: `(table, entity_id)`.

        They ask with `souk.domains.load("contracts").facts[...]`. Raises ValueError as `due` does.
        """
        self._require_own(name)

        def declare(answer: Fact) -> Fact:
            if name in self.facts:
                raise ValueError(f"The fact {name} is declared twice.")
            self.facts[name] = answer
            return answer

        return declare

    def answer(self, name: str) -> Callable[[Answer], Answer]:
        """Declare the answer to a question of queries, such as `machinery.queues`: `(table, arguments)`.

        It runs in the domain's function, which has rights that queries have not. They ask with `Context.ask`. Raises
        ValueError as `due` does.
        """
        self._require_own(name)

        def declare(run: Answer) -> Answer:
            if name in self.answers:
                raise ValueError(f"The answer {name} is declared twice.")
            self.answers[name] = Question(name, self.function, run)
            return run

        return declare

    def _set_size(self, coordinate: str, size: ListSize | StoredList[Any] | None) -> None:
        if size:
            self.sizes[coordinate] = ListSize.of(size) if isinstance(size, StoredList) else size

    def _handler(self, handlers: dict[str, Handler], purpose: str) -> Callable[[Handler], Handler]:
        self._require_own(purpose)

        def declare(handler: Handler) -> Handler:
            if purpose in handlers:
                raise ValueError(f"The payment purpose {purpose} is declared twice.")
            handlers[purpose] = handler
            return handler

        return declare

    def _require_own(self, name: str) -> None:
        if not name.startswith(f"{self.name}.") or name == f"{self.name}.":
            raise ValueError(
                f"{name!r} does not belong to {self.name}: its name must begin with {self.name} and a dot."
            )

    def _root(self, kind: str, name: str, scopes: Iterable[Scope], needs: Needs = ()) -> Callable[[Function], Function]:
        def declare(resolve: Function) -> Function:
            self.roots.append(
                RootField(kind, name, self.name, self.function, frozenset(scopes), resolve, _several(needs))
            )
            return resolve

        return declare

    def _computed(
        self, coordinate: str, scopes: Sequence[Scope], *, reads_storage: bool, needs: Needs = ()
    ) -> Callable[[Function], Function]:
        def declare(resolve: Function) -> Function:
            self.computed.append(ComputedField(coordinate, resolve, frozenset(scopes), reads_storage, _several(needs)))
            return resolve

        return declare
