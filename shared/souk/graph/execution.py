"""Runs requests: checks them, executes queries here, and forwards each mutation to the function that owns it."""

from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any, Protocol, TypeGuard

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    execute,
    is_non_null_type,
)
from graphql.execution.values import get_variable_values

from souk.graph import authorization, limits, validation
from souk.graph.binder import Graph
from souk.graph.context import Context
from souk.graph.documents import Documents, Prepared
from souk.graph.errors import failure, formatted
from souk.graph.executor import PageExecutor
from souk.graph.links import Follower
from souk.graph.requests import Request
from souk.graph.resolvers import default_resolver
from souk.graph.selection import Selection, only_introspects
from souk.values.errors import Forbidden, SoukError

GATEWAY = "graphql"
"""The function that receives every request and owns no mutations."""
WEB = "web"
"""The function that renders pages, which run mutations of all functions."""
_FORWARDING = frozenset({GATEWAY, WEB})
"""The functions that forward mutations to their owners."""

_MAX_DESCRIBED = 10
"""Root fields in a line of the log."""
_MAX_INTROSPECTIONS = 4  # cached answers, of a megabyte each


class MethodNotAllowed(SoukError):
    """The operation must not be executed with this HTTP method."""

    code = "METHOD_NOT_ALLOWED"
    allowed = "POST"
    """The value of the response's `Allow`."""


class Forwarder(Protocol):
    """Sends part of a mutation to the function that owns it."""

    def __call__(self, function: str, only: Sequence[str]) -> dict[str, Any]:
        """Return the function's answer for the root fields with these response keys."""


class Engine:
    """Executes requests in one of Souk's functions."""

    def __init__(self, graph: Graph, function: str, max_cost: int = limits.LIMITS.cost) -> None:
        """`max_cost` is the greatest cost of an operation (`souk.graph.cost`)."""
        self.graph = graph
        self.function = function
        self._max_cost = max_cost
        self._documents = Documents(graph)
        self._introspections: dict[tuple[str, str | None], dict[str, Any]] = {}

    def describe(self, request: Request) -> dict[str, Any]:
        """Return the name and the root fields of a request's operation, for the log: never arguments or values.

        Empty for a request that is refused.
        """
        try:
            prepared = self._documents.prepare(request.query)
            if isinstance(prepared, list):
                return {}
            operation = prepared.operation(request.operation_name)
        except SoukError:
            return {}
        fields = [one.name.value for one in operation.selection_set.selections if isinstance(one, FieldNode)]
        name = operation.name.value if operation.name else None
        return {"operation": name, "root_fields": [*dict.fromkeys(fields)][:_MAX_DESCRIBED]}

    def run(self, request: Request, ctx: Context, forward: Forwarder) -> dict[str, Any]:
        """Return the response to a request, as JSON-compatible data.

        Without `data` the operation was not executed. Raises SoukError if the request is refused as a whole: Forbidden
        if the caller may not execute it.
        """
        limits.check_variables(request.variables)
        prepared = self._documents.prepare(request.query)
        if isinstance(prepared, list):
            return {"errors": [formatted(error, ctx.request_id) for error in prepared]}
        operation = prepared.operation(request.operation_name)
        if request.safe and operation.operation is OperationType.MUTATION:
            raise MethodNotAllowed("Send mutations with POST. GET is only for queries.")
        name = operation.name.value if operation.name else ""
        if ctx.principal.terms_overdue:
            authorization.check_without_terms(prepared.requirements[name])
        authorization.check(prepared.requirements[name], ctx.principal.scopes)
        cost = prepared.costs[name].of(request.variables)
        cost.check(operation, self._max_cost)
        answer = self._answer(request, prepared, operation, ctx, forward)
        if request.shows_cost:
            return {**answer, "extensions": {"cost": cost.shown(self._max_cost)}}
        return answer

    def _answer(
        self,
        request: Request,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        ctx: Context,
        forward: Forwarder,
    ) -> dict[str, Any]:
        if operation.operation is OperationType.MUTATION:
            if ctx.principal.service:
                raise Forbidden("Service accounts are read-only and cannot run mutations.")
            return self._mutate(request, prepared, operation, ctx, forward)
        if request.variables or not only_introspects(operation):
            self._fetch_needs(request, prepared, operation, ctx)
            return self._execute(request, prepared.document, operation, ctx)
        return self._introspect(request, prepared, operation, ctx)

    def _fetch_needs(
        self, request: Request, prepared: Prepared, operation: OperationDefinitionNode, ctx: Context
    ) -> None:
        """Fetch what the root fields of a query need, together. Wrong variables are left to the execution."""
        needed = any(
            not isinstance(node, FieldNode) or f"Query.{node.name.value}" in self.graph.needs
            for node in operation.selection_set.selections
        )
        if not needed:
            return
        defined = operation.variable_definitions or ()
        variables = get_variable_values(self.graph.schema, defined, request.variables, max_errors=1)
        if not isinstance(variables, list):
            selection = Selection(self.graph.schema, prepared.fragments, variables)
            with suppress(GraphQLError):  # a variable of @skip or @include is null
                Follower(self.graph, selection, ctx).follow_root(operation)

    def _introspect(
        self, request: Request, prepared: Prepared, operation: OperationDefinitionNode, ctx: Context
    ) -> dict[str, Any]:
        """Answer an introspection query, which takes half a second, from a cache: the schema never changes."""
        key = (request.query, request.operation_name)
        if key not in self._introspections:
            if len(self._introspections) >= _MAX_INTROSPECTIONS:
                self._introspections.clear()
            self._introspections[key] = self._execute(request, prepared.document, operation, ctx)
        return self._introspections[key]

    def _mutate(
        self,
        request: Request,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        ctx: Context,
        forward: Forwarder,
    ) -> dict[str, Any]:
        """Run the root fields in order, adjacent fields of one owner together. Stops when `data` becomes null."""
        variables = get_variable_values(
            self.graph.schema,
            operation.variable_definitions or (),
            request.variables,
            max_errors=limits.LIMITS.errors,
            hide_suggestions=True,
        )
        if isinstance(variables, list):
            return self._refused_variables(variables, ctx)
        selection = Selection(self.graph.schema, prepared.fragments, variables)
        fields: dict[str, list[FieldNode]] = {}
        try:
            for node in selection.fields(self.graph.object_type("Mutation"), [operation.selection_set]):
                key = node.alias.value if node.alias else node.name.value
                if request.only is None or key in request.only:
                    fields.setdefault(key, []).append(node)
        except GraphQLError as error:  # a variable of @skip or @include is null
            return self._refused_variables([error], ctx)
        groups = [(owner, list(keys)) for owner, keys in groupby(fields, key=lambda key: self._owner(fields[key][0]))]
        if self.function not in _FORWARDING:
            self._refuse_others(groups)
        ctx.consistent = True
        data: dict[str, Any] = {}
        errors: list[dict[str, Any]] = []
        for owner, keys in groups:
            if owner in (None, self.function):
                part = _only(prepared, operation, [node for key in keys for node in fields[key]])
                answer = self._execute(request, part, None, ctx)
            else:
                answer = self._forward(owner, {key: fields[key][0] for key in keys}, ctx, forward)
            errors += answer.get("errors", [])
            if answer.get("data") is None:
                return {"errors": errors, "data": None}
            data |= answer["data"]
        return {"errors": errors, "data": data} if errors else {"data": data}

    def _forward(self, owner: str, fields: Mapping[str, FieldNode], ctx: Context, forward: Forwarder) -> dict[str, Any]:
        """Return the owner's answer. If there is none, the fields fail as if they had run here."""
        try:
            answer = forward(owner, list(fields))
        except SoukError as error:
            answer = failure(error)
        if "data" in answer:
            return answer
        errors = [
            GraphQLError(error["message"], node, path=[key], extensions=error["extensions"])
            for key, node in fields.items()
            for error in answer["errors"]
        ]
        definitions = self.graph.object_type("Mutation").fields
        required = any(is_non_null_type(definitions[node.name.value].type) for node in fields.values())
        return {
            "errors": [formatted(error, ctx.request_id) for error in errors],
            "data": None if required else dict.fromkeys(fields),
        }

    def _refuse_others(self, groups: Sequence[tuple[str | None, list[str]]]) -> None:
        """Raise Forbidden for mutations that another function owns, before any is run."""
        for owner, keys in groups:
            if owner not in (None, self.function):
                raise Forbidden(f"This URL only runs the mutations of {self.function}; send {keys[0]} to /graphql.")

    def _owner(self, node: FieldNode) -> str | None:
        root = self.graph.roots.get(f"Mutation.{node.name.value}")
        return root.function if root else None

    def _execute(
        self, request: Request, document: DocumentNode, operation: OperationDefinitionNode | None, ctx: Context
    ) -> dict[str, Any]:
        result = execute(
            self.graph.schema,
            document,
            context_value=ctx,
            variable_values=request.variables,
            operation_name=operation.name.value if operation and operation.name else None,
            executor_class=PageExecutor,
            field_resolver=default_resolver,
            type_resolver=_type_of,
            is_awaitable=_never,
            max_coercion_errors=limits.LIMITS.errors,
            hide_suggestions=True,
        )
        if not isinstance(result, ExecutionResult):
            raise SoukError("This operation cannot be answered in a single response.")
        if result.data is None and result.errors and not any(error.path for error in result.errors):
            return self._refused_variables(result.errors, ctx)
        answer: dict[str, Any] = {}
        if result.errors:
            answer["errors"] = [formatted(self._as_variable_error(error), ctx.request_id) for error in result.errors]
        answer["data"] = result.data
        return answer

    def _refused_variables(self, errors: Sequence[GraphQLError], ctx: Context) -> dict[str, Any]:
        return {"errors": [formatted(error, ctx.request_id) for error in self._shown(errors)]}

    def _as_variable_error(self, error: GraphQLError) -> GraphQLError:
        """Return an error about a variable as a validation error; others unchanged.

        It occurs for null in a variable that may be omitted but not null, which execution finds.
        """
        about_a_variable = error.nodes and isinstance(error.nodes[0], VariableNode)
        return self._shown([error])[0] if about_a_variable else error

    def _shown(self, errors: Sequence[GraphQLError]) -> list[GraphQLError]:
        return validation.variable_errors(list(errors), self.graph.schema)


def _only(prepared: Prepared, operation: OperationDefinitionNode, nodes: Sequence[FieldNode]) -> DocumentNode:
    """Return a document with one operation that selects only these root fields. Their source locations are kept."""
    part = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=operation.directives,
        selection_set=SelectionSetNode(selections=tuple(nodes)),
        loc=operation.loc,
    )
    return DocumentNode(definitions=(part, *prepared.fragments.values()), loc=prepared.document.loc)


def _type_of(value: Any, _info: Any, _abstract: Any) -> str:
    """Return the concrete type of a value of an interface or a union."""
    name: str = value.graphql_type
    return name


def _never(_value: object) -> TypeGuard[Awaitable[Any]]:
    """Return False: no resolver is asynchronous."""
    return False
