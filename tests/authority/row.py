"""Rows of the matrix: a request that works for the owner, and the outcomes for all other callers."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from graphql import FieldNode, TypeInfo, TypeInfoVisitor, Visitor, parse, visit

from souk.app import graph
from tests.authority.world import (
    AGENT,
    COLLEAGUE,
    FREELANCER,
    IDLE,
    OUTSIDER,
    OWNER,
    RIVAL_OWNER,
    SERVICE,
    Viewer,
    World,
)
from tests.support.api import Answer, Person


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """A request for one of Acme's records."""

    field: str
    """The root field, such as `Query.jobPosting`."""
    document: str
    """An operation with only this root field."""
    variables: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    shows: str
    """A text in the owner's response that proves that the request works; preferably a secret."""
    strangers: "Outcome"
    """The outcome for other organizations, and for all callers without an outcome of their own."""
    colleague: "Outcome | None" = None
    """The outcome for a member of another team of Acme."""
    rival: "Outcome | None" = None
    """The outcome for another client."""
    roleless: "Outcome | None" = None
    """The outcome for Acme's members without a role. This includes service accounts, which cannot run mutations."""
    owner: Viewer = OWNER
    programs: bool = True
    """Whether programs may use it. Otherwise only browsers that are logged in can, and the owner is refused, too."""
    about: str = ""
    """Distinguishes rows of the same field."""

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
    def endpoints(self) -> tuple[str, ...]:
        """The functions that handle the request: the common one, and for a mutation also its domain's own."""
        return ("graphql", graph().roots[self.field].function) if self.changes else ("graphql",)

    @property
    def request(self) -> dict[str, Any]:
        """The request as a dictionary."""
        return {"query": self.document, "variables": dict(self.variables)}

    @property
    def body(self) -> str:
        """The request as JSON."""
        return orjson.dumps(self.request).decode()

    @property
    def selected(self) -> set[str]:
        """The selected fields, as `Type.field`; fields of an interface by the interface's name."""
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
        """The required scopes: one of each set."""
        selected = (coordinate.partition(".") for coordinate in self.selected)
        concrete = (
            f"{one.name}.{name}"
            for type_, _, name in selected
            for one in graph().concrete(graph().schema.type_map[type_])
        )
        nested = (graph().scopes.get(coordinate) for coordinate in concrete)
        return [graph().roots[self.field].scopes, *filter(None, nested)]

    def ask(self, person: Person, *, function: str = "graphql", tenant: str | None = None) -> Answer:
        """Send the request as a person to one of its endpoints."""
        return person.call(self.document, dict(self.variables), function=function, tenant=tenant)

    def outcome_for(self, viewer: Viewer) -> "Outcome":
        """Return the expected outcome for a viewer."""
        special = {
            COLLEAGUE: self.colleague,
            IDLE: self.roleless,
            SERVICE: self.roleless,
            RIVAL_OWNER: self.rival,
        }.get(viewer)
        return special or self.strangers


@dataclasses.dataclass(frozen=True)
class Reply:
    """The response to a viewer's request."""

    world: World
    row: Row
    viewer: Viewer
    answer: Answer

    @property
    def value(self) -> Any:
        """The value of the root field. Fails if there are errors."""
        return self.answer.data[self.row.name]

    @property
    def leaked(self) -> set[str]:
        """The secrets in the response that the viewer may not see."""
        return self.world.leaked(self.answer, self.row.request, self.viewer)


Outcome = Callable[[Reply], None]
"""Checks a response. Leaks of secrets are checked separately."""


def text_of(answer: Answer) -> str:
    """Return a response's JSON."""
    return orjson.dumps(answer.json).decode()


def ask(world: World, row: Row, viewer: Viewer, function: str = "graphql") -> Reply:
    """Send a row's request as a viewer to one of its endpoints."""
    return Reply(world, row, viewer, row.ask(world[viewer], function=function))


def refused(code: str) -> Outcome:
    """Expect an error and no value."""

    def check(reply: Reply) -> None:
        assert reply.answer.code == code, reply.answer.json
        assert not (reply.answer.json.get("data") or {}).get(reply.row.name), reply.answer.json

    return check


def sees(value: Any) -> Outcome:
    """Expect exactly this value, such as null or an empty list."""

    def check(reply: Reply) -> None:
        assert reply.value == value

    return check


def shows(text: str) -> Outcome:
    """Expect a response that contains a text, but less than the owner's response."""

    def check(reply: Reply) -> None:
        assert reply.answer.data
        assert text in text_of(reply.answer)

    return check


def public(reply: Reply) -> None:
    """Expect the public value: the same as for an outsider."""
    assert reply.value == _seen_by(OUTSIDER, reply)


def common(reply: Reply) -> None:
    """Expect the same value as for the owner."""
    assert reply.value == _seen_by(reply.row.owner, reply)


def _seen_by(viewer: Viewer, reply: Reply) -> Any:
    """Return the value for another viewer. It is cached, because queries do not change the world."""
    seen = reply.world.seen
    if (reply.row, viewer) not in seen:
        seen[reply.row, viewer] = ask(reply.world, reply.row, viewer).value
    return seen[reply.row, viewer]


def own(reply: Reply) -> None:
    """Expect a value about the caller, and no change of other people's records."""
    assert reply.value is not None
    for key, item in reply.world.changes().items():
        assert reply.world.is_new(key), f"{key} was there before"
        assert not reply.world.others_in(item, reply.viewer), item


def changes_own(reply: Reply) -> None:
    """Expect a change of the caller's own user, and of nothing else. A service account is refused."""
    if reply.viewer == SERVICE:
        refused("FORBIDDEN")(reply)
        return
    assert reply.value is not None
    assert {pk for pk, _ in reply.world.changes()} == {f"USER#{reply.viewer.user_id}"}


_SENT: Final = ("OUTBOX#", "MAIL#", "DUE#")
"""The partition keys of events, mails and deadlines."""


def asks_to_join(reply: Reply) -> None:
    """Expect a request of a freelancer to join a talent cloud, and nothing else. Clients are refused."""
    if reply.viewer in (AGENT, FREELANCER, OUTSIDER):
        assert reply.value["user"] == {"id": reply.viewer.user_id}
        kept = {(pk.partition("#")[0], sk) for pk, sk in reply.world.changes() if not pk.startswith(_SENT)}
        assert kept == {("CLOUD", f"REQUEST#{reply.viewer.user_id}")}
    else:
        refused("FORBIDDEN")(reply)


def reports(reply: Reply) -> None:
    """Expect a new report by the caller, without the words of the content. A service account is refused."""
    if reply.viewer == SERVICE:
        refused("FORBIDDEN")(reply)
        return
    assert (reply.value["reporter"]["id"], reply.value["content"]) == (reply.viewer.user_id, None)
    assert all(reply.world.is_new(key) or key[1] == "COUNT" for key in reply.world.changes())
