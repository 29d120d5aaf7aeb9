"""The rules for the lifetime of secrets and for changes of keys."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from souk.authentication.records import ApiKey, ClientSecret, GrantType
from souk.domains.identity.rules.api_keys import OVERLAP, apply_change, secret_expiry, with_new_secret
from tests.support.clock import CLOCK

TIMES = st.datetimes(datetime(2024, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - drawn as UTC
MONTHS = st.integers(1, 24)


def key(*secrets: ClientSecret, months: int = 12) -> ApiKey:
    return ApiKey(
        id="k",
        name="Key",
        organization_id="1",
        created_by="1",
        secrets=secrets,
        scopes=("A", "B"),
        grants=(GrantType.AUTHORIZATION_CODE,),
        redirect_uris=("https://a.test/cb",),
        rotation_months=months,
    )


@pytest.mark.parametrize(
    ("now", "months", "until"),
    [
        ("2026-03-15T10:20:30", 12, "2027-03-15T10:20:30"),
        ("2026-01-31T00:00:00", 1, "2026-02-28T00:00:00"),
        ("2027-12-31T23:59:59", 2, "2028-02-29T23:59:59"),
        ("2028-02-29T12:00:00", 12, "2029-02-28T12:00:00"),
        ("2026-11-30T12:00:00", 1, "2026-12-30T12:00:00"),
        ("2026-12-01T12:00:00", 24, "2028-12-01T12:00:00"),
    ],
)
def test_secret_expiry_uses_calendar_months(now: str, months: int, until: str) -> None:
    found = secret_expiry(months, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert datetime.fromtimestamp(found, UTC) == datetime.fromisoformat(until).replace(tzinfo=UTC)


@given(TIMES, MONTHS)
def test_secret_expires_on_same_day_of_month(now: datetime, months: int) -> None:
    until = datetime.fromtimestamp(secret_expiry(months, now), UTC)
    assert (until.year * 12 + until.month) - (now.year * 12 + now.month) == months
    assert until.day == min(now.day, monthrange(until.year, until.month)[1])
    assert until.time() == now.time().replace(microsecond=0)


@given(TIMES, MONTHS, st.lists(st.integers(-3_000_000, 3_000_000), max_size=3))
def test_rotation_never_extends_old_secret(now: datetime, months: int, ends: list[int]) -> None:
    old = [ClientSecret(hash=str(at), expires=int(now.timestamp()) + end) for at, end in enumerate(ends)]
    after = with_new_secret(key(*old, months=months), "new", now)
    assert after.secrets[0] == ClientSecret(hash="new", expires=secret_expiry(months, now))
    assert len(after.secrets) <= 2
    before = {one.hash: one.expires for one in old}
    for one in after.secrets[1:]:
        assert one.hash == "0"
        assert one.expires == min(before["0"], int((now + OVERLAP).timestamp()))
    for moment in (now, now + timedelta(hours=12)):
        works = bool(old) and old[0].expires > moment.timestamp()
        assert after.accepts_secret("0", moment) == works


@example(datetime(2026, 1, 1, tzinfo=UTC), 1, 2, [90_000_000])
@given(TIMES, MONTHS, MONTHS, st.lists(st.integers(-3_000_000, 90_000_000), max_size=2))
def test_new_period_never_extends_secret(now: datetime, old: int, new: int, ends: list[int]) -> None:
    secrets = [ClientSecret(hash=str(at), expires=int(now.timestamp()) + end) for at, end in enumerate(ends)]
    before = key(*secrets, months=old)
    after = apply_change(before, before.model_copy(update={"rotation_months": new}), now)
    for was, one in zip(before.secrets, after.secrets, strict=True):
        assert one.expires == (min(was.expires, secret_expiry(new, now)) if new < old else was.expires)
    assert after.generation == before.generation


@pytest.mark.parametrize(
    ("scopes", "generation"),
    [(("A", "B"), 1), (("B", "A"), 1), (("A",), 2), (("A", "B", "C"), 2), (("A", "C"), 2)],
)
def test_new_scopes_increment_generation(scopes: tuple[str, ...], generation: int) -> None:
    before = key()
    after = apply_change(before, before.model_copy(update={"scopes": scopes}), CLOCK.real())
    assert after.generation == generation
    assert after.scopes == (scopes if generation == 2 else before.scopes)
