"""People accept the terms; 30 days after a new version, programs of those who have not are refused."""

from datetime import timedelta

from tests.domains.identity.people import OLIVIA
from tests.domains.marketplace.conftest import House
from tests.support.clock import CLOCK

TERMS = {"termsUrl": "https://example.com/terms", "termsVersion": "2026-1", "requireTerms": True}
ACCOUNT = "{ account { termsVersion termsAcceptedDateTime termsToAccept } }"
ACCEPT = "mutation ($version: String!) { acceptTerms(version: $version) { termsVersion termsToAccept } }"


def later(days: int) -> None:
    """Move the market's time, and let functions read the settings again. Tokens go on."""
    CLOCK.ahead += timedelta(days=days)
    CLOCK.wait(seconds=61)


def test_programs_go_on_for_30_days_after_a_new_version(house: House) -> None:
    house.set(**TERMS)
    CLOCK.wait(seconds=61)
    assert house.olivia.call(ACCOUNT).data["account"]["termsToAccept"] == "2026-1"
    assert house.olivia.call("{ user { id } }").data == {"user": {"id": OLIVIA}}
    later(days=30)
    refused = house.olivia.call("{ user { id } marketplace { name } }")
    assert (refused.code, refused.error["extensions"]["reason"]) == ("FORBIDDEN", "TERMS")
    assert house.olivia.call("{ account { user { id } } }").code == "FORBIDDEN"
    assert house.olivia.call("{ marketplace { termsUrl } account { termsToAccept } }").data
    assert house.olivia.call(ACCEPT, {"version": "2025-9"}).code == "CONFLICT"
    accepted = house.olivia.call(ACCEPT, {"version": "2026-1"}).data["acceptTerms"]
    assert accepted == {"termsVersion": "2026-1", "termsToAccept": None}
    again = house.olivia.call(ACCEPT, {"version": "2026-1"}).data["acceptTerms"]
    assert again == accepted
    assert house.olivia.call("{ user { id } }").trips == 2, "the caller, with the acceptance, and the user"
    shown = house.ada.call(ACCEPT, {"version": "2026-1"}).data["acceptTerms"]
    assert shown["termsToAccept"] is None, "operators too"
    detail = house.ada.call(f'{{ operatorUser(id: "{OLIVIA}") {{ termsVersion }} }}').data["operatorUser"]
    assert detail == {"termsVersion": "2026-1"}


def test_only_another_version_begins_the_30_days_again(house: House) -> None:
    house.set(**TERMS)
    house.olivia.call(ACCEPT, {"version": "2026-1"})
    later(days=20)
    house.set(name="Bazaar", termsUrl="https://example.com/new-place")
    later(days=11)
    assert house.olivia.call("{ user { id } }").data, "accepted"
    house.ada.call(ACCEPT, {"version": "2026-1"})
    house.set(termsVersion="2026-2")
    later(days=29)
    assert house.olivia.call(ACCOUNT).data["account"]["termsToAccept"] == "2026-2"
    assert house.olivia.call("{ user { id } }").data
    later(days=1)
    assert house.olivia.call("{ user { id } }").code == "FORBIDDEN"
    house.ada.call(ACCEPT, {"version": "2026-2"})
    house.set(requireTerms=None)
    CLOCK.wait(seconds=61)
    assert house.olivia.call("{ user { id } }").data
    assert house.olivia.call(ACCOUNT).data["account"]["termsToAccept"] is None
