"""A least-recently-used cache of parsed and validated documents."""

from collections import OrderedDict
from typing import NamedTuple

from graphql import DocumentNode, FragmentDefinitionNode, GraphQLError, OperationDefinitionNode

from souk.graph import limits, validation
from souk.graph.authorization import Requirement, coordinates, requirements
from souk.graph.binder import Graph
from souk.graph.cost import Costs, OperationCost
from souk.values.errors import Unprocessable

_MAX_CACHED = 128  # the largest document within the limits takes over a megabyte


class Prepared(NamedTuple):
    """A valid document, with the scopes that each of its operations requires, and its cost."""

    document: DocumentNode
    operations: dict[str, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    requirements: dict[str, list[Requirement]]
    costs: dict[str, OperationCost]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation to run.

        Raises Unprocessable for an unknown name, or if there are several operations and no name.
        """
        if name:
            if name not in self.operations:
                raise Unprocessable(f"The document has no operation named {name[:100]!r}.")
            return self.operations[name]
        if len(self.operations) != 1:
            raise Unprocessable("The document has several operations; name one in operationName.")
        return next(iter(self.operations.values()))


class Documents:
    """The cached documents of this process."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._cached: OrderedDict[str, Prepared] = OrderedDict()

    def prepare(self, source: str) -> Prepared | list[GraphQLError]:
        """Return a document ready to run, or its errors.

        Raises LimitExceeded for a document that is too large.
        """
        if prepared := self._cached.get(source):
            self._cached.move_to_end(source)
            return prepared
        try:
            document = limits.parse(source)
        except GraphQLError as error:
            return [error]
        limits.check_document(document)
        if errors := validation.validate(self._graph.schema, document):
            return errors
        operations = {
            node.name.value if node.name else "": node
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        }
        if not operations:
            raise Unprocessable("The document has no operation, only fragments.")
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        for operation in operations.values():
            self._graph.load_for(coordinates(self._graph, fragments, operation))
        required = {name: requirements(self._graph, fragments, operation) for name, operation in operations.items()}
        costs = Costs(self._graph.schema, self._graph.sizes, fragments)
        prepared = self._cached[source] = Prepared(
            document,
            operations,
            fragments,
            required,
            {name: costs.prepare(operation) for name, operation in operations.items()},
        )
        if len(self._cached) > _MAX_CACHED:
            self._cached.popitem(last=False)
        return prepared
