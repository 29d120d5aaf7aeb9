"""The tales of hiring, in process, with every function kept to the keys that it may write."""

import pytest

from souk.storage.transaction import OUTBOX, Event
from tests.support import scenarios
from tests.support.actor import Actor
from tests.support.api import Souk
from tests.support.audit import audit
from tests.support.scenarios import Cast


def cast(actors: dict[str, Actor], freelancer: str) -> Cast:
    return Cast(client=actors["olivia@acme.test"], freelancer=actors[freelancer], stranger=actors["omar@rival.test"])


@pytest.mark.parametrize("freelancer", ["sofia@studio.test", "mia@pixelagency.test"])
def test_hourly_contract(souk: Souk, actors: dict[str, Actor], freelancer: str) -> None:
    scenarios.paid_by_the_hour(cast(actors, freelancer), "Catalogue of moths")
    audit(souk.table)


@pytest.mark.parametrize("freelancer", ["sofia@studio.test", "mia@pixelagency.test"])
def test_fixed_price_contract(actors: dict[str, Actor], freelancer: str) -> None:
    scenarios.at_a_fixed_price(cast(actors, freelancer), "Catalogue of beetles")


def test_events_of_fixed_price_contract(souk: Souk, actors: dict[str, Actor]) -> None:
    """Each event is recorded once, with the transaction that caused it."""
    scenarios.at_a_fixed_price(cast(actors, "sofia@studio.test"), "Catalogue of bees")
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
    items = audit(souk.table).items.values()
    return sorted((OUTBOX.decode(one) for one in items if one["SK"]["S"] == "EVENT"), key=lambda one: int(one.event_id))
