"""What webhooks have of a person: the subscriptions that they made."""

from collections.abc import Iterator
from datetime import datetime

from souk.domains.identity.commands.own_companies import organizations_of, own_organizations
from souk.domains.webhooks.commands.reviewing import end_review
from souk.domains.webhooks.store import delete_subscription, subscriptions_of
from souk.graph.personal import PersonalData, PersonalFile, Row, row_of, rows_of
from souk.storage import Table

_SECRET = ("salt", "former_salts", "review_opened")


def _subscriptions(table: Table, user_id: str) -> Iterator[Row]:
    for organization_id in organizations_of(table, user_id):
        found = subscriptions_of(table, organization_id)
        yield from (row_of(one, *_SECRET) for one in found if one.created_by_id == user_id)


def erase(table: Table, user_id: str, _now: datetime) -> Iterator[None]:
    """Delete the subscriptions of the person's own companies."""
    for organization_id in own_organizations(table, user_id):
        for subscription in subscriptions_of(table, organization_id):
            tx = table.transaction()
            end_review(tx, table, subscription, None)
            delete_subscription(tx, subscription)
            tx.commit()
            yield


PERSONAL = PersonalData(
    stays="Subscriptions of companies with other members. Deliveries hold ids and no names, and expire within 30 days.",
    files=(
        PersonalFile(
            "webhooks", "The webhook subscriptions that you made, without their secrets.", rows_of(_subscriptions)
        ),
    ),
    erase=erase,
)
