"""Requests repeat: what is parsed and validated once is kept, least recently used out first."""

from collections import OrderedDict
from dataclasses import dataclass

from graphql import DocumentNode, FragmentDefinitionNode, GraphQLError, OperationDefinitionNode

from souk.graph import limits, validation
from souk.graph.authorization import Requirement, coordinates, requirements
from souk.graph.binder import Graph
from souk.values.errors import Unprocessable

_KEPT = 128  # the largest that the limits admit takes over a megabyte


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is known to be valid, and what each of its operations asks of a token."""

    document: DocumentNode
    operations: dict[str, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    requirements: dict[str, list[Requirement]]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation that shall run.

        Raises Unprocessable when the name is unknown, or missing while there are several.
        """
        if name:
            if name not in self.operations:
                raise Unprocessable(f"The document has no operation named {name[:100]!r}.")
            return self.operations[name]
        if len(self.operations) != 1:
            raise Unprocessable("The document has several operations: say which one in operationName.")
        return next(iter(self.operations.values()))


class Documents:
    """The documents that this process has seen."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._kept: OrderedDict[str, Prepared] = OrderedDict()

    def prepare(self, source: str) -> Prepared | list[GraphQLError]:
        """Return a document ready to run, or what is wrong with it.

        Raises LimitExceeded for a document that is too large to look at.
        """
        if prepared := self._kept.get(source):
            self._kept.move_to_end(source)
            return prepared
        try:
            document = limits.parse(source)
        except GraphQLError as error:
            return [error]
        limits.check_document(document)
        if errors := validation.validate(self._graph.schema, document):
            return errors
        found = {
            node.name.value if node.name else "": node
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        }
        if not found:
            raise Unprocessable("The document has no operation, only fragments.")
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        for operation in found.values():
            self._graph.load_for(coordinates(self._graph, fragments, operation))
        needs = {name: requirements(self._graph, fragments, operation) for name, operation in found.items()}
        prepared = self._kept[source] = Prepared(document, found, fragments, needs)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return prepared
