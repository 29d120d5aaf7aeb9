"""Validates documents against the schema, with errors in the contract's format.

graphql-core's rules decide whether a document is valid. The messages follow the contract (reference: "Error handling in
GraphQL"): `Validation error of type X: text @ 'path/of/fields'`. The error types have the names of graphql-java, which
the reference shows; `rules.py` lists them.
"""

from collections.abc import Sequence

from graphql import DocumentNode, GraphQLError, GraphQLSchema, ParallelVisitor, TypeInfo, TypeInfoVisitor, visit
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.validation.validate import ValidationAbortedError

from souk.graph.limits import LIMITS
from souk.graph.validation.report import EnoughFound, Finding, Report, RuleContext, invalid, plain
from souk.graph.validation.rules import RULES
from souk.values.errors import LimitExceeded

__all__ = ["validate", "variable_errors"]

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


def variable_errors(errors: Sequence[GraphQLError]) -> list[GraphQLError]:
    """Return graphql-core's errors about the values of variables in the contract's format.

    The list is cut at the limit; one more error then says that there are more.
    """
    return [_variable_error(each) for each in errors[: LIMITS.errors + 1]]


def _variable_error(original: GraphQLError) -> GraphQLError:
    text = original.message.replace("Variable '$", "Variable '", 1).replace("' has invalid", "' has an invalid", 1)
    error = invalid(plain(text), original.nodes or ())
    error.path = original.path
    return error
