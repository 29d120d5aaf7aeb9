"""Webhooks of suspended organizations: the suspension is the last event that they get, and the rest can be replayed."""

from datetime import timedelta

from souk.domains.webhooks.model import DeliveryState
from souk.domains.webhooks.store import create_subscription
from souk.values.times import stamp
from tests.support.clock import CLOCK, new_id
from tests.support.standing import reactivate, suspend
from tests.support.worlds.jobs import ACME, DESIGN
from tests.support.worlds.webhooks import REPLAY, WebhookWorld


def test_suspension_is_the_last_event(world: WebhookWorld) -> None:
    company, _ = world.subscribe(world.olivia, JP=[], ORG=[])
    tx = world.souk.table.transaction()
    create_subscription(tx, world.subscription(company, ACME).model_copy(update={"id": "1", "organization_id": DESIGN}))
    tx.commit()

    def publish(entity: str = "JP", action: str = "NEW", at: str | None = None) -> str:
        """Fan out an event to the company and its team, and return its id."""
        detail = {
            "id": new_id(),
            "occurredAt": at or stamp(CLOCK.market()),
            "payload": {"entity": entity, "action": action, "id": "77"},
            "audience": [ACME, DESIGN],
        }
        world.fan_out(detail)
        return str(detail["id"])

    before = stamp(CLOCK.market())
    CLOCK.wait(seconds=1)
    suspend(world.souk.table, ACME)
    told = [publish("ORG", "SUSPEND"), publish(at=before)]  # the bus keeps no order
    noted = publish()
    CLOCK.wait(seconds=1)
    reactivate(world.souk.table, ACME)
    told.append(publish())
    world.deliver()
    for subscription in (company, "1"):
        states = {one.event_id: one.state for one in world.deliveries(subscription)}
        assert states == {**dict.fromkeys(told, DeliveryState.DELIVERED), noted: DeliveryState.FAILED}
    replayed = world.olivia.call(REPLAY, {"id": company, "range": {"rangeStart": before}})
    assert replayed.data["replayWebhooks"] == 4
    world.wait(timedelta(seconds=1))
    assert {one.state for one in world.deliveries(company)} == {DeliveryState.DELIVERED}
