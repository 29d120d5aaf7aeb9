"""Making offers: the stored fields, and refused inputs."""

from datetime import timedelta
from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.domains.agreements.model import Payroll, PayType, RateIncrease
from souk.domains.contracts.rules.limits import limit_of_week
from souk.domains.contracts.store import CONTRACTS
from souk.domains.customfields.store import SHEETS
from souk.domains.identity.store import create_user
from souk.domains.jobs.model import Status
from souk.domains.market.model import Activity
from souk.domains.market.store import ACTIVITY
from souk.domains.offers.model import HourlyPay, OfferKind, OfferState, Place, SourceType, StipendPay
from souk.domains.offers.rules.creating import LIFETIME, MAX_TITLE
from souk.domains.proposals.model import ClientStatus, VendorStatus
from souk.storage import Table
from souk.values.times import stamp
from tests.support.api import person
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import ACME, DESIGN, LIAM, LISBON, OLIVIA, RIVAL, SERVICE, SOFIA, STUDIO, user
from tests.support.worlds.offers import FIXED, HOURLY, OffersWorld

USD = "USD"


def problem_paths(world: OffersWorld, wanted: dict[str, Any]) -> set[str]:
    """Return the paths of the problems in an error."""
    answer = world.try_offer(wanted)
    assert answer.code == "UNPROCESSABLE_CONTENT", answer.json
    return {one["path"].removeprefix("offerInput.") for one in answer.error["extensions"].get("fields", [])}


def test_hourly_offer_from_posting(world: OffersWorld) -> None:
    job = world.post_job()
    made = world.stored_offer(world.make_offer(job, description="As we said.\n\nTen hours.", closeOnAccept=True))
    assert (made.state, made.kind, made.pay) == (OfferState.ACTIVE, OfferKind.VANILLA, PayType.HOURLY)
    assert made.hourly == HourlyPay(rate=4_500, weekly_limit=20)
    assert (made.job_id, made.source_type, made.source_id) == (job, SourceType.JOB_POSTING, job)
    assert (made.title, made.description) == ("Keep our servers running", "As we said.\n\nTen hours.")
    assert made.close_on_accept
    assert made.parties.vendor_user_id == SOFIA
    assert (made.parties.client_user_id, made.parties.client_team_id) == (OLIVIA, ACME)
    assert world.events_of("OFFER") == [("OFFER", "CREATE")]
    assert world.souk.table.read_tally(ACTIVITY, job).offered == 1


def test_zero_is_a_limit_and_null_is_none(world: OffersWorld) -> None:
    for limit, hours in (("0", 0), (None, None), ("168", 168)):
        terms = {"hourlyRateTerms": {**HOURLY["hourlyRateTerms"], "weeklyLimit": limit, "manualTimeAllowed": True}}
        made = world.stored_offer(world.make_offer(world.post_job(), **terms))
        assert made.hourly == HourlyPay(rate=4_500, weekly_limit=hours, manual_time_allowed=True)


def test_fixed_price_offer_has_milestones(world: OffersWorld) -> None:
    id_ = world.make_offer(world.post_job(by_the_hour=False), **FIXED)
    made, milestones = world.stored_offer(id_), world.milestones(id_)
    assert (made.pay, made.budget, made.hourly) == (PayType.FIXED, 100_000, None)
    assert made.milestone_ids == tuple(one.id for one in milestones)
    assert [(one.sequence, one.deposit, one.state, one.due) for one in milestones] == [
        (1, 60_000, "InOffer", "2030-01-31"),
        (2, 40_000, "InOffer", None),
    ]
    assert world.events_of("MILESTONE") == [("MILESTONE", "REFRESH")] * 2


def test_offer_with_stipend_agrees_on_a_rate_too(world: OffersWorld) -> None:
    """Hours are paid beside the stipend. There is no weekly limit, and no manual time until the client allows it."""
    money = {"amount": "20000", "currency": USD}
    terms = {"stipendTerms": {"stipend": money, "vendorRate": {**money, "amount": "3000"}, "period": "Weekly"}}
    made = world.stored_offer(world.make_offer(world.post_job(), **terms))
    assert (made.hourly, made.stipend) == (HourlyPay(rate=3_000), StipendPay(amount=20_000))
    contract = world.souk.table.get(CONTRACTS, world.accept_offer(made.id))
    assert contract is not None
    assert (contract.term.rate, contract.term.stipend, contract.term.manual_time_allowed) == (3_000, 20_000, False)
    assert limit_of_week(contract, "2099-01-05") is None


def test_offer_for_proposal(world: OffersWorld) -> None:
    job = world.post_job()
    proposal = world.add_proposal(job)
    source = {"sourceType": "JobApplication", "sourceId": proposal.id, "jobPostingId": job}
    made = world.stored_offer(world.make_offer(job, metadata=source))
    moved = world.stored_proposal(proposal.id)
    assert (made.proposal_id, moved.offer_id) == (proposal.id, made.id)
    assert (moved.client_status, moved.vendor_status) == (ClientStatus.OFFERED, VendorStatus.OFFERED)
    assert world.events_of("Vendor JA", "Client JA") == [("Vendor JA", "ClientOffer"), ("Client JA", "ClientAccept")]


def test_offer_for_posting_links_undecided_proposal(world: OffersWorld) -> None:
    job = world.post_job()
    proposal = world.add_proposal(job)
    assert world.stored_offer(world.make_offer(job)).proposal_id == proposal.id
    assert world.stored_proposal(proposal.id).client_status is ClientStatus.OFFERED


def test_direct_offer(world: OffersWorld) -> None:
    made = world.stored_offer(world.make_offer(metadata={"sourceType": "Direct", "occupationId": SERVICE}))
    assert (made.job_id, made.occupation_id, made.currency) == (None, SERVICE, USD)
    world.make_offer(metadata={"sourceType": "Direct", "occupationId": SERVICE})  # each direct offer stands alone


def test_other_fields_are_stored(world: OffersWorld) -> None:
    made = world.stored_offer(
        world.make_offer(
            world.post_job(),
            scheduledRateIncrease={"rate": "2.50", "cadenceMonths": 6},
            customFields=[{"key": "cost centre", "value": "4711"}],
            offerLocation={
                "workType": "PERMANENT",
                "country": "Germany",
                "city": "Berlin",
                "flexible": True,
                "address": {"addressLine": "Rosenweg 1", "suite": "2", "zip": "10999"},
            },
            offerPayroll={"talentCloudId": world.cloud_of_sofia(), "assets": ["laptop"]},
            contractStartDateTime="2030-02-01T09:00:00+0100",
            contractEndDateTime="2030-03-01T09:00:00+0100",
        )
    )
    assert made.rate_increase == RateIncrease(by=250, cadence_months=6)
    sheet = world.souk.table.get(SHEETS, made.id)
    assert sheet is not None
    assert [(one.label, one.value) for one in sheet.answers] == [("cost centre", "4711")]
    assert made.place == Place(
        work_type="PERMANENT",
        country="DE",
        city="Berlin",
        flexible=True,
        address_line="Rosenweg 1",
        suite="2",
        zip="10999",
    )
    assert made.payroll == Payroll(talent_cloud_id="77", assets=("laptop",))
    assert made.starts == "2030-02-01T08:00:00.000Z"
    assert made.ends is None  # the contract: ignored where it is no enterprise's


def test_enterprise_offer_needs_start_and_end_within_180_days(world: OffersWorld) -> None:
    wanted = world.offer_input(world.post_job(), kind="Enterprise")
    assert problem_paths(world, wanted) == {"contractStartDateTime"}
    wanted |= {"contractStartDateTime": "2030-01-01", "contractEndDateTime": "2030-07-01"}
    assert problem_paths(world, wanted) == {"contractEndDateTime"}
    wanted |= {"contractEndDateTime": "2030-06-30"}
    made = world.stored_offer(world.try_offer(wanted).data["createOffer"]["offer"]["id"])
    assert (made.starts, made.ends) == ("2030-01-01T00:00:00.000Z", "2030-06-30T00:00:00.000Z")
    raise_ = {"rate": "1", "cadenceMonths": 1}
    assert problem_paths(world, {**wanted, "scheduledRateIncrease": raise_}) == {"scheduledRateIncrease"}


def test_offer_expires_when_its_work_would_end(world: OffersWorld) -> None:
    today, soon = (CLOCK.market() + timedelta(days=days) for days in (0, 3))
    dates = {"contractStartDateTime": stamp(today), "contractEndDateTime": stamp(soon)}
    made = world.stored_offer(world.make_offer(world.post_job(), kind="Enterprise", **dates))
    assert made.expires == made.ends == stamp(soon)
    world.souk.run_due(soon)
    assert world.stored_offer(made.id).state is OfferState.EXPIRED


def test_only_enterprises_make_enterprise_offers(world: OffersWorld) -> None:
    metadata = {"sourceType": "Direct", "occupationId": SERVICE}
    wanted = world.offer_input(clientTeamId=RIVAL, kind="Enterprise", metadata=metadata)
    wanted |= {"contractStartDateTime": "2030-01-01"}
    answer = world.try_offer(wanted, world.omar)
    assert {one["path"] for one in answer.error["extensions"]["fields"]} == {"offerInput.kind"}


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"title": " "}, ["title"]),
        ({"title": "x" * (MAX_TITLE + 1)}, ["title"]),
        ({"title": "a\u202eb"}, ["title"]),
        ({"description": "\0"}, ["description"]),
        ({"idempotencyKey": "k" * 201}, ["idempotencyKey"]),
        ({"hourlyRateTerms": None}, ["hourlyRateTerms"]),
        (FIXED, ["hourlyRateTerms"]),
        ({"contractStartDateTime": "tomorrow"}, ["contractStartDateTime"]),
        ({"contractStartDateTime": "9" * 5_000}, ["contractStartDateTime"]),
        ({"attachments": ["1"]}, ["attachments.0"]),
        ({"attachments": ["1", "1"]}, ["attachments"]),
        ({"customFields": [{"key": "", "value": "x"}]}, ["customFields.0.key"]),
        ({"customFields": [{"key": "k", "value": "x"}] * 51}, ["customFields"]),
        ({"offerLocation": {"country": "Atlantis"}}, ["offerLocation.country"]),
        ({"offerPayroll": {"assets": ["x", ""]}}, ["offerPayroll.assets.1"]),
        ({"offerPayroll": {"assets": ["x"] * 51}}, ["offerPayroll.assets"]),
        ({"offerPayroll": {"purchaseOrderId": "7" * 5_000}}, ["offerPayroll.purchaseOrderId"]),
        ({"offerPayroll": {"talentCloudId": "7\0"}}, ["offerPayroll.talentCloudId"]),
        ({"scheduledRateIncrease": {"rate": "-1", "cadenceMonths": 6}}, ["scheduledRateIncrease.rate"]),
        ({"scheduledRateIncrease": {"rate": "0.00", "cadenceMonths": 6}}, ["scheduledRateIncrease.rate"]),
        ({"scheduledRateIncrease": {"rate": "9" * 12, "cadenceMonths": 6}}, ["scheduledRateIncrease.rate"]),
        ({"scheduledRateIncrease": {"rate": "1"}}, ["scheduledRateIncrease.cadenceMonths"]),
    ],
)
def test_problem_names_field(world: OffersWorld, changes: dict[str, Any], paths: list[str]) -> None:
    wanted = {**world.offer_input(world.post_job()), **HOURLY, **changes}
    assert problem_paths(world, wanted) == set(paths)
    assert world.events_of("OFFER") == []


@pytest.mark.parametrize("amount", ["0", "-1", "45.00", "1e3", "", "9" * 50, "٣"])
def test_invalid_amount_is_refused(world: OffersWorld, amount: str) -> None:
    terms = {"hourlyRateTerms": {"vendorRate": {"amount": amount, "currency": USD}}}
    assert problem_paths(world, world.offer_input(world.post_job(), **terms)) == {"hourlyRateTerms.vendorRate.amount"}


@pytest.mark.parametrize("limit", ["-1", "169", "1.5", "", "9999999"])
def test_limit_is_at_most_168_hours(world: OffersWorld, limit: str) -> None:
    terms = {"hourlyRateTerms": {**HOURLY["hourlyRateTerms"], "weeklyLimit": limit}}
    assert problem_paths(world, world.offer_input(world.post_job(), **terms)) == {"hourlyRateTerms.weeklyLimit"}


def test_milestones_must_sum_to_budget_in_posting_currency(world: OffersWorld) -> None:
    job = world.post_job(by_the_hour=False)
    terms = FIXED["milestoneTerms"]
    more = {"milestoneTerms": {**terms, "budget": {"amount": "100001", "currency": USD}}}
    assert problem_paths(world, world.offer_input(job, **more)) == {"milestoneTerms.budget"}
    none = {"milestoneTerms": {**terms, "milestoneList": []}}
    assert problem_paths(world, world.offer_input(job, **none)) == {"milestoneTerms.milestoneList"}
    euro = {"hourlyRateTerms": {"vendorRate": {"amount": "1", "currency": "EUR"}}}
    assert problem_paths(world, world.offer_input(job, **euro)) == {"hourlyRateTerms.vendorRate.currency"}


def test_invalid_source_is_refused(world: OffersWorld) -> None:
    job, rivals = world.post_job(), world.post(world.omar, RIVAL)
    proposal = world.add_proposal(job)
    for source in (
        {"sourceType": "Direct"},
        {"sourceType": "Direct", "occupationId": "1"},
        {"sourceType": "Direct", "occupationId": SERVICE, "sourceId": job},
        {"sourceType": "JobPosting"},
        {"sourceType": "JobPosting", "sourceId": rivals},
        {"sourceType": "JobPosting", "sourceId": job, "jobPostingId": rivals},
        {"sourceType": "JobPosting", "sourceId": "x#y\0" * 1_000},
        {"sourceType": "JobApplication", "sourceId": proposal.id},
        {"sourceType": "JobApplication", "sourceId": "1", "jobPostingId": job},
        {"sourceType": "JobApplication", "sourceId": proposal.id, "jobPostingId": world.post_job()},
    ):
        assert world.try_offer(world.offer_input(metadata=source)).code == "UNPROCESSABLE_CONTENT", source


def test_vendor_must_be_freelancer_and_not_colleague(world: OffersWorld) -> None:
    job = world.post_job()
    for vendor in (
        {"userId": SOFIA, "teamId": RIVAL},
        {"userId": LIAM, "teamId": STUDIO},
        {"userId": OLIVIA, "teamId": ACME},
        {"userId": "0", "teamId": STUDIO},
        {"userId": SOFIA, "teamId": "#"},
    ):
        answer = world.try_offer(world.offer_input(job, vendorUser=vendor))
        assert answer.code == "UNPROCESSABLE_CONTENT"
        assert "vendorUser" in answer.error["message"]


def test_former_colleague_can_be_hired(world: OffersWorld) -> None:
    colleague = person(world.souk, SOFIA, DESIGN, company_id=ACME, role=Role.MEMBER)
    assert world.try_offer(world.offer_input(world.post_job())).code == "UNPROCESSABLE_CONTENT"
    world.end_membership(colleague)
    assert world.try_offer(world.offer_input(world.post_job())).data


def test_former_or_inactive_vendor_cannot_be_hired(world: OffersWorld) -> None:
    offer = world.make_offer(world.post_job())
    world.change_organization(STUDIO, active=False)
    assert world.try_offer(world.offer_input(world.post_job())).code == "UNPROCESSABLE_CONTENT"
    world.change_organization(STUDIO, active=True)
    assert world.try_accept(offer).data
    world.end_membership(world.sofia)
    assert world.try_offer(world.offer_input(world.post_job())).code == "UNPROCESSABLE_CONTENT"


def test_service_account_cannot_be_hired(world: OffersWorld) -> None:
    robot = user("666", "Robot", STUDIO, LISBON).model_copy(update={"service": True})
    tx = Table(world.souk.table.client, world.souk.table.name, CLOCK, writes=("",)).transaction()
    create_user(tx, robot)
    tx.commit()
    assert person(world.souk, robot.id, STUDIO, role=Role.MEMBER).token
    vendor = {"userId": robot.id, "teamId": STUDIO}
    assert world.try_offer(world.offer_input(world.post_job(), vendorUser=vendor)).code == "UNPROCESSABLE_CONTENT"


def test_only_client_leaders_make_offers(world: OffersWorld) -> None:
    job = world.post_job()
    for who in (world.max, world.omar, world.sofia):
        assert world.try_offer(world.offer_input(job), who).code == "FORBIDDEN"
    assert world.try_offer(world.offer_input(job, clientTeamId=DESIGN), world.liam).code == "UNPROCESSABLE_CONTENT"
    own = world.post(world.liam, DESIGN)
    assert world.try_offer(world.offer_input(own, clientTeamId=DESIGN), world.liam).data


def test_second_open_offer_for_posting_conflicts(world: OffersWorld) -> None:
    job = world.post_job()
    world.make_offer(job)
    answer = world.try_offer(world.offer_input(job))
    assert answer.code == "CONFLICT"
    assert world.events_of("OFFER") == [("OFFER", "CREATE")]


def test_offer_for_closed_posting_conflicts(world: OffersWorld) -> None:
    job = world.post_job()
    world.olivia.call("mutation ($id: ID!) { closeJobPosting(id: $id) { id } }", {"id": job})
    assert world.try_offer(world.offer_input(job)).code == "CONFLICT"


def test_repeated_key_returns_first_offer(world: OffersWorld) -> None:
    job = world.post_job()
    wanted = world.offer_input(job, idempotencyKey="once")
    first, second = world.try_offer(wanted), world.try_offer(wanted)
    assert first.data == second.data
    assert world.try_offer({**wanted, "title": "Another"}).code == "CONFLICT"
    assert world.events_of("OFFER") == [("OFFER", "CREATE")]
    assert LIFETIME.days == 14


def test_repeated_key_returns_offer_in_any_state(world: OffersWorld) -> None:
    job = world.post_job()
    proposal = world.add_proposal(job)
    source = {"sourceType": "JobApplication", "sourceId": proposal.id, "jobPostingId": job}
    wanted = world.offer_input(metadata=source, idempotencyKey="once", closeOnAccept=True)
    first = world.try_offer(wanted)
    world.accept_offer(first.data["createOffer"]["offer"]["id"])
    world.souk.run_due()
    assert world.stored_job(job).status is Status.FILLED
    assert world.try_offer(wanted).data == first.data
    assert world.try_offer({**wanted, "title": "Another"}).code == "CONFLICT"


def test_idempotency_keys_are_per_company(world: OffersWorld) -> None:
    key = {"idempotencyKey": "once"}
    world.make_offer(world.post_job(), **key)
    theirs = world.post(world.omar, RIVAL)
    assert world.try_offer(world.offer_input(theirs, clientTeamId=RIVAL, **key), world.omar).data
    assert world.events_of("OFFER") == [("OFFER", "CREATE")] * 2


def test_ended_offer_restores_posting_counts(world: OffersWorld) -> None:
    job = world.post_job()
    offer = world.make_offer(job)
    world.olivia.call(
        "mutation ($input: WithdrawOfferInput!) { withdrawOffer(input: $input) }", {"input": {"offerId": offer}}
    )
    assert world.souk.table.read_tally(ACTIVITY, job) == Activity()
    assert world.make_offer(job)
