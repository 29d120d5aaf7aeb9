"""docs/errors.md is complete and correct."""

import re
from dataclasses import fields
from pathlib import Path

from souk.graph.context import MAX_CONNECTIONS
from souk.graph.limits import LIMITS
from souk.graph.requests import MAX_BODY
from souk.values.errors import SoukError
from tests.graph.test_validation import cases

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(title: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", section(title), re.MULTILINE))


def codes(error: type[SoukError]) -> set[str]:
    return {error.code}.union(*map(codes, error.__subclasses__()))


def test_every_code_is_documented() -> None:
    assert first_cells("Codes") == codes(SoukError) | {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}


def test_every_validation_type_is_documented() -> None:
    types = {line.split(":")[0] for _, _, errors in cases() for line in errors}
    assert first_cells("Validation") == types | {"MaxValidationErrorsReached"}


def test_every_limit_is_documented_with_its_value() -> None:
    shown = dict(re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", section("Limits"), re.MULTILINE))
    assert {name: int(number.replace(",", "")) for name, number in shown.items()} == {
        field.name: getattr(LIMITS, field.name) for field in fields(LIMITS)
    }
    assert f"{MAX_BODY:,} bytes" in section("Limits")
    assert f"{MAX_CONNECTIONS} nested lists" in section("Limits")
