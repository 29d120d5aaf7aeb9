"""Documents that cost much CPU. `python -m tests.graph.hostile` prints the CPU time of refusing each of them."""

import sys
import time
from typing import NamedTuple

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_ast_schema,
    parse,
)

from souk.graph import assembly, limits
from souk.graph.cost import Cost, Costs
from souk.graph.validation import validate
from souk.values.errors import LimitExceeded


def doubling(spreads: int, levels: int) -> str:
    fragments = (f"fragment F{i} on Query {{{f'...F{i + 1} ' * spreads}}}" for i in range(levels))
    return f"{{...F0}} {' '.join(fragments)} fragment F{levels} on Query {{a}}"


HOSTILE = {
    "100 KB and more": ("{" + "a" * 100_001 + "}", "characters"),
    "one field, 12,000 times": ("{" + "a " * 12_000 + "}", "tokens"),
    "one field, 1,000 times": ("{" + "a " * 1_000 + "}", "repeats"),
    "one field, in 500 inline fragments": ("{" + "...{a} " * 500 + "}", "repeats"),
    "one fragment, 1,000 times": ("{" + "...A " * 1_000 + "} fragment A on Query {a}", "repeats"),
    "24 KB of aliases": ("{" + " ".join(f"a{i}:x" for i in range(4_000)) + "}", "tokens"),
    "aliases under one field": ("{v {" + " ".join(f"a{i}:x" for i in range(1_000)) + "}}", "aliases"),
    "5,000 levels, closed": ("{a" * 5_000 + "}" * 5_000, "tokens"),
    "1,000 levels, closed": ("{a" * 1_000 + "}" * 1_000, "nesting"),
    "50,000 levels, left open": ("{" * 50_000, "tokens"),
    "3,000 parentheses, left open": ("{a" + "(" * 3_000, "nesting"),
    "a list in a list in a list": ("{a(b: " + "[" * 500 + "]" * 500 + ")}", "nesting"),
    "a type of lists of lists": ("query ($a: " + "[" * 500 + "Int" + "]" * 500 + ") {a}", "nesting"),
    "50 levels of fields": ("{a" * 50 + "}" * 50, "depth"),
    "50 levels of fragments": (
        "{...F0}" + "".join(f"fragment F{i} on Q {{a {{...F{i + 1}}}}}" for i in range(50)) + "fragment F50 on Q {a}",
        "depth",
    ),
    "fragments that double": (doubling(2, 60), "fields"),
    "fragments that grow by twenty": (doubling(20, 60), "fields"),
    "a fragment of 900 fields, three times": (
        "{x {...A} y {...A} z {...A}} fragment A on T {" + " ".join(f"f{i}" for i in range(900)) + "}",
        "fields",
    ),
    "one directive, 3,000 times": ("{a " + "@include(if: true) " * 500 + "}", "directives"),
    "unknown directives": ("{a " + "@x " * 1_000 + "}", "directives"),
    "directives on variables": ("query (" + " ".join(f"$v{i}: Int @x @y" for i in range(90)) + ") {a}", "directives"),
    "a list of 20,000 in an argument": ("{a(b: [" + "1," * 20_000 + "])}", "tokens"),
    "one argument, 1,000 times": ("{a(" + "b: 1 " * 1_000 + ")}", "arguments"),
    "arguments of a directive": ("{a @x(" + "b: 1 " * 1_000 + ")}", "arguments"),
    "25 fields at the root": ("{" + " ".join(f"a{i}" for i in range(25)) + "}", "root_fields"),
    "25 fields at the root, in fragments": (
        "{...A b c d e} fragment A on Query {" + " ".join(f"a{i}" for i in range(20)) + "}",
        "root_fields",
    ),
    "25 mutations": ("mutation {" + " ".join(f"a{i}: x" for i in range(25)) + "}", "root_fields"),
    "500 operations": (" ".join(f"query Q{i} {{a}}" for i in range(500)), "operations"),
    "500 nameless operations": ("{a}" * 500, "operations"),
    "400 fragments": ("{a}" + "".join(f"fragment F{i} on Q {{a}}" for i in range(400)), "fragments"),
    "500 variables": ("query (" + " ".join(f"$v{i}: Int" for i in range(500)) + ") {a}", "variables"),
    "30,000 comments": ("#\n" * 30_000 + "{a}", "tokens"),
    "99,000 quotes": ('"' * 99_000, "tokens"),
    "99,000 characters of no token": ("$" * 99_000, "tokens"),
    "introspection that returns to itself": (
        "{__schema {types {fields {type {fields {type {fields {name}}}}}}}}",
        "introspection_lists",
    ),
    "introspection that returns to itself, in fragments": (
        "{__schema {types {...A}}} fragment A on __Type {fields {type {...B}}} fragment B on __Type {fields {name}}",
        "introspection_lists",
    ),
    "introspection, 6 types": (
        "{" + " ".join(f't{i}: __type(name: "A") {{name}}' for i in range(6)) + "}",
        "introspection_types",
    ),
    "introspection, twice": ("{a: __schema {types {name}} __schema {types {name}}}", "introspection_aliases"),
    "introspection, aliased inside": ("{__schema {a: types {name} b: types {name}}}", "introspection_aliases"),
    "introspection, aliased in a fragment": (
        "{__schema {types {...A}}} fragment A on __Type {a: fields {name} b: fields {name}}",
        "introspection_aliases",
    ),
}
"""By description: the document, and the limit that refuses it before validation."""

UNKNOWN = " ".join(f"f{i}" for i in range(1_900))
SEARCH = "marketplaceJobPostingsSearch(marketPlaceJobFilter: {})"


def overlapping(levels: int, times: int) -> str:
    """Select one field several times, recursively."""
    inner = overlapping(levels - 1, times) if levels else "id"
    return " ".join(f"... {{ organization {{ {inner} }} }}" for _ in range(times))


COSTLY = {
    "1,900 unknown fields": f"{{ user {{ {UNKNOWN} }} }}",
    "9 unknown fields with long names": "{" + " ".join(letter + "a" * 10_000 for letter in "bcdefghij") + "}",
    "one field with a name of 99,000 letters": "{" + "a" * 99_000 + "}",
    "a list of 3,900 where one id is expected": "{ jobPosting(jobPostingId: [" + "1," * 3_900 + "]) { id } }",
    "a list of 3,900 wrong items": "{ jobsFeaturePredictions(ids: [" + "1.5," * 3_900 + "]) { id } }",
    "a list of 1,900 objects where one is expected": (
        f"{{ {SEARCH.format('[' + '{},' * 1_900 + ']')} {{ totalCount }} }}"
    ),
    "1,200 unknown fields of an object": f"{{ {SEARCH.format('{' + 'z: 1 ' * 1_200 + '}')} {{ totalCount }} }}",
    "1,200 times one field of an object": (
        f"{{ {SEARCH.format('{' + 'titleExpression_eq: 1 ' * 1_200 + '}')} {{ totalCount }} }}"
    ),
    "a default of 3,900 wrong items": "query ($a: [Int] = [" + '"x",' * 3_900 + "]) { countries { id } }",
    "100 unused variables": "query (" + " ".join(f"$v{i}: Int" for i in range(100)) + ") { countries { id } }",
    "100 variables of unknown types": "query ("
    + " ".join(f"$v{i}: T{i}" for i in range(100))
    + ") { countries { id } }",
    "90 variables with lists of lists": (
        "query (" + " ".join(f"$v{i}: {'[' * 18}Int{']' * 18}" for i in range(90)) + ") { countries { id } }"
    ),
    "30 operations that share a fragment with variables": (
        "".join(f"query Q{j} ({' '.join(f'$v{i}: Int' for i in range(22))}) {{ ...F }} " for j in range(30))
        + "fragment F on Query {"
        + " ".join(f"a{i}: jobPosting(jobPostingId: $v{i}) {{ id }}" for i in range(20))
        + "}"
    ),
    "90 unused fragments of fields that overlap": (
        "".join(f"fragment F{i} on Query {{ {'user { id nid name } ' * 5} }} " for i in range(90))
        + "{ countries { id } }"
    ),
    "90 fragments on unknown types": "".join(f"fragment F{i} on T{i} {{ a }} " for i in range(90)) + "{ ...F1 }",
    "fields that overlap, 19 in 19": f"{{ {overlapping(1, 19)} }}",
    "fields that overlap, 6 in 6 in 6": f"{{ {overlapping(2, 6)} }}",
    "20 fields with one alias": "{" + " ".join(f"a: f{i}" for i in range(20)) + "}",
    "20 fields that differ in an argument": "{"
    + " ".join(f"jobPosting(jobPostingId: {i}) {{ id }}" for i in range(20))
    + "}",
    "100 unknown directives": "{ user { id " + "@x " * 100 + "} }",
    "a fragment that leads back to itself": (
        "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A __typename }"
    ),
    "50 fragments that all lead to all": (
        "{ ...F0 }"
        + "".join(
            f"fragment F{i} on Query {{ {' '.join(f'...F{(i + j) % 50}' for j in range(15))} }} " for i in range(50)
        )
    ),
    "550 types": " ".join(f"type A{i} {{ a: Int }}" for i in range(550)),
    "a type of 900 fields": "type A {" + "a: Int " * 900 + "}",
    "a number of 99,000 digits": "{ jobPosting(jobPostingId: 1." + "1" * 99_000 + ") { id } }",
    "a string of 90,000 letters as a boolean": '{ jobPosting(jobPostingId: "1", loadAnnotation: "'
    + "x" * 90_000
    + '") { id } }',
}
"""By description: documents within the limits, which validation has to handle."""

POSTING = """
  id title description ciphertext duration engagement experienceLevel category subcategory applied createdDateTime
  amount { rawValue currency displayValue } weeklyBudget { rawValue } hourlyBudgetMin { rawValue }
  client { totalHires totalReviews location { city country } totalSpent { rawValue } }
  relevance { publishTime } skills { name prettyName } occupations { category { prefLabel } }
  engagementDuration { label weeks } freelancerClientRelation { companyName }
"""
CHILDREN = "childOrganizations(pagination: {first: 100})"


def children(levels: int) -> str:
    """Select the teams of the teams of an organization, and so on."""
    return f"{CHILDREN} {{ {children(levels - 1) if levels else 'id'} }}"


DEAR = {
    "20 searches of 100 full postings": "{"
    + " ".join(
        f"s{i}: {SEARCH.format('{pagination_eq: {first: 100}}')} {{ edges {{ node {{ {POSTING} }} }} }}"
        for i in range(20)
    )
    + "}",
    "pages of 100, 19 in each other": f"{{ organization {{ {children(17)} }} }}",
    "pages of 100 in fragments": "{ organization { ...F0 } }"
    + "".join(f"fragment F{i} on CurrentOrganization {{ {CHILDREN} {{ ...F{i + 1} }} }}" for i in range(18))
    + "fragment F18 on CurrentOrganization { id }",
    "pages of 100 in fragments that double": "{ organization { ...F0 } }"
    + "".join(
        f"fragment F{i} on CurrentOrganization {{ a: {CHILDREN} {{ ...F{i + 1} }} b: {CHILDREN} {{ ...F{i + 1} }} }}"
        for i in range(5)
    )
    + "fragment F5 on CurrentOrganization { id }",
    "1,800 objects on a page of 100": f"{{ {SEARCH.format('{pagination_eq: {first: 100}}')} {{ edges {{ node {{ "
    + " ".join(f"... {{ {POSTING} }}" for _ in range(19))
    + " } } } }",
}
"""By description: valid documents that select more objects than a request may."""

UNREADABLE = {
    "a string that does not end": '{a(x: "' + "\\" * 99_000,
    "a block string that does not end": '{a(x: """' + '""\\"' * 24_000,
    "99,000 commas": "{" + "," * 99_000 + "}",
    "99,000 blanks": " " * 99_000,
    "99,000 byte order marks": "\ufeff" * 99_000,
}
"""By description: documents with syntax errors."""


def answer(schema: GraphQLSchema, source: str) -> list[str]:
    """Return the error messages for a document."""
    try:
        document = limits.parse(source)
        limits.check_document(document)
        errors = validate(schema, document)
        if not errors:
            [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
            cost_of(schema, source).check(operation, limits.LIMITS.cost)
    except (LimitExceeded, GraphQLError) as refused:
        return [refused.message]
    return [error.message for error in errors]


def cost_of(schema: GraphQLSchema, source: str) -> Cost:
    """Return the cost of a valid document with one operation."""
    definitions = parse(source).definitions
    fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
    [operation] = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
    return Costs(schema, {}, fragments).prepare(operation).of({})


class Refusal(NamedTuple):
    """How a document is refused."""

    milliseconds: float
    """CPU time."""
    name: str
    message: str
    cost: int | None
    """Only of valid documents."""


def refusals() -> list[Refusal]:
    """Return how each document is refused, the slowest first."""
    schema = build_ast_schema(assembly.assemble().document, assume_valid=True)
    validate(schema, parse("{ __typename }"))  # the schema's own caches
    documents = {key: source for key, (source, _) in HOSTILE.items()} | COSTLY | DEAR | UNREADABLE
    rows = [
        Refusal(
            min(_cpu(schema, source) for _ in range(3)),
            name,
            answer(schema, source)[0],
            cost_of(schema, source).total if name in DEAR else None,
        )
        for name, source in documents.items()
    ]
    return sorted(rows, reverse=True)


def _cpu(schema: GraphQLSchema, source: str) -> float:
    start = time.process_time()
    answer(schema, source)
    return (time.process_time() - start) * 1_000


if __name__ == "__main__":
    for milliseconds, name, message, cost in refusals():
        sys.stdout.write(f"{milliseconds:7.1f} ms  {cost or '-':>8}  {name:60} {message[:100]}\n")
