"""A row of the matrix: a request that works for the owner of what it is about, and what everybody else gets."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from graphql import FieldNode, TypeInfo, TypeInfoVisitor, Visitor, parse, visit

from souk.app import graph
from tests.authority.world import COLLEAGUE, IDLE, OUTSIDER, OWNER, RIVAL_OWNER, SERVICE, Viewer, World
from tests.support.api import Answer, Person


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """A request about something of Acme's."""

    field: str
    """The root field, such as `Query.jobPosting`."""
    document: str
    """An operation with this root field alone."""
    variables: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    shows: str
    """A text in the owner's answer which proves that the request reaches what it is about; best, a secret."""
    strangers: "Outcome"
    """What people of other organizations get, and everybody for whom nothing else is said."""
    colleague: "Outcome | None" = None
    """What a member of another team of Acme's gets."""
    rival: "Outcome | None" = None
    """What another client gets."""
    roleless: "Outcome | None" = None
    """What Acme's people without a role get; a service account is one of them and does not get to mutations at all."""
    owner: Viewer = OWNER
    about: str = ""
    """What tells it from other rows of the same field."""

    def __str__(self) -> str:
        return f"{self.field}:{self.about}" if self.about else self.field

    @property
    def name(self) -> str:
        """The name of the root field."""
        return self.field.partition(".")[2]

    @property
    def changes(self) -> bool:
        """Whether it is a mutation."""
        return self.field.startswith("Mutation.")

    @property
    def doors(self) -> tuple[str, ...]:
        """The functions that take the request: the one for all, and for a mutation its owner, straight."""
        return ("graphql", graph().roots[self.field].function) if self.changes else ("graphql",)

    @property
    def request(self) -> dict[str, Any]:
        """The request, as JSON holds it."""
        return {"query": self.document, "variables": dict(self.variables)}

    @property
    def body(self) -> str:
        """The same, as it is sent."""
        return orjson.dumps(self.request).decode()

    @property
    def selected(self) -> set[str]:
        """Every field that the document selects, as `Type.field`; one of an interface by the interface's name."""
        info, found = TypeInfo(graph().schema), set[str]()

        class Selected(Visitor):
            def enter_field(self, node: FieldNode, *_: Any) -> None:
                parent = info.get_parent_type()
                assert parent is not None
                found.add(f"{parent.name}.{node.name.value}")

        visit(parse(self.document), TypeInfoVisitor(info, Selected()))
        return found

    @property
    def scopes(self) -> list[frozenset[str]]:
        """The scopes that the document asks for: of each of these sets, one."""
        selected = (coordinate.partition(".") for coordinate in self.selected)
        concrete = (
            f"{one.name}.{name}"
            for type_, _, name in selected
            for one in graph().concrete(graph().schema.type_map[type_])
        )
        nested = (graph().scopes.get(coordinate) for coordinate in concrete)
        return [graph().roots[self.field].scopes, *filter(None, nested)]

    def ask(self, person: Person, *, function: str = "graphql", tenant: str | None = None) -> Answer:
        """Make the request as somebody, through one of its doors."""
        return person.call(self.document, dict(self.variables), function=function, tenant=tenant)

    def outcome_for(self, viewer: Viewer) -> "Outcome":
        """Return what somebody gets."""
        special = {
            COLLEAGUE: self.colleague,
            IDLE: self.roleless,
            SERVICE: self.roleless,
            RIVAL_OWNER: self.rival,
        }.get(viewer)
        return special or self.strangers


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request that somebody made."""

    world: World
    row: Row
    viewer: Viewer
    answer: Answer

    @property
    def value(self) -> Any:
        """What the root field answered, without errors."""
        return self.answer.data[self.row.name]

    @property
    def leaked(self) -> set[str]:
        """The secrets in the answer that whoever asked may not know."""
        return self.world.leaked(self.answer, self.row.request, self.viewer)


Outcome = Callable[[Asked], None]
"""Checks what somebody got. That no secret is told is checked besides."""


def text_of(answer: Answer) -> str:
    """Return an answer's JSON."""
    return orjson.dumps(answer.json).decode()


def ask(world: World, row: Row, viewer: Viewer, function: str = "graphql") -> Asked:
    """Make a row's request as somebody, through one of its doors."""
    return Asked(world, row, viewer, row.ask(world[viewer], function=function))


def refused(code: str) -> Outcome:
    """Expect an error and no value."""

    def check(asked: Asked) -> None:
        assert asked.answer.code == code, asked.answer.json
        assert not (asked.answer.json.get("data") or {}).get(asked.row.name), asked.answer.json

    return check


def sees(value: Any) -> Outcome:
    """Expect exactly this value: null, an empty list."""

    def check(asked: Asked) -> None:
        assert asked.value == value

    return check


def shows(text: str) -> Outcome:
    """Expect an answer that holds a text, though not all that the owner's holds."""

    def check(asked: Asked) -> None:
        assert asked.answer.data
        assert text in text_of(asked.answer)

    return check


def public(asked: Asked) -> None:
    """Expect what is public: the same that somebody gets who has nothing to do with any of it."""
    assert asked.value == _seen_by(OUTSIDER, asked)


def common(asked: Asked) -> None:
    """Expect what is the same for everybody, whoever asks."""
    assert asked.value == _seen_by(asked.row.owner, asked)


def _seen_by(viewer: Viewer, asked: Asked) -> Any:
    """Return what somebody else gets, who is asked once: nothing that is read changes in the world."""
    seen = asked.world.seen
    if (asked.row, viewer) not in seen:
        seen[asked.row, viewer] = ask(asked.world, asked.row, viewer).value
    return seen[asked.row, viewer]


def own(asked: Asked) -> None:
    """Expect an answer that is about the caller: nobody else's things are read, and none are changed."""
    assert asked.value is not None
    for key, item in asked.world.changes().items():
        assert asked.world.is_new(key), f"{key} was there before"
        assert not asked.world.others_in(item, asked.viewer), item
