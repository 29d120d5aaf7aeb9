"""Reference pages of the API, made from the schema: one for each domain."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from graphql import (
    DefinitionNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    parse,
    print_ast,
)

from souk import app
from souk.console.developer.examples import Example, examples
from souk.events.catalog import catalog
from souk.graph.assembly import PACKAGE, sdl_files
from souk.graph.domain import ComputedField, Link, RootField

COMMON: Final = "common"
"""The page of types that no domain declares."""
TITLES: Final[Mapping[str, str]] = {
    COMMON: "Common types",
    "customfields": "Custom fields",
    "dataexports": "Data exports",
    "dataimports": "Data imports",
    "savedsearches": "Saved searches",
    "clouds": "Talent clouds",
    "time": "Time tracking",
    "reference": "Reference data",
    "workflow": "Workflows",
}
"""The titles of pages that are more than the domain's name."""
EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "clouds": ("TALENT_CLOUD",),
    "feedback": ("CFB",),
    "gigs": ("GIG",),
    "identity": ("ORG", "USER"),
    "jobs": ("JP",),
    "messages": ("ROOM",),
    "milestones": ("MILESTONE",),
    "moderation": ("CONTENT",),
    "offers": ("OFFER",),
    "payments": ("PAYMENT",),
    "proposals": ("Vendor JA", "Client JA", "JOB_INVITATION"),
    "reviews": ("REVIEW",),
    "savedsearches": ("SAVED_SEARCH",),
    "talent": ("PROFILE",),
    "time": ("TIMESHEET",),
    "workflow": ("WORKFLOW",),
}
"""The entities with events, by the domain that causes most of them."""
_ROOTS: Final = ("Query", "Mutation")
_WithFields = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | InputObjectTypeDefinitionNode


@dataclass(frozen=True, slots=True)
class Page:
    """A page in Markdown."""

    name: str
    """The domain's."""
    title: str
    text: str


def pages() -> list[Page]:
    """Return the reference page of each domain that has part of the schema, sorted by title."""
    declared: dict[str, list[DefinitionNode]] = defaultdict(list)
    for file in sdl_files():
        folders = file.relative_to(PACKAGE).parts
        name = folders[1] if folders[0] == "domains" else COMMON
        declared[name].extend(parse(file.read_text("utf-8"), no_location=True).definitions)
    written = _Writer(declared).pages()
    return sorted(written, key=lambda page: page.title)


def scopes_of() -> dict[str, list[str]]:
    """Return the scopes of which a token needs one, by the coordinates of fields."""
    declared: list[RootField | ComputedField | Link] = []
    for domain in app.DOMAINS:
        declared += [*domain.roots, *domain.computed, *domain.links]
    return {field.coordinate: sorted(scope.value for scope in field.scopes) for field in declared if field.scopes}


class _Writer:
    """Writes the pages, which link to each other's types."""

    def __init__(self, declared: Mapping[str, list[DefinitionNode]]) -> None:
        self._declared = declared
        self._scopes = scopes_of()
        self._page_of = {
            definition.name.value: name
            for name, definitions in declared.items()
            for definition in definitions
            if isinstance(
                definition,
                _WithFields | EnumTypeDefinitionNode | UnionTypeDefinitionNode | ScalarTypeDefinitionNode,
            )
        }

    def pages(self) -> Iterator[Page]:
        """Yield all pages."""
        for name, definitions in self._declared.items():
            title = TITLES.get(name, name.capitalize())
            lines = [f"# {title}", "", *self._roots(definitions), *_examples(name), *_events(name)]
            types = [each for each in definitions if not isinstance(each, ObjectTypeExtensionNode)]
            if types:
                lines += ["## Types", ""]
            for definition in types:
                lines += self._type(definition)
            yield Page(name, title, "\n".join(lines) + "\n")

    def _roots(self, definitions: Iterable[DefinitionNode]) -> Iterator[str]:
        extensions = [each for each in definitions if isinstance(each, ObjectTypeExtensionNode)]
        for root, title in zip(_ROOTS, ("Queries", "Mutations"), strict=True):
            fields = [field for each in extensions if each.name.value == root for field in each.fields or ()]
            if fields:
                yield from (f"## {title}", "")
            for field in fields:
                yield from self._root(root, field)

    def _root(self, root: str, field: FieldDefinitionNode) -> Iterator[str]:
        name = field.name.value
        yield from (f"### {name} {{#{root.lower()}-{name}}}", "", *_described(field), *_deprecated(field))
        yield from (f"Returns {self._link(field.type)}.", "")
        if scopes := self._scopes.get(f"{root}.{name}"):
            yield from ("Scopes: " + " or ".join(f"“{scope}”" for scope in scopes) + ".", "")
        if field.arguments:
            yield from self._rows("Argument", field.arguments)

    def _type(self, definition: DefinitionNode) -> Iterator[str]:
        if not isinstance(
            definition, _WithFields | EnumTypeDefinitionNode | UnionTypeDefinitionNode | ScalarTypeDefinitionNode
        ):
            return
        name = definition.name.value
        yield from (f"### {name} {{#type-{name}}}", "", *_described(definition))
        match definition:
            case UnionTypeDefinitionNode():
                yield from ("One of " + ", ".join(self._link(each) for each in definition.types or ()) + ".", "")
            case EnumTypeDefinitionNode():
                rows = [(f"`{each.name.value}`", _cell(each)) for each in definition.values or ()]
                yield from _table(("Value", "Description"), rows)
            case ScalarTypeDefinitionNode():
                yield from ("A scalar.", "")
            case InputObjectTypeDefinitionNode():
                yield from self._rows("Field", definition.fields or ())
            case _:
                yield from self._rows("Field", definition.fields or (), name)

    def _rows(
        self, title: str, fields: Iterable[FieldDefinitionNode | InputValueDefinitionNode], owner: str = ""
    ) -> Iterator[str]:
        rows = []
        for field in fields:
            name = field.name.value
            more = []
            if isinstance(field, FieldDefinitionNode) and field.arguments:
                more.append("Arguments: " + ", ".join(f"`{print_ast(each)}`" for each in map(_bare, field.arguments)))
            if isinstance(field, InputValueDefinitionNode) and field.default_value:
                more.append(f"Default: `{print_ast(field.default_value)}`")
            if scopes := self._scopes.get(f"{owner}.{name}"):
                more.append("Scopes: " + " or ".join(f"“{scope}”" for scope in scopes))
            more += [text.strip() for text in _deprecated(field) if text]
            text = ". ".join(part.rstrip(".") for part in (_cell(field), *(_escape(each) for each in more)) if part)
            rows.append((f"`{name}`", self._link(field.type), f"{text}." if text else ""))
        yield from _table((title, "Type", "Description"), rows)

    def _link(self, node: TypeNode) -> str:
        match node:
            case NonNullTypeNode():
                return f"{self._link(node.type)}!"
            case ListTypeNode():
                return f"\\[{self._link(node.type)}\\]"
            case NamedTypeNode():
                name = node.name.value
                page = self._page_of.get(name)
                return f"[{name}]({page}.md#type-{name})" if page else name
        raise TypeError(node)


def _bare(argument: InputValueDefinitionNode) -> InputValueDefinitionNode:
    """Return an argument without its description."""
    return InputValueDefinitionNode(
        name=argument.name, type=argument.type, default_value=argument.default_value, directives=()
    )


def _description(node: DefinitionNode | FieldDefinitionNode | InputValueDefinitionNode) -> str:
    described = getattr(node, "description", None)
    return described.value.strip() if described else ""


def _described(node: DefinitionNode | FieldDefinitionNode) -> Iterator[str]:
    if text := _description(node):
        yield from (text, "")


def _deprecated(node: FieldDefinitionNode | InputValueDefinitionNode) -> Iterator[str]:
    for directive in node.directives or ():
        if directive.name.value == "deprecated":
            reason = next((print_ast(each.value).strip('"') for each in directive.arguments or ()), "")
            yield from (f"Deprecated. {reason}".strip(), "")


def _cell(node: DefinitionNode | FieldDefinitionNode | InputValueDefinitionNode) -> str:
    return _escape(_description(node))


def _escape(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield f"|{' --- |' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _examples(domain: str) -> Iterator[str]:
    found: list[Example] = [each for each in examples() if each.domain == domain]
    if found:
        yield from ("## Examples", "")
    for each in found:
        yield from (f"### {each.title}", "", "```graphql", each.document, "```", "")
        if each.variables:
            yield from ("Variables:", "", "```json", each.variables_text, "```", "")


def _events(domain: str) -> Iterator[str]:
    entities = EVENTS.get(domain, ())
    if entities:
        yield from ("## Events", "", "[Events](../events.md) tells the cause of each.", "")
        rows = [(f"`{name}`", ", ".join(f"`{action}`" for action in catalog()[name].actions)) for name in entities]
        yield from _table(("Entity", "Actions"), rows)
