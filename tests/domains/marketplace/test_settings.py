"""Operators change the settings of the marketplace, and everything that reads them follows."""

from typing import Any

import pytest

from souk.authentication.records import API_KEYS, KeyState
from souk.authentication.terms import SETTINGS_KEY
from souk.domains.marketplace.store import SETTINGS
from souk.domains.payments.deployment import fees
from souk.domains.reviews.model import Review, ReviewKind
from souk.domains.reviews.store import open_review, open_reviews
from souk.domains.talent.model import Profile, ProfileState
from souk.domains.talent.store import PROFILES
from souk.values.times import stamp
from tests.domains.identity.people import OLIVIA
from tests.domains.marketplace.conftest import READ, UPDATE, House
from tests.support.api import KEY_ID
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile


def test_change_is_stored_audited_and_seen_within_a_minute(house: House) -> None:
    assert house.olivia.call(READ).data["marketplace"]["name"] == "Souk"
    changed = house.set(name=" Bazaar  Nine ", accentColor="#0044CC", clientFeeRate="2.75", currencies=["EUR", "USD"])
    settings = changed.data["updateMarketplaceSettings"]
    assert settings["modifiedBy"] == {"id": house.ada.user_id}
    assert settings["version"] == 1
    assert settings["marketplace"]["name"] == "Bazaar Nine"
    (action,) = house.trail()
    assert (action.action, action.reason, action.subject_title) == (
        "updateMarketplaceSettings",
        "A founder decides",
        "Bazaar Nine",
    )
    assert {(one.field, one.before, one.after) for one in action.changes} == {
        ("name", "Souk", "Bazaar Nine"),
        ("accentColor", "#8f3d16", "#0044cc"),
        ("clientFeeRate", "5", "2.75"),
        ("currencies", "USD", "EUR, USD"),
    }
    assert house.olivia.call(READ).data["marketplace"]["name"] == "Souk", "read before, less than a minute ago"
    CLOCK.wait(seconds=61)
    assert house.olivia.call(READ).data["marketplace"] == {
        "name": "Bazaar Nine",
        "accentColor": "#0044cc",
        "clientFeeRate": "2.75",
        "currencies": ["EUR", "USD"],
        "signUpOpen": True,
    }
    assert (fees(house.gateway).client, fees(house.gateway).vendor) == (275, 1000)
    restored = house.set(name=None, accentColor=None).data["updateMarketplaceSettings"]["marketplace"]
    assert (restored["name"], restored["accentColor"]) == ("Souk", "#8f3d16")


def test_settings_are_read_once_a_minute_with_the_callers_token(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    read = house.table.client.batch_get_item
    asked: list[int] = []

    def counting(**request: Any) -> Any:
        keys = [key for one in request["RequestItems"].values() for key in one["Keys"]]
        asked.append(sum(key["PK"]["S"] == SETTINGS_KEY.pk for key in keys))
        return read(**request)

    monkeypatch.setattr(house.table.client, "batch_get_item", counting)
    assert house.olivia.call(READ).trips == 1, "the request reads nothing but its caller"
    for _ in range(3):
        assert house.olivia.call(READ).trips == 1
    assert sum(asked) == 1
    CLOCK.wait(seconds=61)
    assert house.olivia.call(READ).trips == 1
    assert sum(asked) == 2


def test_change_at_another_version_conflicts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.set(name="Bazaar")
    late = house.set(name="Basar", version=0)
    assert (late.code, late.error["extensions"]["version"]) == ("CONFLICT", 1)

    def change(name: str) -> str:
        given = {"version": 1, "name": name, "reason": "A race"}
        answer = house.ada.call(UPDATE, {"input": given})
        return "ok" if "errors" not in answer.json else answer.code

    first = meanwhile(monkeypatch, lambda: change("One"))
    assert (change("Two"), first) == ("CONFLICT", ["ok"])
    assert len(house.trail()) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "a\nb\u202e"),
        ("name", "x" * 61),
        ("accentColor", "red"),
        ("accentColor", "#fff"),
        ("accentColor", "#8f3d16;}body{display:none"),
        ("supportEmail", "nobody"),
        ("supportEmail", "a@b.test\r\nBcc: c@d.test"),
        ("supportUrl", "javascript:alert(1)"),
        ("termsUrl", "http://example.com/terms"),
        ("privacyUrl", "https://user:secret@example.com/"),
        ("languages", []),
        ("languages", ["en", "en"]),
        ("languages", ["tlh"]),
        ("currencies", ["XXX"]),
        ("currencies", ["usd"]),
        ("clientFeeRate", "50.01"),
        ("clientFeeRate", "-1"),
        ("vendorFeeRate", "1.234"),
        ("vendorFeeRate", "1e1"),
        ("requireTerms", True),
        ("logoFileId", "1"),
        ("reason", " "),
    ],
)
def test_invalid_settings_are_refused(house: House, field: str, value: Any) -> None:
    refused = house.set(**{field: value})
    assert refused.code == "UNPROCESSABLE_CONTENT"
    path = "reason" if field == "reason" else f"input.{field}"
    assert path in {one["path"] for one in refused.error["extensions"]["fields"]}
    assert house.table.get(SETTINGS, consistent=True) is None
    assert house.trail() == []


def test_only_operators_see_and_change_settings(house: House) -> None:
    shown = house.ada.call("{ marketplaceSettings { version requestsPerDay deployment { name value source } } }")
    assert shown.data["marketplaceSettings"]["requestsPerDay"] == 40_000
    for document in ("{ marketplaceSettings { version } }", "{ mailTemplates { id } }"):
        assert house.olivia.call(document).code == "FORBIDDEN"
    given = {"version": 0, "name": "Mine", "reason": "Why not"}
    assert house.olivia.call(UPDATE, {"input": given}).code == "FORBIDDEN"


def test_turning_reviews_off_approves_what_waits(house: House) -> None:
    house.set(apiKeyReview=True, profileReview=True)
    tx, at = house.table.transaction(), stamp(CLOCK.market())
    key = house.table.get(API_KEYS, KEY_ID)
    assert key
    waiting = tx.create(API_KEYS, key.model_copy(update={"id": "waiting", "state": KeyState.REVIEW, "version": 0}))
    tx.create(PROFILES, Profile(user_id=OLIVIA, state=ProfileState.UNDER_REVIEW, review_opened=at))
    for kind, subject in ((ReviewKind.API_KEY, waiting.id), (ReviewKind.FREELANCER_PROFILE, OLIVIA)):
        open_review(tx, house.table, Review(kind=kind, subject_id=subject, opened=at))
    tx.commit()
    house.set(apiKeyReview=False, profileReview=False)
    house.souk.run_due()
    profile = house.table.get(PROFILES, OLIVIA, consistent=True)
    key = house.table.get(API_KEYS, waiting.id, consistent=True)
    assert profile is not None
    assert key is not None
    assert (key.state, profile.state) == (KeyState.ACTIVE, ProfileState.AUTO_ACCEPTED)
    assert open_reviews(house.table, ReviewKind.API_KEY, 10) == []
    assert open_reviews(house.table, ReviewKind.FREELANCER_PROFILE, 10) == []
