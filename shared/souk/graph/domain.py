"""Declaring a domain: its root fields, its computed fields, and its links to other entities.

A domain's `resolvers.py` makes one `Domain` and declares everything once. Routing, scope checks, IAM grants, the
coverage table and the documentation are derived from these declarations by `souk.graph.binder`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from souk.authentication.scopes import Scope
from souk.storage import Collection, Table, Tally, Transaction

Function = TypeVar("Function", bound=Callable[..., Any])
Handler = TypeVar("Handler", bound=Callable[..., None])
Work = Callable[[Table, str, datetime], None]
"""Work that is due: `(table, entity_id, now)`. It may come twice, or too late to mean anything: the entity says."""
Paid = Callable[[Transaction, Table, Any, datetime], None]
"""Adds the purpose of a payment to the transaction that settles it: `(tx, table, order, now)`. Raises Conflict where
the purpose is no longer possible; then the money is refunded."""
Unpaid = Callable[[Transaction, Table, Any], None]
"""Adds the end of a payment that failed, or is of no use any more, to a transaction: `(tx, table, order)`."""


@dataclass(frozen=True, slots=True)
class RootField:
    """A field of Query or Mutation, with the scopes of which a token must hold at least one."""

    kind: str
    name: str
    domain: str
    function: str
    scopes: frozenset[Scope]
    resolve: Callable[..., Any]

    @property
    def coordinate(self) -> str:
        """The field's name in the schema, such as `Query.jobPosting`."""
        return f"{self.kind}.{self.name}"


@dataclass(frozen=True, slots=True)
class ComputedField:
    """A field of a type that a function answers.

    A projection computes from its source alone. A connection reads storage, and is counted and capped per request.
    """

    coordinate: str
    resolve: Callable[..., Any]
    scopes: frozenset[Scope]
    reads_storage: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A field that leads to another entity, as data: the layer fetches a whole level of a query in one round trip.

    `by` is the name of the source's attribute that holds the target's id, or a function of the source that returns
    the id, a tuple of the parts of the target's key, a list of those for a field that is a list, or None. `visible`
    is asked before a target is shown, with the target and the request's context. `otherwise` makes from a source that
    leads nowhere what stands in the target's place: a contract without a posting is shown as one. `shown` makes of a
    source and its target what is shown of the two; then `visible` is asked of that.
    """

    coordinate: str
    to: Collection[Any] | Tally[Any]
    by: str | Callable[[Any], Any]
    scopes: frozenset[Scope]
    visible: Callable[[Any, Any], bool] | None
    otherwise: Callable[[Any], Any] | None = None
    shown: Callable[[Any, Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Work of a kind that `souk.deadlines.model.schedule` plans for later, by the function that owns the domain."""

    kind: str
    domain: str
    function: str
    run: Work


@dataclass
class Domain:
    """What a domain adds to the graph.

    `function` is the deployed function that runs its mutations; `writes` are the beginnings of the partition keys
    that this domain owns, and so this function writes. `joins` names the other domains whose entities its commands
    change in the same transaction: accepting an offer makes its contract in one transaction (ADR 11).
    """

    name: str
    function: str
    writes: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    roots: list[RootField] = field(default_factory=list)
    computed: list[ComputedField] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    deadlines: dict[str, Due] = field(default_factory=dict)
    """Work that is due later, by its kind."""
    paid_handlers: dict[str, Paid] = field(default_factory=dict)
    """By the purpose of a payment order."""
    unpaid_handlers: dict[str, Unpaid] = field(default_factory=dict)
    """By the purpose of a payment order; a purpose needs none."""

    @property
    def coordinates(self) -> set[str]:
        """The fields that this domain declares something for."""
        declared: list[RootField | ComputedField | Link] = [*self.roots, *self.computed, *self.links]
        return {one.coordinate for one in declared}

    def query(self, name: str, *, scopes: Iterable[Scope]) -> Callable[[Function], Function]:
        """Declare the resolver of a field of Query: `(ctx, **arguments)`."""
        return self._root("Query", name, scopes)

    def mutation(self, name: str, *, scopes: Iterable[Scope]) -> Callable[[Function], Function]:
        """Declare the resolver of a field of Mutation: `(ctx, **arguments)`. It runs in the owning function only."""
        return self._root("Mutation", name, scopes)

    def field(self, coordinate: str, *, scopes: Sequence[Scope] = ()) -> Callable[[Function], Function]:
        """Declare a field that is computed from its source alone: `(source, ctx, **arguments)`."""
        return self._computed(coordinate, scopes, reads_storage=False)

    def connection(self, coordinate: str, *, scopes: Sequence[Scope] = ()) -> Callable[[Function], Function]:
        """Declare a nested field that reads storage itself: `(source, ctx, **arguments)`."""
        return self._computed(coordinate, scopes, reads_storage=True)

    def link(
        self,
        *coordinates: str,
        to: Collection[Any] | Tally[Any],
        by: str | Callable[[Any], Any],
        scopes: Sequence[Scope] = (),
        visible: Callable[[Any, Any], bool] | None = None,
        otherwise: Callable[[Any], Any] | None = None,
        shown: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        """Declare fields that lead to another entity."""
        for coordinate in coordinates:
            self.links.append(Link(coordinate, to, by, frozenset(scopes), visible, otherwise, shown))

    def due(self, kind: str) -> Callable[[Work], Work]:
        """Declare the work of a kind, `offers.expiry`: `(table, entity_id, now)`.

        It runs in the owning function, at least once, at or after the time. Raises ValueError where the kind does not
        begin with the domain's name and a dot, or is declared already: so no two domains can have the same.
        """
        self._require_own(kind)

        def declare(run: Work) -> Work:
            if kind in self.deadlines:
                raise ValueError(f"The work {kind} is declared twice.")
            self.deadlines[kind] = Due(kind, self.name, self.function, run)
            return run

        return declare

    def paid(self, purpose: str) -> Callable[[Paid], Paid]:
        """Declare the handler of a paid order with this purpose, `milestones.fund`. Payments find it by that name.

        Raises ValueError as `due` does.
        """
        return self._handler(self.paid_handlers, purpose)

    def unpaid(self, purpose: str) -> Callable[[Unpaid], Unpaid]:
        """Declare the handler of an order with this purpose whose payment failed or is of no use any more."""
        return self._handler(self.unpaid_handlers, purpose)

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

    def _root(self, kind: str, name: str, scopes: Iterable[Scope]) -> Callable[[Function], Function]:
        def declare(resolve: Function) -> Function:
            self.roots.append(RootField(kind, name, self.name, self.function, frozenset(scopes), resolve))
            return resolve

        return declare

    def _computed(
        self, coordinate: str, scopes: Sequence[Scope], *, reads_storage: bool
    ) -> Callable[[Function], Function]:
        def declare(resolve: Function) -> Function:
            self.computed.append(ComputedField(coordinate, resolve, frozenset(scopes), reads_storage))
            return resolve

        return declare
