"""A scenario of hiring and payments that reaches every state and leaves deadlines of every kind open."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest

from souk.domains.contracts.store import contract_by_id
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.payments import deployment
from souk.domains.payments.deployment import provider
from souk.domains.payments.model import PaymentOrder
from souk.domains.payments.providers.port import PaymentStatus, Report
from souk.domains.payments.providers.sandbox import Sandbox
from souk.domains.payments.providers.stripe import NAME, Stripe
from souk.domains.payments.store import ORDERS
from souk.domains.payments.web import application
from souk.domains.time.model import Timesheet, WeekRun
from souk.domains.time.rules import weeks
from souk.domains.time.store import BILL, CHARGE, WRITE_OFF, save_timesheet, schedule_bill, week_id
from souk.runtime.settings import payment_settings
from souk.storage import Table
from souk.values.errors import SoukError
from souk.values.times import stamp
from souk.web.signing import Signer
from tests.accounts.browser import Browser
from tests.support import scenarios
from tests.support.actor import CREATE_OFFER, Actor, fixed, hourly
from tests.support.api import Souk, operator
from tests.support.clock import CLOCK
from tests.support.stripe_account import API_KEY, WEBHOOK_SECRET, StripeAccount
from tests.upgrade.people import MIA, NOAH, OLIVIA, OMAR, SOFIA, People

CLOSE_JOB: Final = "mutation ($id: ID!, $reason: ID) { closeJobPosting(id: $id, reasonId: $reason) { id } }"
DECLINE: Final = "mutation ($input: DeclineOfferInput!) { declineOffer(input: $input) }"
WITHDRAW: Final = "mutation ($input: WithdrawOfferInput!) { withdrawOffer(input: $input) }"
CHECKOUT: Final = """mutation ($input: ActivateMilestoneInput) {
  activateMilestone(input: $input) { id state checkout { id url } } }"""
BONUS: Final = "mutation ($input: CustomPaymentInput) { sendCustomPayment(input: $input) { invoiceId } }"
REVERSE: Final = "mutation ($input: ReverseBookingInput!) { reverseBooking(input: $input) { id } }"
REFUND: Final = "mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) { id } }"
ADD_ACTIVITY: Final = """mutation ($org: ID!, $request: AddTeamActivityRequest!) {
  addTeamActivity(orgId: $org, request: $request) { id } }"""
ARCHIVE_ACTIVITY: Final = """mutation ($org: ID!, $codes: [String!]!) {
  archiveTeamActivity(orgId: $org, codes: $codes) { success } }"""
TIME_SETTINGS: Final = """mutation ($input: UpdateContractTimeSettingsInput!) {
  updateContractTimeSettings(input: $input) { contractId } }"""
DISPUTE_WEEK: Final = "mutation ($input: DisputeTimesheetInput!) { disputeTimesheet(input: $input) { state } }"
ANSWER_DISPUTE: Final = """mutation ($input: AnswerTimesheetDisputeInput!) {
  answerTimesheetDispute(input: $input) { state } }"""
REFUND_HOURS: Final = "mutation ($input: RefundHoursInput!) { refundHours(input: $input) { state } }"
TRACK_TIME: Final = "mutation ($input: TrackTimeInput!) { trackTime(input: $input) { cells { outcome } } }"
UPDATE_TIME: Final = "mutation ($input: UpdateTimeInput!) { updateTime(input: $input) { minutes } }"
_CURSOR_KEY: Final = b"a key that only tests use"


def browser(souk: Souk) -> Browser:
    """Return a browser for checkout pages."""
    return Browser(
        application(souk.tables["contracts"], Signer(lambda: _CURSOR_KEY), provider), base="https://localhost"
    )


def payment_order(table: Table, order_id: str) -> PaymentOrder:
    """Return a stored payment."""
    order = table.get(ORDERS, order_id, consistent=True)
    assert order is not None
    return order


def offer_input_with_key(client: Actor, freelancer: Actor, job_id: str) -> dict[str, Any]:
    """Return the input of an offer with an idempotency key, the same on each call."""
    return client.offer_input(
        freelancer,
        {"sourceType": "JobPosting", "sourceId": job_id},
        idempotencyKey="an offer of the release before",
        contractStartDateTime="2099-01-01T08:00:00Z",
        scheduledRateIncrease={"rate": "2.50", "cadenceMonths": 6},
        **hourly("5000"),
    )


@contextmanager
def stripe_payments(patch: pytest.MonkeyPatch) -> Iterator[StripeAccount]:
    """Set up payments by Stripe, with an empty account."""
    account = StripeAccount()
    with patch.context() as inner:
        inner.setattr(deployment, "stripe", lambda table: Stripe(table, API_KEY, WEBHOOK_SECRET, account))
        inner.setenv("SOUK_PAYMENTS", NAME)
        payment_settings.cache_clear()
        yield account
    payment_settings.cache_clear()


# Replacements of providers' methods. Their names are written as `method.__name__`, so that mypy notices a renaming.


def _raise_timeout(*_: object) -> Report:
    raise SoukError("The payment provider cannot be reached now, or did not answer clearly.")


def _charge_and_time_out(self: Sandbox, order: PaymentOrder) -> Report:
    self.settle(order, PaymentStatus.PAID)
    return _raise_timeout()


def _crash(*_: object) -> None:
    raise KeyboardInterrupt


@dataclass(frozen=True)
class HiringScenario:
    """What each part of the scenario creates: jobs, offers, contracts and payments."""

    souk: Souk
    people: People
    patch: pytest.MonkeyPatch

    @property
    def _acme(self) -> Actor:
        return self.people.actors[OLIVIA]

    @property
    def _rival(self) -> Actor:
        return self.people.actors[OMAR]

    @property
    def _sofia(self) -> Actor:
        return self.people.actors[SOFIA]

    @property
    def _noah(self) -> Actor:
        return self.people.actors[NOAH]

    def run_finished(self) -> None:
        """Create work that the clock has finished: expired and cancelled offers, archived proposals."""
        unanswered = self._acme.post_job("An offer that nobody answers", hourly=True)
        self._acme.offer(unanswered, None, self._noah, **hourly("3000"))
        later = CLOCK.market() + timedelta(days=60)
        self.souk.run_due(weeks.closes(weeks.monday_of(later.date())) + timedelta(days=1))  # weeks can be disputed
        job = self._acme.post_job("A job that comes to nothing", hourly=False)
        self._noah.propose(job, "900.00")
        self._acme.offer(job, None, self._sofia, **fixed(30_000))
        self._acme.answer(CLOSE_JOB, id=job)
        filled = self._acme.post_job("A job that somebody was hired for", hourly=False)
        self._acme.answer(CLOSE_JOB, id=filled, reason="1901")
        self.souk.run_due(CLOCK.market() + timedelta(minutes=5))

    def run(self) -> None:
        """Create everything else. The clock does not run after this."""
        scenarios.hourly_contract(scenarios.Cast(self._acme, self._sofia, self._rival), "Catalogue of moths")
        scenarios.fixed_price_contract(
            scenarios.Cast(self._acme, self.people.actors[MIA], self._rival), "Catalogue of beetles"
        )
        self._jobs()
        self._offers()
        self._proposals()
        self._contracts()
        self._time()
        self._weeks()
        self._pay_on_account()
        self._pay_by_checkout()
        self._pay_too_late()
        self._pay_back_to_the_card()
        with stripe_payments(self.patch) as account:
            self._pay_by_stripe(account)

    # Before a contract

    def _jobs(self) -> None:
        info = {"status": "DRAFT"}
        self._acme.post_job("A draft", hourly=True, **info)
        self._acme.answer(CLOSE_JOB, id=self._acme.post_job("A draft that is thrown away", hourly=False, **info))

    def _offers(self) -> None:
        job = self._acme.post_job("Offers of all kinds", hourly=True)
        self._acme.answer(CREATE_OFFER, input=offer_input_with_key(self._acme, self._noah, job))
        refused = self._acme.offer(job, None, self.people.actors[MIA], **hourly("3000"))
        self.people.actors[MIA].answer(DECLINE, input={"offerId": refused["id"], "reasonId": "2003", "message": "No."})
        withdrawn = self._acme.offer(job, None, self._sofia, **fixed(10_000, 20_000))
        self._acme.answer(WITHDRAW, input={"offerId": withdrawn["id"]})
        again = self._acme.offer(job, None, self._sofia, **fixed(40_000))
        assert again["milestoneTerms"]["milestones"]
        filled = self._acme.post_job("Closed as somebody is hired", hourly=True)
        self.people.actors[MIA].propose(filled, "30.00")
        proposal = self._noah.propose(filled, "40.00")
        self._noah.accept(self._acme.offer(filled, proposal, self._noah, **hourly("4000"), closeOnAccept=True)["id"])
        closed = self._acme.post_job("Closed with an offer", hourly=True)
        self.people.actors[MIA].propose(closed, "35.00")
        self._acme.offer(closed, None, self._noah, **hourly("4100"))
        self._acme.answer(CLOSE_JOB, id=closed)

    def _proposals(self) -> None:
        job = self._acme.post_job("Proposals of all kinds", hourly=False)
        read, declined, withdrawn = (
            freelancer.propose(job, amount)
            for freelancer, amount in (
                (self._sofia, "800.00"),
                (self._noah, "950.00"),
                (self.people.actors[MIA], "1100.00"),
            )
        )
        request = {"proposalId": read, "jobPostingId": job}
        self._acme.shortlist(job, read)
        self._acme.write_to(job, read, "Could you begin in May?")
        self._acme.answer(
            """mutation ($request: ClientProposalReadRequest) {
              markClientProposalAsRead(clientProposalReadRequest: $request) { status } }""",
            request=request,
        )
        self._acme.answer(
            """mutation ($request: ClientProposalDeclineRequest) {
              declineClientProposal(clientProposalDeclineRequest: $request) { status } }""",
            request=request | {"proposalId": declined, "message": "Another time."},
        )
        self.people.actors[MIA].answer(
            """mutation ($input: WithdrawJobProposalInput!) { withdrawJobProposal(input: $input) { id } }""",
            input={"id": withdrawn, "reasonId": "1102", "message": "Sorry"},
        )
        invited = self._acme.post_job("Somebody is asked", hourly=False, access="ACCESS_PRIVATE")
        self._acme.invite(invited, self._sofia)
        refused = self._acme.invite(invited, self._noah)
        self._noah.answer(
            "mutation ($input: DeclineJobInvitationInput!) { declineJobInvitation(input: $input) }",
            input={"invitationId": refused, "reasonId": "1002"},
        )
        offered = self._acme.post_job("A proposal with an offer", hourly=True)
        self._acme.offer(offered, self._sofia.propose(offered, "61.00"), self._sofia, **hourly("6000"))

    # Contracts

    def _hired(self, client: Actor, freelancer: Actor, title: str, **terms: Any) -> Any:
        job = client.post_job(title, hourly="hourlyRateTerms" in terms)
        return freelancer.accept(client.offer(job, None, freelancer, **terms)["id"])

    def _contracts(self) -> None:
        raised = hourly("4500") | {"scheduledRateIncrease": {"rate": "5.00", "cadenceMonths": 2}}
        self._activities(self._hired(self._acme, self._sofia, "The rate rises", **raised)["id"])
        paused = self._hired(self._acme, self._noah, "Paused", **hourly("4500"))["id"]
        self._acme.answer(
            'mutation ($id: ID!) { pauseContract(contractId: $id, message: "A break") { success } }', id=paused
        )
        ended = self._hired(self._acme, self._noah, "Reviewed by one side", **hourly("4500"))["id"]
        self._noah.end_as_freelancer(ended, scenarios.HOURLY_DONE)
        self._acme.review(ended, 4, "On time.")

    def _activities(self, contract_id: str) -> None:
        """Add an activity that lists a contract, one with a rule, and an archived one; and set how time is logged."""
        for request in (
            {"code": "wings", "contractIds": [contract_id], "budget": 1200.5},
            {"code": "everything", "batchAssignment": "allInTopLevelOrg"},
            {"code": "legs"},
        ):
            self._acme.answer(ADD_ACTIVITY, org=self._acme.organization_id, request={"description": "Moths", **request})
        self._acme.answer(ARCHIVE_ACTIVITY, org=self._acme.organization_id, codes=["legs"])
        settings = {"contractId": contract_id, "manualTimeAllowed": True, "hideScreenshots": True}
        self._acme.answer(TIME_SETTINGS, input=settings)

    def _time(self) -> None:
        """Track time on a contract, and change some of it."""
        contract_id = self._hired(self._acme, self._sofia, "Worked by the hour", **hourly("4500"))["id"]
        CLOCK.wait(hours=1)
        now = CLOCK.market()
        start = now - timedelta(minutes=30 + now.minute % 10, seconds=now.second, microseconds=now.microsecond)
        first, second = (stamp(start + timedelta(minutes=minutes)) for minutes in (0, 10))
        cells = [{"startDateTime": one, "memo": "Moths", "activeWindowTitle": "Wings"} for one in (first, second)]
        self._sofia.answer(TRACK_TIME, input={"contractId": contract_id, "cells": cells})
        period = {"startDateTime": first, "endDateTime": second, "idempotencyKey": "time of the release before"}
        self._sofia.answer(UPDATE_TIME, input={"contractId": contract_id, **period, "memo": "Butterflies"})

    # Money

    def _weeks(self) -> None:
        """Store weeks in every stage, each of a contract of its own."""
        pay = {name: {"amount": "4500", "currency": "USD"} for name in ("stipend", "vendorRate")}
        self._hired(self._acme, self._sofia, "With a stipend", stipendTerms={**pay, "period": "Weekly"})
        given = {}
        for client, freelancer, name in (
            (self._acme, self._sofia, "unbilled"),
            (self._acme, self._noah, "refunded"),
            (self._acme, self._sofia, "disputed"),
            (self._acme, self._noah, "refused"),
            (self._acme, self._noah, "accepted"),
            (self._rival, self._sofia, "charging"),
            (self._rival, self._sofia, "charged"),
            (self._rival, self._sofia, "declined"),
            (self._rival, self._noah, "written off"),
        ):
            contract_id = self._hired(client, freelancer, f"A week that is {name}", **hourly("4002"))["id"]
            given[name] = {"contractId": contract_id, "week": self._work(contract_id)}
        for name, one in given.items():
            stops = {"unbilled": (), "charging": (BILL,), "charged": (BILL,)}
            self._run(stops.get(name, (BILL, CHARGE)), one)
        with self.patch.context() as patch:
            patch.setattr(Sandbox, Sandbox.charge.__name__, _charge_and_time_out)
            with pytest.raises(SoukError):
                self._run((CHARGE,), given["charged"])
        self._run((WRITE_OFF,), given["written off"], timedelta(days=8))
        for name in ("disputed", "refused", "accepted"):
            self._acme.answer(
                DISPUTE_WEEK, input={**given[name], "minutes": 30, "reason": "OTHER", "message": "Moths."}
            )
        for name, accepts in (("refused", False), ("accepted", True)):
            answer = {"accept": accepts, "message": "Butterflies.", "idempotencyKey": name}
            self._noah.answer(ANSWER_DISPUTE, input=given[name] | answer)
        self._noah.answer(REFUND_HOURS, input=given["refunded"] | {"minutes": 10})

    def _work(self, contract_id: str) -> str:
        """Store an hour of work, before the contract's start so that it can be billed. Returns the Monday."""
        table, now = self.souk.table, stamp(CLOCK.market())
        monday = weeks.monday_of(CLOCK.market().date() - weeks.WEEK)
        contract = contract_by_id(table, contract_id)
        assert contract is not None
        tx = table.transaction()
        sheet = Timesheet(
            contract_id=contract_id,
            week=monday.isoformat(),
            parties=contract.parties,
            terms=(contract.term.id,),
            runs=(WeekRun(day=0, term=0, cells=6),),
            created=now,
            modified=now,
        )
        save_timesheet(tx, sheet)
        schedule_bill(tx, contract_id, sheet.week)
        tx.commit()
        return sheet.week

    def _run(self, kinds: Sequence[str], week: Mapping[str, str], later: timedelta = timedelta(0)) -> None:
        """Run deadlines of a week."""
        for kind in kinds:
            id_, now = week_id(week["contractId"], week["week"]), stamp(CLOCK.market() + later)
            self.souk.invoke("time", {"due": {"kind": kind, "id": id_, "now": now}})

    def _milestones(self, contract: Any) -> list[str]:
        terms = contract["terms"]["fixedPriceTerms"][0]
        return [one["id"] for one in terms["milestones"]]

    def _pay_on_account(self) -> None:
        """Acme pays on account, so its milestones are funded at once."""
        contract = self._hired(self._acme, self._sofia, "In five parts", **fixed(*[20_000] * 5))
        active, submitted, rejected, paid, _ = self._milestones(contract)
        for one in (active, submitted, rejected, paid):
            self._acme.activate(one)
        for one in (submitted, rejected, paid):
            events = self._sofia.submit(one, "Here it is.")["submissionEvents"]
        self._acme.approve(paid, paidAmount="15000", underpaymentReason="Half of it was missing.")
        (events,) = (
            one["submissionEvents"]
            for one in self._acme.contract(contract["id"])["terms"]["fixedPriceTerms"][0]["milestones"]
            if one["id"] == rejected
        )
        self._acme.reject(events[0]["submission"]["id"], "A little more blue, please.")
        self._bonus(self._acme, contract, 12.5)
        ended = self._hired(self._acme, self._noah, "Ended by the client", **fixed(10_000, 10_000))
        self._acme.activate(self._milestones(ended)[0])
        self._acme.end_as_client(ended["id"], scenarios.FIXED_DONE)

    def _checkout(self, milestone_id: str) -> Any:
        return self._rival.answer(CHECKOUT, input={"id": milestone_id})["checkout"]

    def _press(self, url: str, decision: str) -> None:
        page = browser(self.souk)
        page.submit(page.get(url), button=f"decision={decision}")

    def _bonus(self, client: Actor, contract: Any, amount: float) -> None:
        client.answer(BONUS, input=self._bonus_input(contract, amount))

    @staticmethod
    def _bonus_input(contract: Any, amount: float) -> dict[str, Any]:
        return {
            "contractId": contract["id"],
            "amount": amount,
            "comment": "Thanks",
            "notes": "From the team's budget",
            "allowSubsequent": True,
        }

    def _refuse_charge(self, charge: Callable[..., Report], query: str, **fields: Any) -> None:
        """Request a payment whose result the provider does not report."""
        with self.patch.context() as patch:
            patch.setattr(Sandbox, Sandbox.charge.__name__, charge)
            assert self._rival.refusal(query, input=fields) == "INTERNAL_SERVER_ERROR"

    def _forget_payment_method(self) -> None:
        """Let Rival's payment method be unverified, so that its first payment verifies it."""
        rival = self.souk.table.get(ORGANIZATIONS, self._rival.organization_id)
        assert rival is not None
        tx = self.souk.table.transaction()
        tx.update(ORGANIZATIONS, rival.model_copy(update={"payment_verification_status": None}))
        tx.commit()

    def _pay_by_checkout(self) -> None:
        """Rival funds milestones on checkout pages, and pays the rest with its saved card."""
        self._forget_payment_method()
        contract = self._hired(self._rival, self._sofia, "In nine parts", **fixed(*[20_000] * 9))
        funded, refused, changed, *rest = self._milestones(contract)
        to_approve, checkouts = rest[:2], rest[2:]
        for one in (funded, *to_approve):
            self._press(self._checkout(one)["url"], "pay")
        self._rival.approve(funded, paidAmount="21000", bonusAmount="500", noteToContractor="Thanks")
        self._press(self._checkout(refused)["url"], "refuse")
        self._checkout(changed)
        self._rival.milestone("editMilestone", "EditMilestoneInput", id=changed, depositAmount="30000")
        for one in checkouts:
            self._checkout(one)
        unreported = self._checkout(checkouts[-1])["id"]
        Sandbox(self.souk.table).settle(payment_order(self.souk.table, unreported), PaymentStatus.PAID)
        approve = "mutation ($input: ApproveMilestoneInput!) { approveMilestone(input: $input) { id } }"
        self._bonus(self._rival, contract, 20.5)
        assert self._rival.refusal(BONUS, input=self._bonus_input(contract, 40.02)) == "UNPROCESSABLE_CONTENT"
        charges: tuple[Callable[..., Report], ...] = (_raise_timeout, _charge_and_time_out)
        for one, charge in zip(to_approve, charges, strict=True):
            self._refuse_charge(charge, approve, id=one, paidAmount="20000", bonusAmount="700")
            self._refuse_charge(charge, BONUS, **self._bonus_input(contract, 7.25))

    def _pay_too_late(self) -> None:
        """Rival ends a contract with two payments under way: one is refunded, and one is still to be refunded."""
        contract = self._hired(self._rival, self._noah, "Paid too late", **fixed(15_000, 15_000))
        checkouts = [self._checkout(one) for one in self._milestones(contract)]
        for one in checkouts:
            Sandbox(self.souk.table).settle(payment_order(self.souk.table, one["id"]), PaymentStatus.PAID)
        self._rival.end_as_client(contract["id"], scenarios.FIXED_DONE)
        refunded, owed = checkouts
        browser(self.souk).get(refunded["url"])
        with self.patch.context() as patch:
            patch.setattr(Sandbox, Sandbox.refund.__name__, _crash)
            with pytest.raises(KeyboardInterrupt):
                browser(self.souk).get(owed["url"])

    def _pay_back_to_the_card(self) -> None:
        """An operator takes the funding of a milestone back, and pays a part of it back to Rival's card."""
        contract = self._hired(self._rival, self._noah, "Paid back", **fixed(12_000))
        [milestone] = self._milestones(contract)
        checkout = self._checkout(milestone)
        self._press(checkout["url"], "pay")
        ada, order = operator(self.souk), payment_order(self.souk.table, checkout["id"])
        reason = {"reason": "Agreed on the telephone", "idempotencyKey": "1"}
        assert ada.call(REVERSE, {"input": {"bookingId": order.booking_id, **reason}}).data
        whole = {"amount": "126.00", "currency": "USD"}
        assert ada.call(REFUND, {"input": {"paymentOrderId": order.id, "amount": whole, **reason}}).data

    def _pay_by_stripe(self, account: StripeAccount) -> None:
        """Rival pays by Stripe: a checkout saves its card, and payments of every purpose stay open."""
        contract = self._hired(self._rival, self._noah, "Paid by Stripe", **fixed(*[25_000] * 5))
        *to_approve, first, second = self._milestones(contract)[1:]
        for one in to_approve:
            order = payment_order(self.souk.table, self._checkout(one)["id"])
            account.pay(order.reference or "")
            assert "Paid" in browser(self.souk).get(order.return_url).text
        for one in (first, second):
            self._checkout(one)
        approve = "mutation ($input: ApproveMilestoneInput!) { approveMilestone(input: $input) { id } }"
        with self.patch.context() as patch:
            patch.setattr(Stripe, Stripe.charge.__name__, _raise_timeout)
            for title in ("Charged by Stripe", "Declined by Stripe"):
                worked = self._hired(self._rival, self._noah, title, **hourly("4500"))["id"]
                week = {"contractId": worked, "week": self._work(worked)}
                self._run((BILL,), week)
                with pytest.raises(SoukError):
                    self._run((CHARGE,), week)
            for one in to_approve:
                approval = {"id": one, "paidAmount": "25000", "bonusAmount": "900"}
                assert self._rival.refusal(approve, input=approval) == "INTERNAL_SERVER_ERROR"
                bonus = self._bonus_input(contract, 8.5)
                assert self._rival.refusal(BONUS, input=bonus) == "INTERNAL_SERVER_ERROR"
