"""The webhooks of an organization: `/developer/webhooks`, and the forms that create and change one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from souk.console.site import PageError, Visit
from souk.values.errors import NotFound
from souk.web import Response

WEBHOOKS: Final = "/developer/webhooks"
_FORM: Final = "developer/webhook_form.html"
_FIELDS: Final = {"url": "url", "events": "event"}
"""The fields of the form, by their paths in the inputs."""


def show_webhooks(visit: Visit) -> Response:
    """GET: show the subscriptions of the organization."""
    answer = visit.run("developer/webhooks")
    if answer.error and answer.error.code != "FORBIDDEN":
        raise PageError(answer.error)
    if answer.error:
        return visit.render("developer/webhooks.html", manages=False, webhooks=[])
    # Operators also get those of others that wait for a review, which is their console's.
    own = answer.data["organization"]["id"]
    catalog = answer.data["webhookEventCatalog"]
    shown = [
        one | {"host": host_of(one), "words": in_words(one["events"], catalog)}
        for one in answer.data["webhookSubscriptions"]
        if one["organization"]["id"] == own
    ]
    return visit.render("developer/webhooks.html", manages=True, webhooks=shown)


def show_new(visit: Visit) -> Response:
    """GET: show the empty form."""
    catalog = visit.ask("developer/webhook_catalog")["webhookEventCatalog"]
    return visit.render(_FORM, webhook=None, groups=_groups(catalog, frozenset()))


def process_new(visit: Visit) -> Response:
    """POST: create a subscription, and show its secret once."""
    values = visit.http.values("event")
    new = {"url": visit.fields.get("url", "").strip(), "events": _filters(values)}
    answer = visit.run("developer/create_webhook", input=new)
    if answer.error:
        catalog = visit.ask("developer/webhook_catalog")["webhookEventCatalog"]
        groups = _groups(catalog, frozenset(values))
        return visit.render_errors(_FORM, answer.error, _FIELDS, webhook=None, groups=groups)
    made = answer.data["createWebhookSubscription"]
    path = f"{WEBHOOKS}/{made['subscription']['id']}"
    return visit.show_once(path, {"secret": made["secret"]}, said="webhook-created")


def show_edit(visit: Visit) -> Response:
    """GET: show the form with the values of a subscription."""
    webhook, catalog = find_webhook(visit)
    groups = _groups(catalog, _values(webhook["events"]))
    return visit.render(_FORM, webhook=webhook, groups=groups, form=_form(webhook, webhook["url"]))


def process_edit(visit: Visit) -> Response:
    """POST: change a subscription. One that somebody changed meanwhile needs another look."""
    webhook, catalog = find_webhook(visit)
    values = visit.http.values("event")
    if visit.fields.get("version") != webhook["modifiedDateTime"]:
        form, groups = _form(webhook, visit.fields.get("url", "")), _groups(catalog, frozenset(values))
        return visit.render(_FORM, status=409, webhook=webhook, groups=groups, form=form, conflict=True)
    change = {"id": webhook["id"], "url": visit.fields.get("url", "").strip(), "events": _filters(values)}
    answer = visit.run("developer/change_webhook", input=change)
    if answer.error:
        groups = _groups(catalog, frozenset(values))
        return visit.render_errors(_FORM, answer.error, _FIELDS, webhook=webhook, groups=groups)
    state = answer.data["updateWebhookSubscription"]["state"]
    moved = state == "REVIEW" and webhook["state"] != "REVIEW"
    return visit.redirect(f"{WEBHOOKS}/{webhook['id']}", said="webhook-in-review" if moved else "webhook-changed")


def _form(webhook: Mapping[str, Any], url: str) -> dict[str, str]:
    """Return the fields of the form, with the version that it was read at."""
    return {"url": url, "version": webhook["modifiedDateTime"]}


def find_webhook(visit: Visit) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    """Return the subscription of the address, and the catalog of events.

    Raises NotFound, also for those of other organizations, which operators read elsewhere.
    """
    data = visit.ask("developer/webhook", id=visit.parameters["id"])
    return webhook_of(data), data["webhookEventCatalog"]


def webhook_of(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the subscription of an answer, with its host and its events in words. Raises NotFound."""
    webhook: Mapping[str, Any] | None = data["webhookSubscription"]
    if webhook is None or webhook["organization"]["id"] != data["organization"]["id"]:
        raise NotFound("This webhook does not exist, or it belongs to another organization.")
    words = in_words(webhook["events"], data["webhookEventCatalog"])
    return {**webhook, "host": host_of(webhook), "words": words}


def host_of(webhook: Mapping[str, Any]) -> str:
    """Return the host of a subscription's address."""
    address: str = webhook["url"]
    return urlsplit(address).hostname or address


def in_words(events: Iterable[Mapping[str, Any]], catalog: Iterable[Mapping[str, Any]]) -> str:
    """Return the events of a subscription as people read them, such as `Job postings, Offer (CREATE)`."""
    names = {one["entity"]: one["name"] for one in catalog}
    return ", ".join(
        names.get(one["entity"], one["entity"]) + (f" ({', '.join(one['actions'])})" if one["actions"] else "")
        for one in events
    )


def _filters(values: Iterable[str]) -> list[dict[str, Any]]:
    """Return the events of checked boxes: `ENTITY` for all of an entity, which wins, or `ENTITY:ACTION`."""
    chosen: dict[str, list[str] | None] = {}
    for value in values:
        entity, _, action = value.partition(":")
        actions = chosen.setdefault(entity, [])
        if not action:
            chosen[entity] = None
        elif actions is not None:
            actions.append(action)
    return [{"entity": entity, "actions": actions or []} for entity, actions in chosen.items()]


@dataclass(frozen=True, slots=True)
class _Group:
    """The boxes of an entity's events."""

    entity: str
    name: str
    all: bool
    """Whether the box of all its events is checked."""
    actions: tuple[tuple[str, bool], ...]
    """Its actions, each with whether its box is checked."""

    @property
    def chosen(self) -> int:
        """The number of checked actions."""
        return sum(checked for _, checked in self.actions)


def _groups(catalog: Iterable[Mapping[str, Any]], chosen: Collection[str]) -> list[_Group]:
    """Return the boxes of the form. `chosen` are the values of checked ones."""
    return [
        _Group(
            one["entity"],
            one["name"],
            one["entity"] in chosen,
            tuple((action, f"{one['entity']}:{action}" in chosen) for action in one["actions"]),
        )
        for one in catalog
    ]


def _values(events: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the boxes that stand for events."""
    return frozenset(
        value
        for one in events
        for value in ([f"{one['entity']}:{action}" for action in one["actions"]] or [one["entity"]])
    )
