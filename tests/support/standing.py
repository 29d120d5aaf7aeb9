"""Suspends people and companies in the table, as the operators' mutations do."""

from typing import Any

from souk.authentication.standing import ORGANIZATION, PERSON, STANDINGS, Span, Standing, Suspension
from souk.storage import Table
from souk.values.times import stamp
from tests.support.clock import CLOCK


def suspend(table: Table, *company_ids: str, user_id: str | None = None, **facts: Any) -> None:
    """Suspend companies, and a person, from now on."""
    suspension = Suspension(reason="Spam.", since=stamp(CLOCK.market()), by="9")
    _change(table, company_ids, user_id, suspension=suspension, **facts)


def reactivate(table: Table, *company_ids: str, user_id: str | None = None) -> None:
    """End suspensions."""
    _change(table, company_ids, user_id, suspension=None)


def _change(table: Table, company_ids: tuple[str, ...], user_id: str | None, **facts: Any) -> None:
    writable = Table(table.client, table.name, table.clock, writes=("ORG#", "USER#"))
    tx = writable.transaction()
    for kind, id_ in (*((ORGANIZATION, one) for one in company_ids), *([(PERSON, user_id)] if user_id else ())):
        before = table.get(STANDINGS, kind, id_, consistent=True) or Standing(kind=kind, id=id_)
        ended = before.suspension if not facts.get("suspension") else None
        past = (*before.past, Span(since=ended.since, until=stamp(CLOCK.market()))) if ended else before.past
        tx.replace(STANDINGS, before.model_copy(update={"version": before.version + 1, "past": past, **facts}))
    tx.commit()
