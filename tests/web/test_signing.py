"""A token is good for what it was signed for, and for nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.web.signing import BadSignature, Signer

SIGNER = Signer(lambda: b"secret")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(json_values, json_values)
def test_token_brings_its_value_back(bound_to: Any, value: Any) -> None:
    assert SIGNER.verify(bound_to, SIGNER.sign(bound_to, value)) == value


def test_order_of_keys_does_not_matter() -> None:
    assert SIGNER.verify({"b": 1, "a": 2}, SIGNER.sign({"a": 2, "b": 1}, 20)) == 20


@pytest.mark.parametrize(
    ("bound_to", "value", "token"),
    [
        ({"b": 1, "a": "jobs"}, [20, "é"], "dF6cr2YRqMGwCXyUmGPsxVsyMCwiw6kiXQ"),
        ("payments.checkout", "7", "LX1albH03XENKQDmd6p6XCI3Ig"),
    ],
)
def test_issued_tokens_stay_valid(bound_to: Any, value: Any, token: str) -> None:
    """Clients hold cursors and addresses of checkouts that an earlier version has signed."""
    assert SIGNER.sign(bound_to, value) == token
    assert SIGNER.verify(bound_to, token) == value


@pytest.mark.parametrize(
    "token",
    [
        SIGNER.sign("gigs", 20),
        Signer(lambda: b"another secret").sign("jobs", 20),
        SIGNER.sign("jobs", 20)[:-2],
        "A" * 10_000,
        "20",
        "",
        "é",
        "\x00",
        "====",
    ],
)
def test_any_other_token_is_refused(token: str) -> None:
    with pytest.raises(BadSignature):
        SIGNER.verify("jobs", token)


def test_the_secret_is_asked_for_once_and_late() -> None:
    asked: list[int] = []

    def secret() -> bytes:
        asked.append(1)
        return b"secret"

    signer = Signer(secret)
    assert not asked
    signer.verify("jobs", signer.sign("jobs", 1))
    assert asked == [1]
