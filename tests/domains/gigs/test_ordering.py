"""Ordering gigs: what an order makes, who can, and that it is made once."""

from collections import Counter as Count
from datetime import timedelta
from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.domains.ledger.model import AccountKind
from souk.domains.ledger.store import BOOKINGS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import CLIENT_RECORDS, FREELANCER_RECORDS, RELATIONS
from souk.storage import Transaction
from souk.values.errors import Conflict
from tests.support.api import person
from tests.support.audit import audit
from tests.support.clock import CLOCK
from tests.support.worlds.gig_orders import BIGGER, PRICE, Counter
from tests.support.worlds.gigs import CREATE_DRAFT, DELETE, NOBODYS, OFFERS, PAUSE, complete
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, OLIVIA, RIVAL, SOFIA, STUDIO


def in_days(days: int) -> str:
    return (CLOCK.market() + timedelta(days=days)).date().isoformat()


def booked(counter: Counter) -> list[tuple[str, int, str]]:
    found = [BOOKINGS.decode(item) for item in counter.items() if item["SK"]["S"] == "BOOKING"]
    return [(one.kind, one.amount, one.deal.currency) for one in found]


def test_who_pays_on_account_gets_a_funded_contract_at_once(counter: Counter) -> None:
    before = len(counter.told("OFFER", "MILESTONE", "GIG"))
    answer = counter.ask(requirements="  In green.\r\nA fox. ").data["orderGig"]
    assert answer["contract"] | {"id": ""} == {
        "id": "",
        "title": "Draw a logo",
        "status": "ACTIVE",
        "deliveryModel": "CATALOG_PROJECT",
    }
    assert (answer["milestone"]["state"], answer["milestone"]["checkout"]) == ("Active", None)
    contract, milestone = counter.contract(answer["contract"]["id"]), counter.milestone(answer["milestone"]["id"])
    assert (contract.currency, contract.description, contract.term.price) == ("MAD", "In green.\nA fox.", PRICE)
    assert (contract.parties.client_user_id, contract.parties.client_team_id) == (OLIVIA, ACME)
    assert (contract.parties.vendor_user_id, contract.parties.vendor_team_id) == (SOFIA, STUDIO)
    assert (contract.job_id, contract.proposal_id, contract.changed_as) == (None, None, "CATALOG_PROJECT")
    assert (milestone.deposit, milestone.escrow, milestone.charged_fee) == (PRICE, PRICE, 1_253)
    assert (milestone.revisions, milestone.due, milestone.contract_id) == (2, in_days(3), contract.id)
    assert (milestone.description, milestone.instructions) == ("Basic logo", "One logo, black and white.")
    offer = counter.offer(contract.offer_id)
    assert (offer.state, offer.contract_id, offer.source_id) == ("Committed", contract.id, counter.gig_id)
    assert booked(counter) == [("Escrow Funding", PRICE, "MAD")]
    assert counter.on(AccountKind.FUNDS) == -PRICE - 1_253
    assert sorted(counter.told("OFFER", "MILESTONE", "GIG")[before:]) == [
        ("GIG", "ORDER"),
        ("MILESTONE", "REFRESH"),
        ("OFFER", "ACCEPTED"),
        ("OFFER", "CREATE"),
    ]
    audit(counter.souk.table)


def test_it_counts_as_being_hired(counter: Counter) -> None:
    first, _ = counter.ordered()
    second, _ = counter.ordered()
    table = counter.souk.table
    assert table.read_tally(CLIENT_RECORDS, ACME).hires == 2
    assert table.read_tally(FREELANCER_RECORDS, SOFIA).contracts == 2
    relation = table.get(RELATIONS, RelationKind.CLIENT, ACME, SOFIA)
    assert relation is not None
    assert (relation.record_id, relation.title) == (second.id, "Draw a logo")
    assert first.id != second.id


def test_the_larger_packages_while_they_are_offered(counter: Counter) -> None:
    counter.price(standard={"description": "Five logos.", **BIGGER})
    _, milestone = counter.ordered(tier="standard")
    assert (milestone.deposit, milestone.due, milestone.revisions) == (90_000, in_days(40), 1)
    refused = counter.ask(tier="premium")
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "basic, standard" in refused.error["message"]
    assert counter.sofia.call(OFFERS, {"gigId": counter.gig_id, "offersMultiplePackages": False}).data
    assert counter.ask(tier="standard").code == "UNPROCESSABLE_CONTENT"
    assert len(counter.contracts()) == 1


def test_what_was_ordered_stays_when_the_gig_changes(counter: Counter) -> None:
    contract, milestone = counter.ordered()
    assert counter.sofia.call(DELETE, {"gigId": counter.gig_id}).data
    assert counter.contract(contract.id) == contract
    assert counter.milestone(milestone.id) == milestone


def test_a_team_orders_for_itself(counter: Counter) -> None:
    contract, _ = counter.ordered(counter.liam, clientTeamId=DESIGN)
    assert (contract.parties.client_team_id, contract.parties.client_company_id) == (DESIGN, ACME)


# Who cannot, and what cannot be ordered


def test_who_may_not_bind_the_client(counter: Counter) -> None:
    for who, team in (
        (counter.max, DESIGN),
        (counter.liam, ACME),
        (counter.liam, BUILD),
        (counter.omar, ACME),
        (counter.sofia, STUDIO),
        (counter.sofia, ACME),
        (counter.olivia, RIVAL),
        (counter.olivia, "1"),
    ):
        answer = counter.ask(who, clientTeamId=team)
        assert answer.code == "FORBIDDEN", (who.user_id, team)
    assert counter.contracts() == []


def test_what_is_not_published_is_not_there(counter: Counter) -> None:
    draft, finished = counter.sofia.call(CREATE_DRAFT).data["createDraft"]["id"], complete(counter.sofia)
    assert counter.sofia.call(PAUSE, {"gigId": counter.gig_id}).data
    answers = [counter.ask(gigId=one).error for one in (NOBODYS, draft, finished, counter.gig_id)]
    assert counter.sofia.call(DELETE, {"gigId": counter.gig_id}).data
    answers.append(counter.ask().error)
    first, *others = [(one["message"], one["extensions"]["code"]) for one in answers]
    assert first == ("Gig not found", "NOT_FOUND")
    assert others == [first] * 4
    assert counter.contracts() == []


def test_nobody_orders_from_their_own_people(counter: Counter) -> None:
    person(counter.souk, SOFIA, DESIGN, company_id=ACME, role=Role.MEMBER)
    assert counter.ask().code == "UNPROCESSABLE_CONTENT"
    person(counter.souk, SOFIA, RIVAL)
    owner = person(counter.souk, SOFIA, RIVAL)
    assert counter.ask(owner, clientTeamId=RIVAL).code == "UNPROCESSABLE_CONTENT"
    assert counter.contracts() == []


HOSTILE = ["", "#", "1#GIG", "\0", "x" * 5_000, "é", "' OR 1=1", "NUMBER#1", "OF#505"]


@pytest.mark.parametrize("text", HOSTILE)
def test_ids_of_nothing(counter: Counter, text: str) -> None:
    assert counter.ask(gigId=text).code == "NOT_FOUND"
    assert counter.ask(clientTeamId=text).code == "FORBIDDEN"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"requirements": "x" * 20_001}, "input.requirements"),
        ({"requirements": "\0"}, "input.requirements"),
        ({"requirements": "\u202eevil"}, "input.requirements"),
        ({"requirements": "\u200b"}, "input.requirements"),
        ({"idempotencyKey": "k" * 201}, "input.idempotencyKey"),
    ],
)
def test_what_is_said_wrongly_is_named(counter: Counter, given: dict[str, Any], path: str) -> None:
    answer = counter.ask(**given)
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert [one["path"] for one in answer.error["extensions"]["fields"]] == [path]
    assert counter.contracts() == []


def test_requirements_that_say_nothing(counter: Counter) -> None:
    assert counter.ordered(requirements=" \n ")[0].description is None
    assert counter.ordered(requirements="<script>alert(1)</script>")[0].description == "<script>alert(1)</script>"


# Once


def test_the_same_key_again_is_the_same_contract(counter: Counter) -> None:
    given: dict[str, Any] = {"idempotencyKey": "order #1 / é", "requirements": "A fox."}
    first = counter.ask(**given).data
    assert counter.ask(**given).data == first
    assert counter.ask(counter.olivia, **given).data == first
    assert counter.sofia.call(PAUSE, {"gigId": counter.gig_id}).data
    assert counter.ask(**given).data == first
    assert len(counter.contracts()) == 1
    assert len(booked(counter)) == 1


def test_the_same_key_for_something_else(counter: Counter) -> None:
    counter.ordered(idempotencyKey="once")
    others: list[dict[str, Any]] = [{"requirements": "A fox."}, {"tier": "premium"}, {"gigId": NOBODYS}]
    for other in others:
        assert counter.ask(idempotencyKey="once", **other).code == "CONFLICT"
    wanted = counter.offer_input(idempotencyKey="once", metadata={"sourceType": "Direct", "occupationId": "1"})
    assert counter.create(wanted).code == "CONFLICT"
    assert counter.rivals(idempotencyKey="once")["contract"]["id"] != counter.contracts()[0].id
    assert Count(one.parties.client_company_id for one in counter.contracts()) == {ACME: 1, RIVAL: 1}


def test_without_a_key_each_is_an_order(counter: Counter) -> None:
    counter.ordered()
    counter.ordered(idempotencyKey="")
    assert len(counter.contracts()) == 2


@pytest.fixture
def first(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list of what is done, each once, right before the next transactions are committed."""
    assert counter.olivia  # who has her token already
    waiting: list[Any] = []
    commit = Transaction.commit

    def after_others(tx: Transaction) -> None:
        if waiting:
            waiting.pop()()
        commit(tx)

    monkeypatch.setattr(Transaction, "commit", after_others)
    return waiting


def test_of_two_orders_with_one_key_at_once_one_is_made(counter: Counter, first: list[Any]) -> None:
    earlier: list[Any] = []
    first.append(lambda: earlier.append(counter.ask(idempotencyKey="once").data))
    later = counter.ask(idempotencyKey="once").data
    assert [later] == earlier
    assert len(counter.contracts()) == 1
    audit(counter.souk.table)


def test_of_two_requests_with_one_key_at_once_one_wins(counter: Counter, first: list[Any]) -> None:
    first.append(lambda: counter.ordered(idempotencyKey="once", requirements="A fox."))
    assert counter.ask(idempotencyKey="once").code == "CONFLICT"
    assert [one.description for one in counter.contracts()] == ["A fox."]


@pytest.mark.parametrize("change", [PAUSE, DELETE])
def test_nothing_is_ordered_that_is_hidden_at_the_same_time(counter: Counter, first: list[Any], change: str) -> None:
    first.append(lambda: counter.sofia.call(change, {"gigId": counter.gig_id}))
    assert counter.ask(idempotencyKey="once").code == Conflict.code
    assert counter.contracts() == []
    assert booked(counter) == []
    audit(counter.souk.table)


def test_the_price_is_the_one_that_was_read(counter: Counter, first: list[Any]) -> None:
    first.append(lambda: counter.price(standard={"description": "Five logos.", **BIGGER}))
    assert counter.ask().code == "CONFLICT"
    assert counter.ordered()[1].deposit == PRICE
