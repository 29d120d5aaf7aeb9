"""Ordering gigs: the result, permissions and idempotency."""

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
from tests.support.worlds.gig_orders import BIGGER, PRICE, GigOrdersWorld
from tests.support.worlds.gigs import CREATE_DRAFT, DELETE, NOBODYS, OFFERS, PAUSE, complete
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, OLIVIA, RIVAL, SOFIA, STUDIO


def in_days(days: int) -> str:
    return (CLOCK.market() + timedelta(days=days)).date().isoformat()


def booked(orders_world: GigOrdersWorld) -> list[tuple[str, int, str]]:
    found = [BOOKINGS.decode(item) for item in orders_world.items() if item["SK"]["S"] == "BOOKING"]
    return [(one.kind, one.amount, one.deal.currency) for one in found]


def test_client_on_account_gets_funded_contract(orders_world: GigOrdersWorld) -> None:
    before = len(orders_world.events_of("OFFER", "MILESTONE", "GIG"))
    answer = orders_world.try_order(requirements="  In green.\r\nA fox. ").data["orderGig"]
    assert answer["contract"] | {"id": ""} == {
        "id": "",
        "title": "Draw a logo",
        "status": "ACTIVE",
        "deliveryModel": "CATALOG_PROJECT",
    }
    assert (answer["milestone"]["state"], answer["milestone"]["checkout"]) == ("Active", None)
    contract, milestone = (
        orders_world.stored_contract(answer["contract"]["id"]),
        orders_world.stored_milestone(answer["milestone"]["id"]),
    )
    assert (contract.currency, contract.description, contract.term.price) == ("MAD", "In green.\nA fox.", PRICE)
    assert (contract.parties.client_user_id, contract.parties.client_team_id) == (OLIVIA, ACME)
    assert (contract.parties.vendor_user_id, contract.parties.vendor_team_id) == (SOFIA, STUDIO)
    assert (contract.job_id, contract.proposal_id, contract.changed_as) == (None, None, "CATALOG_PROJECT")
    assert (milestone.deposit, milestone.escrow, milestone.charged_fee) == (PRICE, PRICE, 1_253)
    assert (milestone.revisions, milestone.due, milestone.contract_id) == (2, in_days(3), contract.id)
    assert (milestone.description, milestone.instructions) == ("Basic logo", "One logo, black and white.")
    offer = orders_world.stored_offer(contract.offer_id)
    assert (offer.state, offer.contract_id, offer.source_id) == ("Committed", contract.id, orders_world.gig_id)
    assert booked(orders_world) == [("Escrow Funding", PRICE, "MAD")]
    assert orders_world.balance(AccountKind.FUNDS) == -PRICE - 1_253
    assert sorted(orders_world.events_of("OFFER", "MILESTONE", "GIG")[before:]) == [
        ("GIG", "ORDER"),
        ("MILESTONE", "REFRESH"),
        ("OFFER", "ACCEPTED"),
        ("OFFER", "CREATE"),
    ]
    audit(orders_world.souk.table)


def test_order_counts_as_hire(orders_world: GigOrdersWorld) -> None:
    first, _ = orders_world.order()
    second, _ = orders_world.order()
    table = orders_world.souk.table
    assert table.read_tally(CLIENT_RECORDS, ACME).hires == 2
    assert table.read_tally(FREELANCER_RECORDS, SOFIA).contracts == 2
    relation = table.get(RELATIONS, RelationKind.CLIENT, ACME, SOFIA)
    assert relation is not None
    assert (relation.record_id, relation.title) == (second.id, "Draw a logo")
    assert first.id != second.id


def test_larger_packages_can_be_ordered_while_offered(orders_world: GigOrdersWorld) -> None:
    orders_world.set_packages(standard={"description": "Five logos.", **BIGGER})
    _, milestone = orders_world.order(tier="standard")
    assert (milestone.deposit, milestone.due, milestone.revisions) == (90_000, in_days(40), 1)
    refused = orders_world.try_order(tier="premium")
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "basic, standard" in refused.error["message"]
    assert orders_world.sofia.call(OFFERS, {"gigId": orders_world.gig_id, "offersMultiplePackages": False}).data
    assert orders_world.try_order(tier="standard").code == "UNPROCESSABLE_CONTENT"
    assert len(orders_world.contracts()) == 1


def test_order_keeps_terms_when_gig_changes(orders_world: GigOrdersWorld) -> None:
    contract, milestone = orders_world.order()
    assert orders_world.sofia.call(DELETE, {"gigId": orders_world.gig_id}).data
    assert orders_world.stored_contract(contract.id) == contract
    assert orders_world.stored_milestone(milestone.id) == milestone


def test_team_can_order(orders_world: GigOrdersWorld) -> None:
    contract, _ = orders_world.order(orders_world.liam, clientTeamId=DESIGN)
    assert (contract.parties.client_team_id, contract.parties.client_company_id) == (DESIGN, ACME)


# Who cannot, and what cannot be ordered


def test_only_client_leaders_order(orders_world: GigOrdersWorld) -> None:
    for who, team in (
        (orders_world.max, DESIGN),
        (orders_world.liam, ACME),
        (orders_world.liam, BUILD),
        (orders_world.omar, ACME),
        (orders_world.sofia, STUDIO),
        (orders_world.sofia, ACME),
        (orders_world.olivia, RIVAL),
        (orders_world.olivia, "1"),
    ):
        answer = orders_world.try_order(who, clientTeamId=team)
        assert answer.code == "FORBIDDEN", (who.user_id, team)
    assert orders_world.contracts() == []


def test_unpublished_gig_is_not_found(orders_world: GigOrdersWorld) -> None:
    draft, finished = orders_world.sofia.call(CREATE_DRAFT).data["createDraft"]["id"], complete(orders_world.sofia)
    assert orders_world.sofia.call(PAUSE, {"gigId": orders_world.gig_id}).data
    answers = [orders_world.try_order(gigId=one).error for one in (NOBODYS, draft, finished, orders_world.gig_id)]
    assert orders_world.sofia.call(DELETE, {"gigId": orders_world.gig_id}).data
    answers.append(orders_world.try_order().error)
    first, *others = [(one["message"], one["extensions"]["code"]) for one in answers]
    assert first == ("Gig not found", "NOT_FOUND")
    assert others == [first] * 4
    assert orders_world.contracts() == []


def test_order_from_colleague_is_refused(orders_world: GigOrdersWorld) -> None:
    person(orders_world.souk, SOFIA, DESIGN, company_id=ACME, role=Role.MEMBER)
    assert orders_world.try_order().code == "UNPROCESSABLE_CONTENT"
    person(orders_world.souk, SOFIA, RIVAL)
    owner = person(orders_world.souk, SOFIA, RIVAL)
    assert orders_world.try_order(owner, clientTeamId=RIVAL).code == "UNPROCESSABLE_CONTENT"
    assert orders_world.contracts() == []


def test_former_colleague_takes_orders(orders_world: GigOrdersWorld) -> None:
    orders_world.end_membership(person(orders_world.souk, SOFIA, DESIGN, company_id=ACME, role=Role.MEMBER))
    assert orders_world.try_order().data


def test_former_member_of_vendor_takes_no_orders(orders_world: GigOrdersWorld) -> None:
    orders_world.end_membership(orders_world.sofia)
    assert orders_world.try_order().code == "CONFLICT"


HOSTILE = ["", "#", "1#GIG", "\0", "x" * 5_000, "é", "' OR 1=1", "NUMBER#1", "OF#505"]


@pytest.mark.parametrize("text", HOSTILE)
def test_unknown_ids_are_refused(orders_world: GigOrdersWorld, text: str) -> None:
    assert orders_world.try_order(gigId=text).code == "NOT_FOUND"
    assert orders_world.try_order(clientTeamId=text).code == "FORBIDDEN"


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
def test_invalid_order_is_refused(orders_world: GigOrdersWorld, given: dict[str, Any], path: str) -> None:
    answer = orders_world.try_order(**given)
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert [one["path"] for one in answer.error["extensions"]["fields"]] == [path]
    assert orders_world.contracts() == []


def test_blank_requirements_are_null(orders_world: GigOrdersWorld) -> None:
    assert orders_world.order(requirements=" \n ")[0].description is None
    assert orders_world.order(requirements="<script>alert(1)</script>")[0].description == "<script>alert(1)</script>"


# Once


def test_repeated_key_returns_same_contract(orders_world: GigOrdersWorld) -> None:
    given: dict[str, Any] = {"idempotencyKey": "order #1 / é", "requirements": "A fox."}
    first = orders_world.try_order(**given).data
    assert orders_world.try_order(**given).data == first
    assert orders_world.try_order(orders_world.olivia, **given).data == first
    assert orders_world.sofia.call(PAUSE, {"gigId": orders_world.gig_id}).data
    assert orders_world.try_order(**given).data == first
    assert len(orders_world.contracts()) == 1
    assert len(booked(orders_world)) == 1


def test_key_of_other_order_conflicts(orders_world: GigOrdersWorld) -> None:
    orders_world.order(idempotencyKey="once")
    others: list[dict[str, Any]] = [{"requirements": "A fox."}, {"tier": "premium"}, {"gigId": NOBODYS}]
    for other in others:
        assert orders_world.try_order(idempotencyKey="once", **other).code == "CONFLICT"
    wanted = orders_world.offer_input(idempotencyKey="once", metadata={"sourceType": "Direct", "occupationId": "1"})
    assert orders_world.try_offer(wanted).code == "CONFLICT"
    assert orders_world.order_for_rival(idempotencyKey="once")["contract"]["id"] != orders_world.contracts()[0].id
    assert Count(one.parties.client_company_id for one in orders_world.contracts()) == {ACME: 1, RIVAL: 1}


def test_orders_without_key_are_separate(orders_world: GigOrdersWorld) -> None:
    orders_world.order()
    orders_world.order(idempotencyKey="")
    assert len(orders_world.contracts()) == 2


@pytest.fixture
def first(orders_world: GigOrdersWorld, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list. Each function in it runs once, right before the next transaction commits."""
    assert orders_world.olivia  # who has her token already
    waiting: list[Any] = []
    commit = Transaction.commit

    def after_others(tx: Transaction) -> None:
        if waiting:
            waiting.pop()()
        commit(tx)

    monkeypatch.setattr(Transaction, "commit", after_others)
    return waiting


def test_concurrent_orders_with_one_key_make_one(orders_world: GigOrdersWorld, first: list[Any]) -> None:
    earlier: list[Any] = []
    first.append(lambda: earlier.append(orders_world.try_order(idempotencyKey="once").data))
    later = orders_world.try_order(idempotencyKey="once").data
    assert [later] == earlier
    assert len(orders_world.contracts()) == 1
    audit(orders_world.souk.table)


def test_concurrent_requests_with_one_key_one_wins(orders_world: GigOrdersWorld, first: list[Any]) -> None:
    first.append(lambda: orders_world.order(idempotencyKey="once", requirements="A fox."))
    assert orders_world.try_order(idempotencyKey="once").code == "CONFLICT"
    assert [one.description for one in orders_world.contracts()] == ["A fox."]


@pytest.mark.parametrize("change", [PAUSE, DELETE])
def test_gig_hidden_meanwhile_is_not_ordered(orders_world: GigOrdersWorld, first: list[Any], change: str) -> None:
    first.append(lambda: orders_world.sofia.call(change, {"gigId": orders_world.gig_id}))
    assert orders_world.try_order(idempotencyKey="once").code == Conflict.code
    assert orders_world.contracts() == []
    assert booked(orders_world) == []
    audit(orders_world.souk.table)


def test_price_changed_meanwhile_conflicts(orders_world: GigOrdersWorld, first: list[Any]) -> None:
    first.append(lambda: orders_world.set_packages(standard={"description": "Five logos.", **BIGGER}))
    assert orders_world.try_order().code == "CONFLICT"
    assert orders_world.order()[1].deposit == PRICE
