"""A crawler that follows all nested fields of a root field as one caller, and records the secrets in the responses.

Each request selects the plain fields of one place in the graph, and finds the fields to follow. A field that fails is
left out of the next attempt, so that its error does not hide other fields.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    OperationDefinitionNode,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    print_ast,
)

from souk.app import graph
from tests.authority import fixtures, talent
from tests.authority.diaries import WORKED
from tests.authority.messages import OWN_STORY
from tests.authority.row import Row
from tests.authority.world import Viewer, World
from tests.contract.test_contract import CONTRACT
from tests.support.api import Answer

_FIRST: Final = "(pagination: {first: 50})"
_NO_DAYS: Final = '(timeReportDate_bt: {rangeEnd: "2025-12-31"})'
"""Before all work. Reports lead to contracts, which are followed from where there is more to see."""
ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "CurrentOrganization.agencyOffers": (_FIRST,),
    "Contract.workDays": ('(timeRange: {rangeStart: "2026-01-01", rangeEnd: "2026-01-31"})',),
    "Contract.workDiaryTimeCells": (f'(date: "{WORKED}")',),
    "CurrentOrganization.agencyContractTimeReport": (_NO_DAYS,),
    "CurrentOrganization.agencyTimeReport": (_NO_DAYS,),
    "CurrentOrganization.childOrganization": (f'(id: "{fixtures.VAULT}", userId: "{fixtures.OLIVIA}")',),
    "CurrentOrganization.childOrganizations": ("", f'(userId: "{fixtures.OLIVIA}")'),
    "CurrentOrganization.clientContractTimeReport": (_NO_DAYS,),
    "CurrentOrganization.clientTimeReport": (_NO_DAYS,),
    "CurrentOrganization.clientOffers": (_FIRST,),
    "CurrentOrganization.jobPosting": ("(jobPostingFilter: {})",),
    "CurrentOrganization.userPermissions": (
        f'(filter: {{resourceType_eq: OPENING, userId: "{fixtures.LIAM}", teamOrgIds_any: ["{fixtures.VAULT}"]}})',
        "(filter: {resourceType_eq: ORGANIZATION, returnAllTeams: true})",
    ),
    "CurrentUser.contractTimeReport": (_NO_DAYS,),
    "CurrentUser.timeReport": (_NO_DAYS,),
    "CurrentUser.i18NSettings": ("", f'(companyReferencedId: "{fixtures.ACME}")'),
    "CurrentUser.offer": (_FIRST,),
    "CurrentUser.userPermissions": (f'(filter: {{resourceType_eq: OPENING, teamOrgIds_any: ["{fixtures.VAULT}"]}})',),
    "FreelancerProfile.project": tuple(f'(id: "{one}")' for one in (talent.PROJECT, talent.HIDDEN_PROJECT)),
    "GenericOrganization.agencyOffers": (_FIRST,),
    "GenericOrganization.clientOffers": (_FIRST,),
    "GenericOrganization.jobPosting": ("(jobPostingFilter: {})",),
    "Room.story": (f'(id: "{OWN_STORY}")',),
    "Room.stories": ("", "(filter: {includeRemoved_eq: true})"),
    "Visitor.i18n": ('(countryName: "Germany")',),
    "Visitor.segment": ('(visitorId: "1", segmentName: "s")',),
    "PrivateCompanyInfo.jobPosts": ("(jobPostsFilter: {excludeHidden: false})",),
}
"""Arguments of nested fields: required ones, and those that show more data."""

_DEEPEST = 14


_OF_PAGES: Final = ("edges", "node")
"""Always followed: two rows of one list can have entries of different types."""


@dataclass(frozen=True)
class _Place:
    """A place in the graph: its path and type."""

    steps: tuple[str, ...]
    """Fields with their arguments, and type conditions."""
    keys: tuple[str, ...]
    """The keys of the path in a response."""
    type: GraphQLObjectType


@dataclass(frozen=True)
class _Step:
    """A field to select, with its arguments."""

    key: str
    text: str
    coordinate: str
    definition: GraphQLField

    @property
    def leads_on(self) -> bool:
        """Whether the field has subfields."""
        return not is_leaf_type(get_named_type(self.definition.type))

    @property
    def selected(self) -> str:
        """The field's selection in a document."""
        return f"{self.text} {{ __typename }}" if self.leads_on else self.text


@dataclass
class Crawler:
    """Follows all fields that a caller can reach."""

    world: World
    viewer: Viewer
    places_per_field: int = 2
    """From how many places one field is followed."""
    told: set[str] = field(default_factory=set)
    """All secrets in responses."""
    leaked: set[tuple[str, str]] = field(default_factory=set)
    """The secrets that the caller may not see, with their paths."""
    unbuilt: set[str] = field(default_factory=set)
    """Fields that are not built; they are not selected again."""
    seen: set[str] = field(default_factory=set)
    """Fields that have answered, also with null."""
    filled: set[str] = field(default_factory=set)
    """Fields that have answered with a value: not null, no empty list, no empty text."""
    _visits: Counter[str] = field(default_factory=Counter)

    def crawl(self, row: Row) -> None:
        """Send a row's request, then follow all fields from its root field."""
        self._note(row.ask(self.world[self.viewer]), row.document, row)
        operation = parse(row.document).definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        root = operation.selection_set.selections[0]
        assert isinstance(root, FieldNode)
        bare = print_ast(FieldNode(name=root.name, arguments=root.arguments, directives=()))
        declared = (print_ast(one) for one in operation.variable_definitions or () if print_ast(one.variable) in bare)
        head = f"query ({', '.join(declared)})".replace("()", "")
        definition = graph().object_type("Query").fields[row.name]
        waiting = deque(self._places((), (), bare, row.name, definition))
        while waiting:
            place = waiting.popleft()
            for step in self._look(row, head, place):
                self._visits[step.coordinate] += step.key not in _OF_PAGES
                if self._visits[step.coordinate] <= self.places_per_field and len(place.keys) < _DEEPEST:
                    waiting += self._places(place.steps, place.keys, step.text, step.key, step.definition)

    @staticmethod
    def _places(
        steps: tuple[str, ...], keys: tuple[str, ...], text: str, key: str, definition: GraphQLField
    ) -> Iterator[_Place]:
        named = get_named_type(definition.type)
        for one in graph().concrete(named):
            condition = () if one is named else (f"... on {one.name}",)
            yield _Place((*steps, text, *condition), (*keys, key), one)

    def _look(self, row: Row, head: str, place: _Place) -> list[_Step]:
        """Select all fields of a place; return the non-null ones that have subfields."""
        selected = [step for step in _steps(place.type) if step.coordinate not in self.unbuilt]
        while selected:
            document = " { ".join((head, *place.steps, " ".join(step.selected for step in selected)))
            document += " }" * (len(place.steps) + 1)
            answer = self.world[self.viewer].call(document, dict(row.variables))
            self._note(answer, document, row)
            failed = {key: error for error in answer.json.get("errors", ()) if (key := _failed(error, place))}
            if not failed:
                # Of an entry of another type, nothing was selected.
                found = [one for one in _values(answer.json.get("data"), place.keys) if one]
                if found:
                    self.seen |= {step.coordinate for step in selected}
                    self.filled |= {step.coordinate for step in selected if any(_has_value(one, step) for one in found)}
                return [step for step in selected if step.leads_on and any(one.get(step.key) for one in found)]
            for step in selected:
                if step.key in failed and failed[step.key]["extensions"]["code"] == "NOT_BUILT":
                    assert step.coordinate in CONTRACT, (
                        f"{step.coordinate} is not in the contract, and nothing resolves it: give its source an "
                        f'attribute of this name, or declare `domain.field("{step.coordinate}")` in the resolvers.'
                    )
                    self.unbuilt.add(step.coordinate)
            selected = [step for step in selected if step.key not in failed]
        return []

    def _note(self, answer: Answer, document: str, row: Row) -> None:
        assert answer.status == 200, answer.json
        codes = {error["extensions"]["code"] for error in answer.json.get("errors", ())}
        # The last code is for nested lists, which may exceed the limit of a request.
        expected = {"NOT_BUILT", "FORBIDDEN", "NOT_FOUND", "UNPROCESSABLE_CONTENT", "LIMIT_EXCEEDED"}
        assert codes <= expected, (document, answer.json)
        request = {"query": document, "variables": dict(row.variables)}
        self.told |= self.world.secrets.found_in(answer.json)
        self.leaked |= {(one, document) for one in self.world.leaked(answer, request, self.viewer)}


def _steps(type_: GraphQLObjectType) -> Iterator[_Step]:
    for name, definition in type_.fields.items():
        coordinate = f"{type_.name}.{name}"
        if coordinate in ARGUMENTS:
            ways = ARGUMENTS[coordinate]
        elif any(is_required_argument(argument) for argument in definition.args.values()):
            assert coordinate not in graph().computed, f"Say in ARGUMENTS how {coordinate} is called."
            continue  # it is not built
        else:
            ways = ("",)
        for at, arguments in enumerate(ways):
            key = f"{name}{at}" if at else name
            yield _Step(key, f"{key}: {name}{arguments}" if at else name + arguments, coordinate, definition)


def _has_value(source: dict[str, Any], step: _Step) -> bool:
    value = source.get(step.key)
    entries = value if isinstance(value, list) else [value]
    return any(one not in (None, "") for one in entries)


def _failed(error: dict[str, Any], place: _Place) -> str | None:
    """Return the fields of a place that failed; None if the place itself could not be reached."""
    keys = [key for key in error.get("path", ()) if isinstance(key, str)]
    return keys[len(place.keys)] if len(keys) > len(place.keys) else None


def _values(data: Any, keys: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the objects of a response at a place, for lists each entry."""
    if isinstance(data, list):
        for one in data:
            yield from _values(one, keys)
    elif isinstance(data, dict):
        if keys:
            yield from _values(data.get(keys[0]), keys[1:])
        else:
            yield data
