"""Validates documents against the schema, with errors in the contract's format.

graphql-core's rules decide whether a document is valid. The messages follow the contract (reference: "Error handling in
GraphQL"): `Validation error of type X: text @ 'path/of/fields'`. The error types have the names of graphql-java, which
the reference shows; `rules.py` lists them.
"""

import re
from collections.abc import Sequence

from graphql import (
    DocumentNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLSchema,
    ParallelVisitor,
    TypeInfo,
    TypeInfoVisitor,
    visit,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.validation.validate import ValidationAbortedError

from souk.graph.limits import LIMITS
from souk.graph.validation.report import (
    EnoughFound,
    Finding,
    InputProblem,
    Report,
    RuleContext,
    choices,
    invalid,
    plain,
)
from souk.graph.validation.rules import RULES
from souk.values.errors import LimitExceeded

__all__ = ["validate", "variable_errors"]

_INVALID = re.compile(r"Variable '(\w+)' has an invalid value(?: at ([\w.\[\]]+))?: ")
_INDEX, _DOTTED = r"\[(\d+)\]", r".\1"
_MISSING = re.compile(r"to include required field '(\w+)'")
_ENUM = re.compile(r"in '(\w+)' enum|Enum '(\w+)' cannot represent")
_MORE = f"only the first {LIMITS.errors} errors are shown"
# Every visited node costs a call to every rule. No rule needs names and descriptions, so they are skipped. List and
# object values are skipped too: the two rules that check them descend into them on their own.
_VISITED = {
    kind: tuple(key for key in keys if key not in {"name", "alias", "description"})
    for kind, keys in QUERY_DOCUMENT_KEYS.items()
} | {"list_value": (), "object_value": ()}


def validate(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """Return the errors of a document, in the order of its text. It must have passed `limits.check_document`.

    Raises LimitExceeded if its selections overlap too much to be compared.
    """
    report = Report(document, LIMITS.errors)
    type_info = TypeInfo(schema)
    shared = RuleContext(schema, document, type_info, report)
    visitors = [rule.run(shared.for_rule(rank, rule.describe)) for rank, rule in enumerate(RULES.values())]
    try:
        visit(document, TypeInfoVisitor(type_info, ParallelVisitor(visitors)), _VISITED)
    except EnoughFound:
        return [*report.errors(), Finding("MaxValidationErrorsReached", _MORE, ()).error()]
    except ValidationAbortedError:
        if not report.errors():
            message = "The document's selections overlap too much; select each field once and spread fewer fragments."
            raise LimitExceeded(message, limit="comparisons", maximum=LIMITS.comparisons) from None
    return report.errors()


def variable_errors(errors: Sequence[GraphQLError], schema: GraphQLSchema) -> list[GraphQLError]:
    """Return graphql-core's errors about the values of variables in the contract's format.

    The list is cut at the limit; one more error then says that there are more.
    """
    return [_variable_error(each, schema) for each in errors[: LIMITS.errors + 1]]


def _variable_error(original: GraphQLError, schema: GraphQLSchema) -> GraphQLError:
    text = original.message.replace("Variable '$", "Variable '", 1).replace("' has invalid", "' has an invalid", 1)
    message = plain(text) + _choices(text, schema)
    found = _INVALID.match(text)
    path = f"{found[1]}{re.sub(_INDEX, _DOTTED, found[2] or '')}" if found else ""
    problem = InputProblem(path, message, _MISSING.findall(text)) if path else None
    error = invalid(message, original.nodes or (), problem)
    error.path = original.path
    return error


def _choices(text: str, schema: GraphQLSchema) -> str:
    """Return the values of the enum that an error is about; empty for other errors."""
    names = [one for match in _ENUM.finditer(text) for one in match.groups() if one]
    enum = schema.get_type(names[-1]) if names else None
    return choices(enum) if isinstance(enum, GraphQLEnumType) else ""
