"""The units of amounts in requests: the schema's descriptions and the table in the documentation agree."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from graphql import GraphQLInputField, get_named_type

from tests.contract.test_inputs import READINGS

DOCS: Final = Path(__file__).parents[2] / "docs" / "api.md"
_ROW: Final = re.compile(r"^\| `(\w+\.\w+)` \| (major|smallest) \|$", re.MULTILINE)
_NAMES: Final = re.compile(r"amount|price|budget|rate\b|Rate\b|stipend|bonus|deposit", re.IGNORECASE)
NO_AMOUNTS: Final = {
    "JobPostingRequestInfo.hideBudget": "a flag",
    "JobPostingRequestInfo.hourlyBudgetType": "an enum",
    "JobPostingCreateRequest.billRate": "a code",
    "JobPostingUpdateRequest.billRate": "a code",
    "CreationOfferInput.scheduledRateIncrease": "an object",
    "CreationOfferInput.stipendTerms": "an object",
    "UpdateMarketplaceSettingsInput.clientFeeRate": "a percentage",
    "UpdateMarketplaceSettingsInput.vendorFeeRate": "a percentage",
    "MoneyInput.amount": "in the unit of the field with the input",
}
"""Fields with such a name that hold no amount, with their kind."""


def amounts() -> Iterator[tuple[str, GraphQLInputField]]:
    """Yield the fields of built inputs that look like amounts. Filters of searches are described where they are."""
    for reading in READINGS:
        for name, field in reading.type_.fields.items():
            coordinate = f"{reading.type_.name}.{name}"
            money = get_named_type(field.type).name == "MoneyInput" or _NAMES.search(name)
            if money and not name.endswith(("_eq", "_any")) and coordinate not in NO_AMOUNTS:
                yield coordinate, field


def unit(field: GraphQLInputField) -> str | None:
    words = " ".join((field.description or "").split())
    return "smallest" if "smallest unit" in words else "major" if "major unit" in words else None


def test_every_amount_names_its_unit_as_documented() -> None:
    described = {coordinate: unit(field) for coordinate, field in amounts()}
    assert described == dict(_ROW.findall(DOCS.read_text()))


def test_documented_units_are_in_order() -> None:
    rows = [name for name, _ in _ROW.findall(DOCS.read_text())]
    assert rows == sorted(rows)
