"""The readers of values: what each type accepts is stored unchanged, and everything else is refused by path."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souk.domains.customfields.model import FieldType
from souk.domains.customfields.rules import values
from souk.domains.reference.world import currencies
from souk.values.errors import Unprocessable
from souk.values.money import digits_of
from souk.values.problems import Problems


def read(type_: FieldType, text: str) -> str | None:
    """Return the stored value; None if it is refused."""
    problems = Problems("input")
    stored = values.read(problems, "value", type_, text)
    try:
        problems.raise_if_any()
    except Unprocessable as refused:
        paths = {one["path"] for one in refused.details["fields"]}
        return None if paths == {"input.value"} else "refused without its path"
    return stored


@settings(max_examples=60)
@given(st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=6), st.integers(0, 6))
def test_decimals_are_numbers(number: Decimal, places: int) -> None:
    text = f"{number:.{places}f}"
    assert read(FieldType.NUMERIC, text) == text


@settings(max_examples=60)
@given(st.sampled_from(sorted(currencies())), st.integers(0, 10**9), st.integers(0, 6))
def test_currency_has_digits_of_its_currency(currency: str, units: int, digits: int) -> None:
    text = f"{units}{'.' + '7' * digits if digits else ''} {currency}"
    assert (read(FieldType.CURRENCY, text) == text) is (digits <= digits_of(currency))


@settings(max_examples=100)
@given(st.sampled_from([one for one in FieldType if not one.has_options]), st.text(max_size=300))
def test_any_text_is_stored_as_it_is_read_again_or_refused(type_: FieldType, text: str) -> None:
    stored = read(type_, text)
    if stored is not None:
        assert stored
        assert read(type_, stored) == stored
        assert type_ is not FieldType.BOOLEAN or stored in ("true", "false")


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        (
            FieldType.NUMERIC,
            ["0", "-12.5", "007"],
            ["", "1e5", "1E5", "+1", "1.", ".5", "1,5", "٣", "NaN", " 1", "1\n"],
        ),
        (FieldType.BOOLEAN, ["true", "false"], ["", "True", "yes", "1", "true ", "null"]),
        (
            FieldType.CURRENCY,
            ["12.50 USD", "-3 JPY", "1.234 KWD", "1.2345 CLF"],
            ["12.50", "USD 12", "12.505 USD", "1.0 JPY", "12 usd", "12  USD", "12 XXX", "12 ZZZ", "1e2 USD", "१ USD"],
        ),
        (FieldType.TEXT_FIELD, ["a", "x" * 255], ["", "  ", "x" * 256, "a\x00b", "\u200b"]),
        (FieldType.TEXT_AREA, ["a\nb", "x" * 5_000], ["", "x" * 5_001, "a\x07b"]),
        (FieldType.PO_NUMBER, ["PO-4711", "x" * 100], ["", "x" * 101]),
    ],
)
def test_values_of_types(type_: FieldType, good: list[str], bad: list[str]) -> None:
    assert [read(type_, one) for one in good] == good
    assert [one for one in bad if read(type_, one) is not None] == []
