"""Queries for everything that the people of a recorded table can read, and the answers of the API."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest

from souk.domains.contracts.store import CONTRACTS
from souk.domains.gigs.search import index as gigs_index
from souk.domains.gigs.search.projection import GigsProjection
from souk.domains.gigs.store import GIGS, NUMBERS
from souk.domains.jobs.search import index as jobs_index
from souk.domains.jobs.search.projection import JobsProjection
from souk.domains.jobs.store import JOBS
from souk.domains.ledger.store import BOOKINGS
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.store import PROPOSALS
from souk.domains.webhooks.store import SUBSCRIPTIONS
from souk.search.indexer import documents
from souk.search.memory import MemoryIndex
from souk.storage import Table
from tests.domains.jobs.test_round_trip import MARKET, OWNER
from tests.domains.offers.test_lists import WHOLE as OFFERS_OF_CLIENT
from tests.domains.offers.test_queries import ONE
from tests.domains.payments.test_history import ROWS
from tests.support.actor import MILESTONE
from tests.support.api import Person
from tests.support.worlds.contracts import DETAILS, OLDER
from tests.support.worlds.gigs import OF_USER, WHOLE
from tests.support.worlds.gigs import SEARCH as GIGS_SEARCH
from tests.support.worlds.jobs import SEARCH as JOBS_SEARCH
from tests.support.worlds.proposals import CLIENTS, VENDORS
from tests.support.worlds.webhooks import DELIVERY, LIST
from tests.upgrade.people import EMAILS, NOAH, OLIVIA, OMAR, People
from tests.upgrade.release import Item, RecordedAnswer
from tests.upgrade.stored_items import entities

Query = tuple[str, dict[str, Any]]

_TIME: Final = re.compile(r"(?P<second>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{3})?(Z|\+0000)")
_DATE_TIMES: Final = {"createdDateTime", "modifiedDateTime"}
"""Fields of the type DateTime; fields of other types with these names are texts."""
_DAY: Final = 86_400

_ME: Final = """{ user { id name email photoUrl } organization { id name type legacyType
  company { id displayName } } companySelector { items { title organizationId } } }"""
_KEYS: Final = """{ apiKeys { id name description organization { id } createdBy { id } scopes { id } grants redirectUris
  state rotationMonths createdDateTime } }"""
_MILESTONES: Final = f"""query ($id: ID!) {{ contractDetails(id: $id) {{
  terms {{ fixedPriceTerms {{ milestones {MILESTONE} }} }} }} }}"""
_DELIVERIES: Final = f"""query ($filter: WebhookDeliveryFilter!) {{
  webhookDeliveries(filter: $filter, pagination: {{first: 50}}) {{ totalCount edges {{ node {{ {DELIVERY} }} }} }} }}"""
_LINKS: Final = "link afsFileLink"
"""Download links of files, which depend on the time."""


def use_search_indexes(table: Table, items: Iterable[Item], patch: pytest.MonkeyPatch) -> None:
    """Search in indexes that are rebuilt from the table."""
    stored = list(items)
    jobs, gigs = MemoryIndex(jobs_index.INDEX), MemoryIndex(gigs_index.INDEX)
    jobs.rebuild(documents(JobsProjection(table), [one.id for one in entities(stored, JOBS)]))
    gigs.rebuild(documents(GigsProjection(table), [one.number for one in entities(stored, NUMBERS)]))
    patch.setattr(jobs_index, "reader", lambda: jobs)
    patch.setattr(gigs_index, "reader", lambda: gigs)


def record_answers(people: People, items: list[Item]) -> list[RecordedAnswer]:
    """Run all queries of all people, and return them with the answers."""
    return [
        RecordedAnswer(email, query, variables, answer(people.persons[email], query, variables))
        for email in EMAILS
        for query, variables in _queries(people, email, items)
    ]


def answer(person: Person, query: str, variables: dict[str, Any]) -> Any:
    """Return the answer to a query that must succeed."""
    return person.call(query, variables).data


def _queries(people: People, email: str, items: list[Item]) -> Iterator[Query]:
    me = people.persons[email]
    yield _ME, {}
    for contract in entities(items, CONTRACTS):
        if me.user_id in (contract.parties.client_user_id, contract.parties.vendor_user_id):
            yield f"query ($id: ID!) {{ contractDetails(id: $id) {DETAILS} }}", {"id": contract.id}
            yield _MILESTONES, {"id": contract.id}
            yield f"query ($id: ID!) {{ contract(id: $id) {OLDER} }}", {"id": contract.term.id}
    for offer in entities(items, OFFERS):
        if me.user_id in (offer.parties.client_user_id, offer.parties.vendor_user_id):
            yield ONE, {"id": offer.id}
    for proposal in entities(items, PROPOSALS):
        if me.user_id == proposal.parties.client_user_id:
            yield f"query ($id: ID!) {{ clientProposal(id: $id) {CLIENTS} }}", {"id": proposal.id}
        elif me.user_id == proposal.parties.vendor_user_id:
            yield f"query ($id: ID!) {{ vendorProposal(id: $id) {VENDORS} }}", {"id": proposal.id}
    yield from _history(people, email, items)
    yield from _of_clients(me, items) if email in (OLIVIA, OMAR) else _of_freelancers(me, items)
    if email == NOAH:
        yield from (
            (MARKET, {"id": job.id}) for job in entities(items, JOBS) if job.published and job.access == "PUBLIC_INDEX"
        )


def _of_clients(me: Person, items: list[Item]) -> Iterator[Query]:
    for job in entities(items, JOBS):
        if job.owner_id == me.user_id:
            yield OWNER.replace(_LINKS, ""), {"id": job.id}
    yield OFFERS_OF_CLIENT, {}
    yield _KEYS, {}
    yield LIST, {}
    for one in entities(items, SUBSCRIPTIONS):
        if one.organization_id == me.organization_id:
            yield _DELIVERIES, {"filter": {"subscriptionId_eq": one.id}}
    yield GIGS_SEARCH.replace("cursor", "").replace("pageInfo { endCursor hasNextPage }", ""), {"filter": {}}


def _of_freelancers(me: Person, items: list[Item]) -> Iterator[Query]:
    yield JOBS_SEARCH.replace("cursor", "").replace("pageInfo { endCursor hasNextPage }", ""), {"filter": {}}
    for gig in entities(items, GIGS):
        if gig.owner_id == me.user_id and gig.status != "deleted":
            yield f"query ($id: ID!) {{ gig(id: $id) {WHOLE} }}", {"id": gig.id}
    yield OF_USER, {"id": me.user_id}


def _history(people: People, email: str, items: list[Item]) -> Iterator[Query]:
    me = people.persons[email]
    days = sorted(one.at[:10] for one in entities(items, BOOKINGS))
    span = {"rangeStart": days[0], "rangeEnd": days[-1]}
    accounts = {"aceIds_any": [me.organization_id], "transactionDateTime_bt": span}
    yield "{ accountingEntity { id } }", {}
    yield ROWS, {"filter": accounts}


def in_one_form(answer: Any) -> Any:
    """Return an answer with times in one form, because releases after 0.1.0 write some of them in another.

    Postings have times without milliseconds, with the offset `+0000`. `DateTime.rawValue` is in milliseconds since
    1970; before, it was in seconds of the day. `manualTimeAllowed` is left out: contracts of enterprises always allow
    it, and show that since.
    """
    if isinstance(answer, list):
        return [in_one_form(one) for one in answer]
    if isinstance(answer, str) and (time := _TIME.fullmatch(answer)):
        return time["second"]
    if not isinstance(answer, dict):
        return answer
    return {
        name: _second_of_day(value["rawValue"])
        if name in _DATE_TIMES and isinstance(value, dict) and "rawValue" in value
        else in_one_form(value)
        for name, value in answer.items()
        if name != "manualTimeAllowed"
    }


def _second_of_day(raw: str) -> int:
    number = int(raw)
    return number if number < _DAY else number // 1000 % _DAY
