"""The scenarios of hiring, in process. Each function can only write its own keys."""

import pytest

from souk.storage.transaction import OUTBOX, Event
from tests.support import scenarios
from tests.support.actor import Actor
from tests.support.api import Souk
from tests.support.audit import audit, audit_tallies
from tests.support.scenarios import Cast


def cast(actors: dict[str, Actor], freelancer: str) -> Cast:
    return Cast(client=actors["olivia@acme.test"], freelancer=actors[freelancer], stranger=actors["omar@rival.test"])


@pytest.mark.parametrize("freelancer", ["sofia@studio.test", "mia@pixelagency.test"])
def test_hourly_contract(souk: Souk, actors: dict[str, Actor], freelancer: str) -> None:
    scenarios.hourly_contract(cast(actors, freelancer), "Catalogue of moths")
    audit_tallies(souk.table, audit(souk.table))


@pytest.mark.parametrize("freelancer", ["sofia@studio.test", "mia@pixelagency.test"])
def test_fixed_price_contract(actors: dict[str, Actor], freelancer: str) -> None:
    scenarios.fixed_price_contract(cast(actors, freelancer), "Catalogue of beetles")


def test_events_of_fixed_price_contract(souk: Souk, actors: dict[str, Actor]) -> None:
    """Each event is stored once, in the transaction that caused it."""
    scenarios.fixed_price_contract(cast(actors, "sofia@studio.test"), "Catalogue of bees")
    told = [(event.entity, event.action) for event in _events(souk)]
    assert [action for entity, action in told if entity == "OFFER"] == ["CREATE", "ACCEPTED"]
    assert [action for entity, action in told if entity == "Vendor JA"] == [
        "VendorCreate",
        "VendorAcceptInvite",
        "ClientOffer",
        "VendorAcceptOffer",
        "ClientHire",
    ]
    assert [action for entity, action in told if entity == "Client JA"] == [
        "VendorCreate",
        "VendorAcceptInvite",
        "ClientAccept",
        "VendorAcceptOffer",
    ]
    assert [action for entity, action in told if entity == "CFB"] == ["SUBMIT", "SUBMIT"]
    assert {action for entity, action in told if entity == "MILESTONE"} == {"REFRESH"}


def _events(souk: Souk) -> list[Event]:
    found = audit(souk.table)
    audit_tallies(souk.table, found)
    items = found.items.values()
    return sorted((OUTBOX.decode(one) for one in items if one["SK"]["S"] == "EVENT"), key=lambda one: int(one.event_id))
