"""What Acme has asked to be told of, and one delivery that failed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from souk.domains.webhooks.model import (
    Attempt,
    Delivery,
    DeliveryState,
    EventFilter,
    FormerSalt,
    Subscription,
    SubscriptionState,
)
from souk.domains.webhooks.store import DELIVERIES, create_subscription
from souk.storage import Table
from souk.values.times import stamp
from tests.authority.secrets import Circle, Secrets
from tests.support.clock import CLOCK, new_id

SERVED, REVIEWED = "7900000000000000001", "7900000000000000002"
"""Subscriptions: one that is served, one that waits for the operator."""
EVENT: Final = new_id()
DELIVERY: Final = f"{SERVED}-{EVENT}"


@dataclass(frozen=True)
class Hooks:
    """The records, with the secrets that they hold."""

    secrets: Secrets
    organization_id: str
    owner_id: str

    def settle(self, table: Table) -> None:
        """Put all of it into the table, as the commands and functions would."""
        for id_ in (SERVED, REVIEWED, EVENT):
            self.secrets.keep(Circle.GOVERNING, id_)
        for one in (
            self._subscription(SERVED, "served", SubscriptionState.ACTIVE),
            self._subscription(REVIEWED, "reviewed", SubscriptionState.REVIEW),
        ):
            tx = table.transaction()
            create_subscription(tx, one)
            tx.commit()
        tx = table.transaction()
        tx.create(DELIVERIES, self._delivery())
        tx.commit()

    def _subscription(self, id_: str, name: str, state: SubscriptionState) -> Subscription:
        now = CLOCK.real()
        salt, former = (self.secrets.plant(Circle.NOBODY, f"{part}-of-{name}") for part in ("salt", "former-salt"))
        return Subscription(
            id=id_,
            organization_id=self.organization_id,
            url=f"https://{self.secrets.plant(Circle.GOVERNING, f'host-of-{name}')}.test/",
            events=(EventFilter(entity="OFFER"),),
            state=state,
            state_reason=self.secrets.plant(Circle.GOVERNING, f"reason-of-{name}"),
            salt=salt,
            former_salts=(FormerSalt(salt=former, until=stamp(now + timedelta(hours=1))),),
            created_by_id=self.owner_id,
            created_date_time=stamp(now),
            modified_date_time=stamp(now),
        )

    def _delivery(self) -> Delivery:
        now = CLOCK.real()
        error = self.secrets.plant(Circle.GOVERNING, "error-of-delivery")
        return Delivery(
            subscription_id=SERVED,
            organization_id=self.organization_id,
            event_id=EVENT,
            entity="OFFER",
            action="CREATE",
            entity_id=self.secrets.plant(Circle.GOVERNING, "offer-of-delivery"),
            state=DeliveryState.FAILED,
            attempts=(Attempt(attempted_date_time=stamp(now), error=error, duration_ms=1),),
            created_date_time=stamp(now),
            expires=int((now + timedelta(days=30)).timestamp()),
        )
