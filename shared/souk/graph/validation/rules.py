"""The rules of graphql-core, with the types and messages that their errors have in the contract.

Messages are those of the reference ("Error handling in GraphQL"), or similar ones where it shows none.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from graphql import (
    ASTValidationRule,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    is_required_argument,
    print_ast,
)
from graphql import validation as core

from souk.graph.limits import LIMITS, clip
from souk.graph.validation.literals import LiteralsOfCorrectType, UniqueFields, describe_literal
from souk.graph.validation.report import Describe, Finding, RuleContext, first, plain


class Rule(NamedTuple):
    """A rule, and the describer of its errors."""

    run: type[ASTValidationRule]
    describe: Describe


class BoundedOverlap(core.OverlappingFieldsCanBeMergedRule):
    """graphql-core's rule with a smaller budget. Raises ValidationAbortedError when it is used up."""

    def __init__(self, context: core.ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = LIMITS.comparisons


def _same(type_: str) -> Describe:
    """Use graphql-core's message."""
    return lambda error, _: [Finding(type_, plain(error.message), error.nodes or ())]


def _last(type_: str) -> Describe:
    """Use graphql-core's message. The last of the error's nodes is the invalid one."""
    return lambda error, _: [Finding(type_, plain(error.message), list(reversed(error.nodes or ())))]


def _message(type_: str, text: Callable[[Any], str]) -> Describe:
    """Use our own message about the error's first node."""
    return lambda error, _: [Finding(type_, text(first(error)), [first(error)])]


def _condition(error: GraphQLError, context: RuleContext) -> Iterator[Finding]:
    node = first(error)
    problem = f"type condition is invalid, must be on Object/Interface/Union, not {clip(print_ast(node))}"
    if isinstance(context.report.parent(node), FragmentDefinitionNode):
        yield Finding("FragmentTypeConditionInvalid", f"Fragment {problem}", [node])
    else:
        yield Finding("InlineFragmentTypeConditionInvalid", f"Inline fragment {problem}", [node])


def _not_input(error: GraphQLError, context: RuleContext) -> Iterator[Finding]:
    node = first(error)
    variable: Any = context.report.parent(node)
    name = clip(variable.variable.name.value)
    text = f"Input variable {name} type {clip(print_ast(node))} is not an input type"
    yield Finding("NonInputTypeOnVariable", text, [node])


def _leaf(error: GraphQLError, context: RuleContext) -> Iterator[Finding]:
    node = first(error)
    required = isinstance(node, FieldNode)
    field: Any = node if required else context.report.parent(node)
    problem = "required for type" if required else "not allowed on leaf type"
    text = f"Sub selection {problem} {context.get_type()} of field {clip(field.name.value)}"
    yield Finding("SubSelectionRequired" if required else "SubSelectionNotAllowed", text, [field])


def _undefined(error: GraphQLError, context: RuleContext) -> Iterator[Finding]:
    node = first(error)
    text = f"Field '{clip(node.name.value)}' in type '{context.get_parent_type()}' is undefined"
    yield Finding("FieldUndefined", text, [node])


def _directive(error: GraphQLError, context: RuleContext) -> Iterator[Finding]:
    node = first(error)
    name = clip(node.name.value)
    if context.schema.get_directive(node.name.value):
        yield Finding("MisplacedDirective", f"Directive {name} not allowed here", [node])
    else:
        yield Finding("UnknownDirective", f"Unknown directive {name}", [node])


def _unknown_argument(error: GraphQLError, context: RuleContext) -> Iterator[Finding]:
    node = first(error)
    kind = "directive" if isinstance(context.report.parent(node), DirectiveNode) else "field"
    yield Finding("UnknownArgument", f"Unknown {kind} argument {clip(node.name.value)}", [node])


def _missing_arguments(error: GraphQLError, context: RuleContext) -> Iterator[Finding]:
    # graphql-core reports each missing argument. The first error yields all of them, and the report drops duplicates.
    node = first(error)
    kind = "field" if isinstance(node, FieldNode) else "directive"
    definition = context.get_field_def() if kind == "field" else context.schema.get_directive(node.name.value)
    given = {argument.name.value for argument in node.arguments or ()}
    for name, argument in definition.args.items() if definition else ():
        if is_required_argument(argument) and name not in given:
            yield Finding(f"Missing{kind.title()}Argument", f"Missing {kind} argument {name}", [node])


def _label(error: GraphQLError, _: RuleContext) -> Iterator[Finding]:
    type_ = "DuplicateIncrementalLabel" if len(error.nodes or ()) > 1 else "WrongType"
    yield Finding(type_, plain(error.message), list(reversed(error.nodes or ())))


def _subscription(error: GraphQLError, _: RuleContext) -> Iterator[Finding]:
    node = first(error)
    if isinstance(node, DirectiveNode):
        type_ = "MisplacedDirective"
    elif isinstance(node, FieldNode) and node.name.value.startswith("__"):
        type_ = "SubscriptionIntrospectionRootField"
    else:
        type_ = "SubscriptionMultipleRootFields"
    yield Finding(type_, plain(error.message), [node])


def _cycle(error: GraphQLError, _: RuleContext) -> Iterator[Finding]:
    spreads: list[Any] = list(error.nodes or ())
    names = [clip(spread.name.value) for spread in [spreads[-1], *spreads]]
    yield Finding("FragmentCycle", f"Fragment cycles not allowed: {' > '.join(names)}", spreads)


# Errors about the same location are reported in this order.
_DESCRIBED: dict[type[ASTValidationRule], Describe] = {
    core.ExecutableDefinitionsRule: _same("NonExecutableDefinition"),
    core.KnownOperationTypesRule: _same("UnknownOperation"),
    core.UniqueOperationNamesRule: _last("DuplicateOperationName"),
    core.LoneAnonymousOperationRule: _message(
        "LoneAnonymousOperationViolation", lambda _: "Anonymous operation with other operations"
    ),
    core.SingleFieldSubscriptionsRule: _subscription,
    core.UniqueFragmentNamesRule: _last("DuplicateFragmentName"),
    core.KnownTypeNamesRule: _message("UnknownType", lambda node: f"Unknown type {clip(node.name.value)}"),
    core.FragmentsOnCompositeTypesRule: _condition,
    core.NoFragmentCyclesRule: _cycle,
    core.NoUnusedFragmentsRule: _message("UnusedFragment", lambda node: f"Unused fragment {clip(node.name.value)}"),
    core.KnownFragmentNamesRule: _message("UndefinedFragment", lambda node: f"Undefined fragment {clip(node.value)}"),
    core.PossibleFragmentSpreadsRule: _same("InvalidFragmentType"),
    core.UniqueVariableNamesRule: _last("DuplicateVariableName"),
    core.VariablesAreInputTypesRule: _not_input,
    core.NoUndefinedVariablesRule: _message(
        "UndefinedVariable", lambda node: f"Undefined variable {clip(node.name.value)}"
    ),
    core.NoUnusedVariablesRule: _message(
        "UnusedVariable", lambda node: f"Unused variable {clip(node.variable.name.value)}"
    ),
    core.FieldsOnCorrectTypeRule: _undefined,
    core.KnownArgumentNamesRule: _unknown_argument,
    core.ProvidedRequiredArgumentsRule: _missing_arguments,
    core.ScalarLeafsRule: _leaf,
    core.UniqueArgumentNamesRule: _last("DuplicateArgumentNames"),
    core.ValuesOfCorrectTypeRule: describe_literal,
    core.UniqueInputFieldNamesRule: _same("UniqueObjectFieldName"),
    core.VariablesInAllowedPositionRule: _last("VariableTypeMismatch"),
    core.KnownDirectivesRule: _directive,
    core.UniqueDirectivesPerLocationRule: _last("DuplicateDirectiveName"),
    core.DeferStreamDirectiveOnRootField: _same("MisplacedDirective"),
    core.DeferStreamDirectiveOnValidOperationsRule: _same("MisplacedDirective"),
    core.DeferStreamDirectiveLabel: _label,
    core.StreamDirectiveOnListField: _same("MisplacedDirective"),
    core.OverlappingFieldsCanBeMergedRule: _same("FieldsConflict"),
    core.MaxIntrospectionDepthRule: _same("BadFaithIntrospection"),
}
_REPLACED: dict[type[ASTValidationRule], type[ASTValidationRule]] = {
    core.ValuesOfCorrectTypeRule: LiteralsOfCorrectType,
    core.UniqueInputFieldNamesRule: UniqueFields,
    core.OverlappingFieldsCanBeMergedRule: BoundedOverlap,
}
RULES = {rule: Rule(_REPLACED.get(rule, rule), describe) for rule, describe in _DESCRIBED.items()}
"""By graphql-core's rule. A test fails when graphql-core gets a rule that is not here."""
