"""The schema, assembled from the SDL files of all domains.

Parsing the SDL is the slowest part of a cold start, so the Lambda layer ships it parsed: `python -m souk.graph OUTPUT`
writes the artefact when the layer is built, and it is taken instead of the files wherever it is found.
"""

import pickle
from functools import cache
from pathlib import Path
from typing import NamedTuple

from graphql import (
    DefinitionNode,
    DocumentNode,
    FieldDefinitionNode,
    NameNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    parse,
)

PACKAGE = Path(__file__).parents[1]
ARTEFACT = PACKAGE / "graph" / "schema.pickle"
_ROOTS = ("Query", "Mutation")


class Assembled(NamedTuple):
    """The SDL of the whole contract, and in which domain's folder each root field was found."""

    document: DocumentNode
    domain_of: dict[str, str]
    """`Query.jobPosting` -> `jobs`."""


def sdl_files() -> list[Path]:
    """Return all SDL files, in a fixed order."""
    return sorted(PACKAGE.glob("graph/schema/*.graphql")) + sorted(PACKAGE.glob("domains/**/*.graphql"))


def assemble() -> Assembled:
    """Parse the SDL files into one document, in which every root field sits in Query or Mutation itself."""
    definitions: list[DefinitionNode] = []
    fields: dict[str, list[FieldDefinitionNode]] = {root: [] for root in _ROOTS}
    domain_of: dict[str, str] = {}
    for file in sdl_files():
        place = file.relative_to(PACKAGE)
        for definition in parse(file.read_text(encoding="utf-8"), no_location=True).definitions:
            if isinstance(definition, ObjectTypeExtensionNode) and definition.name.value in _ROOTS:
                root = definition.name.value
                fields[root].extend(definition.fields or ())
                domain_of |= {f"{root}.{field.name.value}": place.parts[1] for field in definition.fields or ()}
            else:
                definitions.append(definition)
    roots = [ObjectTypeDefinitionNode(name=NameNode(value=root), fields=tuple(fields[root])) for root in _ROOTS]
    return Assembled(DocumentNode(definitions=(*roots, *definitions)), domain_of)


@cache
def assembled() -> Assembled:
    """Return the assembled SDL: from the artefact in a deployed function, from the files elsewhere."""
    if ARTEFACT.exists():
        document, domain_of = pickle.loads(ARTEFACT.read_bytes())  # noqa: S301 - a file of our own layer
        return Assembled(document, domain_of)
    return assemble()
