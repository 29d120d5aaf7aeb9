"""The example errors of the contract's reference ("Error handling in GraphQL"), word for word."""

import textwrap
from typing import Any

from graphql import build_schema, parse

from souk.graph.validation import validate

SCHEMA = build_schema("""
    type Query { user: CurrentUser }
    type CurrentUser {
      id: ID!
      companyFees(organizationId: ID!, input: CompanyFeesInput!): CompanyFees
      stepUpVerification(stepUpVerificationId: ID!): UserVerification
    }
    input CompanyFeesInput { amount: String! }
    type CompanyFees { amount: String fullAmount: String fees: [Fee!] }
    type Fee { type: String description: String calculationDescription: String rate: String amount: String }
    type UserVerification { id: ID! }
""")


def answer(query: str) -> list[dict[str, Any]]:
    """Return the errors as the reference shows them, without Souk's `code`."""
    shown = []
    for error in validate(SCHEMA, parse(textwrap.dedent(query).strip())):
        formatted: dict[str, Any] = dict(error.formatted)
        extensions = dict(formatted["extensions"])
        assert extensions.pop("code") == "GRAPHQL_VALIDATION_FAILED"
        extensions.pop("fields", None)
        shown.append(formatted | {"extensions": extensions})
    return shown


def test_missing_argument_and_missing_sub_selection() -> None:
    query = """
        {
          user {
            stepUpVerification
          }
        }
    """
    assert answer(query) == [
        {
            "message": (
                "Validation error of type MissingFieldArgument: "
                "Missing field argument stepUpVerificationId @ 'user/stepUpVerification'"
            ),
            "locations": [{"line": 3, "column": 5}],
            "extensions": {"classification": "ValidationError"},
        },
        {
            "message": (
                "Validation error of type SubSelectionRequired: Sub selection required for type UserVerification "
                "of field stepUpVerification @ 'user/stepUpVerification'"
            ),
            "locations": [{"line": 3, "column": 5}],
            "extensions": {"classification": "ValidationError"},
        },
    ]


def test_null_for_a_non_null_argument() -> None:
    query = """
        {
          user {
            companyFees(organizationId: null, input: { amount: "15" }) {
              amount
              fullAmount
              fees {
                type
                description
                calculationDescription
                rate
                amount
              }
            }
          }
        }
    """
    assert answer(query) == [
        {
            "message": (
                "Validation error of type NullValueForNonNullArgument: "
                "null value for non-null field argument organizationId @ 'user/companyFees'"
            ),
            "locations": [{"line": 3, "column": 5}],
            "extensions": {"classification": "ValidationError"},
        },
        {
            "message": (
                "Validation error of type WrongType: argument 'organizationId' with value 'NullValue{}' "
                "must not be null @ 'user/companyFees'"
            ),
            "locations": [{"line": 3, "column": 17}],
            "extensions": {"classification": "ValidationError"},
        },
    ]
