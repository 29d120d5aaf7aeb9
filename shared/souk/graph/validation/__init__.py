"""Validation of a document against the schema, with errors in the contract's form.

graphql-core's rules decide what is valid; what an integrator reads is what the contract shows (reference: "Error
handling in GraphQL"): `Validation error of type X: text @ 'path/of/fields'`. Types are named as graphql-java, which
speaks there, names them; `rules.py` has them all.
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
# Each node that is visited costs every rule: names and descriptions, which none looks at, are left out, and the insides
# of values, into which the two rules that judge them go themselves.
_VISITED = {
    kind: tuple(key for key in keys if key not in {"name", "alias", "description"})
    for kind, keys in QUERY_DOCUMENT_KEYS.items()
} | {"list_value": (), "object_value": ()}


def validate(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """Return what is wrong with a document that `limits.check_document` accepts, in the order of its text.

    Raises LimitExceeded when its selections overlap too much to be compared.
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
    """Return graphql-core's errors about the values of variables in the contract's form.

    They are as many as are shown, and the one that says there are more.
    """
    return [_variable_error(each) for each in errors[: LIMITS.errors + 1]]


def _variable_error(found: GraphQLError) -> GraphQLError:
    text = found.message.replace("Variable '$", "Variable '", 1).replace("' has invalid", "' has an invalid", 1)
    error = invalid(plain(text), found.nodes or ())
    error.path = found.path
    return error
