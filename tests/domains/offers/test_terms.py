"""The payment terms of offers: amounts are exact, or the error names the field."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.authentication.principal import Principal, Role
from souk.domains.customfields.model import AnswerSheet, Owner
from souk.domains.customfields.rules import answering
from souk.domains.offers.inputs import CreationOffer
from souk.domains.offers.rules import answers, creating, terms
from souk.domains.offers.rules.terms import MAX_MILESTONES, Terms
from souk.values import texts
from souk.values.errors import Unprocessable
from souk.values.money import MAX_MINOR
from souk.values.problems import Problems
from souk.values.times import stamp
from tests.support.clock import new_id

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
amounts = st.one_of(
    st.text(max_size=60),
    st.integers(-MAX_MINOR, 2 * MAX_MINOR).map(str),
    st.sampled_from(["1e3", "1.0", "٣", "NaN", "+1", " 1"]),
)
anything = st.one_of(st.none(), st.text(max_size=200), st.sampled_from(["\0", "#", "x" * 5_000, "\u202e", "9" * 5_000]))
days = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)).map(stamp)  # noqa: DTZ001 - hypothesis wants them without


def request(**fields: Any) -> CreationOffer:
    return CreationOffer.model_validate(
        {
            "kind": "Vanilla",
            "offeror": "Client",
            "clientTeamId": "1",
            "vendorUser": {"userId": "2", "teamId": "3"},
            "metadata": {"sourceType": "Direct", "occupationId": "4"},
            "title": "Work",
            "deliveryModel": "TalentMarketplace",
            **fields,
        }
    )


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def agreed(**fields: Any) -> Terms | None:
    """Return the terms; None for invalid terms."""
    problems = Problems("offerInput")
    found = terms.read(problems, request(**fields), "USD")
    try:
        problems.raise_if_any()
    except Unprocessable:
        return None
    return found


@given(amounts)
def test_amount_is_exact_or_refused(amount: str) -> None:
    found = agreed(hourlyRateTerms={"vendorRate": usd(amount)})
    if found is None:
        assert not (amount.isascii() and amount.isdigit() and 0 < int(amount) <= MAX_MINOR) or len(amount) > len(
            str(MAX_MINOR)
        )
    else:
        assert found.hourly is not None
        assert found.hourly.rate == int(amount)
        assert 0 < found.hourly.rate <= MAX_MINOR


@given(st.lists(st.integers(1, MAX_MINOR), min_size=1, max_size=MAX_MILESTONES + 5), st.integers(-1, 1))
def test_milestones_sum_to_budget(prices: list[int], more: int) -> None:
    budget = sum(prices) + more
    parts = [{"amount": usd(str(price)), "description": "Part"} for price in prices]
    found = agreed(milestoneTerms={"budget": usd(str(budget)), "milestoneList": parts})
    assert (found is not None) == (more == 0 and budget <= MAX_MINOR and len(prices) <= MAX_MILESTONES)
    if found is not None:
        assert [one.deposit for one in found.milestones] == prices
        assert found.budget == budget


@pytest.mark.parametrize("number", [0, 2, 3])
def test_exactly_one_kind_of_terms(number: int) -> None:
    ways = {
        "hourlyRateTerms": {"vendorRate": usd("1")},
        "stipendTerms": {"stipend": usd("1"), "vendorRate": usd("1"), "period": "Weekly"},
        "milestoneTerms": {"budget": usd("1"), "milestoneList": [{"amount": usd("1"), "description": "Part"}]},
    }
    assert agreed(**dict(list(ways.items())[:number])) is None
    for name, way in ways.items():
        assert agreed(**{name: way}) is not None


@given(st.one_of(anything, days), st.one_of(anything, days), st.sampled_from(["Vanilla", "Enterprise"]))
def test_end_is_after_start_and_offer_expires_before_end(starts: str | None, ends: str | None, kind: str) -> None:
    problems = Problems("offerInput")
    asked = request(kind=kind, contractStartDateTime=starts, contractEndDateTime=ends)
    begin, end = creating.period(problems, asked, NOW)
    try:
        problems.raise_if_any()
    except Unprocessable:
        return
    assert (end is None) == (kind == "Vanilla" or ends is None)
    over = creating.expires(NOW, end)
    assert stamp(NOW) < over <= stamp(NOW + creating.LIFETIME)
    if end is not None:
        assert begin is not None
        assert over <= end
        assert datetime.fromisoformat(end) - datetime.fromisoformat(begin) <= timedelta(days=180)


@given(anything, anything, anything, st.lists(st.text(max_size=120), max_size=60))
def test_any_input_is_stored_or_refused_with_path(
    one: str | None, other: str | None, third: str | None, many: list[str]
) -> None:
    asked = request(
        title=one or "",
        description=other,
        customFields=[{"key": one, "value": other}, None],
        offerLocation={"country": third, "city": one, "address": {"zip": other}},
        offerPayroll={"talentCloudId": third, "assets": many},
        scheduledRateIncrease={"rate": third, "cadenceMonths": len(many)},
    )
    problems = Problems("offerInput")
    creating.title(problems, asked)
    texts.optional_text(problems, "description", asked.description, creating.MAX_DESCRIPTION)
    client = Principal("501", "1", "1001", "1001", Role.OWNER, frozenset())
    by = answering.Answerer(client, stamp(NOW), new_id, {})
    sheet = AnswerSheet(owner=Owner.OFFER, owner_id="1", company_id="1001", created=stamp(NOW))
    answering.read(problems.below("customFields"), answers.given(asked.custom_fields), sheet, by)
    creating.place(problems, asked.offer_location)
    creating.payroll(problems, asked.offer_payroll)
    terms.rate_increase(problems, asked, None, "USD")
    try:
        problems.raise_if_any()
    except Unprocessable as refused:
        for wrong in refused.details["fields"]:
            assert wrong["path"].startswith("offerInput.")
