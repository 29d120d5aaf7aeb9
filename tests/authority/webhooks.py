"""Acme's webhook subscriptions, and a failed delivery."""

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
from tests.authority.secrets import Audience, Secrets
from tests.support.clock import CLOCK, new_id

SERVED, REVIEWED = "7900000000000000001", "7900000000000000002"
"""Subscriptions: active, and in review."""
EVENT: Final = new_id()
DELIVERY: Final = f"{SERVED}-{EVENT}"


@dataclass(frozen=True)
class WebhookRecords:
    """The records, with planted secrets."""

    secrets: Secrets
    organization_id: str
    owner_id: str

    def store(self, table: Table) -> None:
        """Store the records, as the commands do."""
        for id_ in (SERVED, REVIEWED, EVENT):
            self.secrets.keep(Audience.GOVERNING, id_)
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
        salt, former = (self.secrets.plant(Audience.NOBODY, f"{part}-of-{name}") for part in ("salt", "former-salt"))
        return Subscription(
            id=id_,
            organization_id=self.organization_id,
            url=f"https://{self.secrets.plant(Audience.GOVERNING, f'host-of-{name}')}.test/",
            events=(EventFilter(entity="OFFER"),),
            state=state,
            state_reason=self.secrets.plant(Audience.GOVERNING, f"reason-of-{name}"),
            salt=salt,
            former_salts=(FormerSalt(salt=former, until=stamp(now + timedelta(hours=1))),),
            created_by_id=self.owner_id,
            created_date_time=stamp(now),
            modified_date_time=stamp(now),
        )

    def _delivery(self) -> Delivery:
        now = CLOCK.real()
        error = self.secrets.plant(Audience.GOVERNING, "error-of-delivery")
        return Delivery(
            subscription_id=SERVED,
            organization_id=self.organization_id,
            event_id=EVENT,
            entity="OFFER",
            action="CREATE",
            entity_id=self.secrets.plant(Audience.GOVERNING, "offer-of-delivery"),
            state=DeliveryState.FAILED,
            attempts=(Attempt(attempted_date_time=stamp(now), error=error, duration_ms=1),),
            created_date_time=stamp(now),
            expires=int((now + timedelta(days=30)).timestamp()),
        )
