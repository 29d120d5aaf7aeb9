"""Webhooks: administrators manage their organization's subscriptions, which are hidden from all others."""

from typing import Any

from tests.authority.row import Row, common, own, refused, sees, shows
from tests.authority.webhooks import DELIVERY, REVIEWED, SERVED
from tests.authority.world import OPERATOR

_SUBSCRIPTION = "{ id url events { entity actions } state stateReason createdDateTime organization { id name } }"
_DELIVERY = "{ id eventId entity action entityId state attempts { statusCode error durationMs } }"
_GOVERNORS = refused("FORBIDDEN")
"""The outcome for callers who are not administrators of their organization."""


def _row(field: str, document: str, shows: str, strangers: Any, **variables: Any) -> Row:
    return Row(
        field=field,
        document=document,
        variables=variables,
        shows=shows,
        strangers=strangers,
        colleague=_GOVERNORS,
        roleless=_GOVERNORS,
    )


def _about(field: str, selected: str, shows: str, *, argument: str = "id", id_: str = SERVED) -> Row:
    """Return the row of a mutation with an id."""
    document = f"mutation ($id: ID!) {{ {field}({argument}: $id) {selected} }}"
    return _row(f"Mutation.{field}", document, shows, refused("NOT_FOUND"), id=id_)


ROWS = (
    Row(
        field="Query.webhookEventCatalog",
        document="{ webhookEventCatalog { entity name actions } }",
        shows="REFRESH",
        strangers=shows('"GIG"'),  # freelancers and agencies see less
        rival=common,
        colleague=common,
        roleless=common,
    ),
    _row("Query.webhookSubscriptions", f"{{ webhookSubscriptions {_SUBSCRIPTION} }}", "canary-host-of-served", own),
    _row(
        "Query.webhookSubscription",
        f"query ($id: ID!) {{ webhookSubscription(id: $id) {_SUBSCRIPTION} }}",
        "canary-host-of-served",
        sees(value=None),
        id=SERVED,
    ),
    _row(
        "Query.webhookDeliveries",
        f"""query ($filter: WebhookDeliveryFilter!) {{
          webhookDeliveries(filter: $filter) {{ totalCount edges {{ node {_DELIVERY} }} }}
        }}""",
        "canary-error-of-delivery",
        refused("NOT_FOUND"),
        filter={"subscriptionId_eq": SERVED},
    ),
    Row(
        field="Mutation.createWebhookSubscription",
        document=f"""mutation ($input: CreateWebhookSubscriptionInput!) {{
          createWebhookSubscription(input: $input) {{ secret subscription {_SUBSCRIPTION} }}
        }}""",
        variables={"input": {"url": "https://hooks.souk.test/", "events": [{"entity": "OFFER", "actions": []}]}},
        shows="whsec_",
        strangers=refused("FORBIDDEN"),
        rival=own,
    ),
    _row(
        "Mutation.updateWebhookSubscription",
        f"""mutation ($input: UpdateWebhookSubscriptionInput!) {{
          updateWebhookSubscription(input: $input) {_SUBSCRIPTION}
        }}""",
        '"state":"DISABLED"',
        refused("NOT_FOUND"),
        input={"id": SERVED, "enabled": False},
    ),
    _about("deleteWebhookSubscription", "", '"deleteWebhookSubscription":true'),
    _about("rotateWebhookSecret", f"{{ secret subscription {_SUBSCRIPTION} }}", "whsec_"),
    Row(
        field="Mutation.reviewWebhookSubscription",
        document=f"mutation ($id: ID!) {{ reviewWebhookSubscription(id: $id, approve: true) {_SUBSCRIPTION} }}",
        variables={"id": REVIEWED},
        shows='"state":"ACTIVE"',
        strangers=refused("FORBIDDEN"),
        owner=OPERATOR,
    ),
    _about("sendTestWebhook", _DELIVERY, '"action":"TEST"'),
    _about("redeliverWebhook", _DELIVERY, "canary-offer-of-delivery", argument="deliveryId", id_=DELIVERY),
    _row(
        "Mutation.replayWebhooks",
        "mutation ($id: ID!) { replayWebhooks(subscriptionId: $id, timeRange: {}) }",
        '"replayWebhooks":1',
        refused("NOT_FOUND"),
        id=SERVED,
    ),
)
