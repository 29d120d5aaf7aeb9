"""What an order makes of a package, whatever its price, its days and its revisions."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.domains.agreements.model import Fees, Parties
from souk.domains.contracts.rules.beginning import contract_of
from souk.domains.gigs.model import Gig, Package, Packages, Status, Tier
from souk.domains.gigs.rules import ordering
from souk.domains.ledger.model import Deal
from souk.domains.milestones.rules import ending, paying
from souk.values.errors import NotFound, Unprocessable
from souk.values.times import stamp
from tests.support.worlds.jobs import ACME, OLIVIA, SOFIA, STUDIO, organization

SINCE = "2026-01-05T08:00:00.000Z"
PARTIES = Parties(
    client_user_id=OLIVIA,
    client_team_id=ACME,
    client_company_id=ACME,
    vendor_user_id=SOFIA,
    vendor_team_id=STUDIO,
    vendor_company_id=STUDIO,
)
PACKAGES = st.tuples(st.integers(1_000, 100_000_000), st.integers(1, 365), st.integers(1, 1_000)).map(
    lambda of: Package(name="N", description="D", price_minor=of[0], delivery_time=of[1], revisions=of[2])
)


def gig(status: Status = Status.PUBLISHED, **fields: object) -> Gig:
    made = Gig(
        id="g", number="1", owner_id=SOFIA, status=status, created_date_time=SINCE, modified_date_time=SINCE, title="T"
    )
    return made.model_copy(update=fields)


@given(
    PACKAGES,
    st.integers(10**9, 3 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
)
def test_order_has_price_and_terms_of_package(package: Package, now: datetime, client: int, vendor: int) -> None:
    offer = ordering.offer_of(gig(), package, PARTIES, "1", None, now)
    milestone = ending.accepted(ordering.milestone_of(offer, package, "2", now), "3", now)
    fees = Fees(client=client, vendor=vendor)
    contract = contract_of(offer, "3", "4", "5", organization(ACME, "Acme"), fees, stamp(now))
    accepted = ordering.accepted(offer, milestone, contract.id, now)
    assert package.price_minor == milestone.deposit == offer.budget == contract.term.price
    assert {offer.currency, milestone.currency, contract.currency} == {"MAD"}
    assert date.fromisoformat(milestone.due or "") - now.date() == timedelta(days=package.delivery_time)
    assert milestone.revisions == package.revisions
    assert (accepted.state, accepted.contract_id, accepted.milestone_ids) == ("Committed", "3", ("2",))
    deal = Deal(
        contract_id=contract.id,
        client_company_id=ACME,
        client_team_id=ACME,
        client_user_id=OLIVIA,
        vendor_company_id=STUDIO,
        vendor_team_id=STUDIO,
        vendor_user_id=SOFIA,
        agency=False,
        currency=contract.currency,
        fees=fees,
        on_account=True,
        home_currency=False,
    )
    booked = paying.fund(milestone, deal, paying.BookingContext(lambda: "6", now))
    (booking,) = booked.bookings
    assert sum(line.minor for line in booking.lines) == 0
    assert {line.account.currency for line in booking.lines} == {"MAD"}
    assert booked.milestone.escrow == package.price_minor


@pytest.mark.parametrize("hidden", [Status.DRAFT, Status.PAUSED, Status.DELETED, None])
def test_hidden_gig_is_not_found(hidden: Status | None) -> None:
    with pytest.raises(NotFound, match=r"^Gig not found$"):
        ordering.require_orderable(gig(hidden) if hidden else None)
    assert ordering.require_orderable(gig()) == gig()


@given(st.sets(st.sampled_from(Tier)), st.booleans(), st.sampled_from(Tier))
def test_package_of_tier(there: set[Tier], several: bool, tier: Tier) -> None:
    package = Package(name="N", description="D", price_minor=1, delivery_time=1, revisions=1)
    sizes = Packages(**{one.value: package if one in there | {Tier.BASIC} else None for one in Tier})
    one = gig(set_packages=sizes, offers_multiple_packages=several)
    if tier is Tier.BASIC or (several and tier in there):
        assert ordering.package_of(one, tier) is package
    else:
        with pytest.raises(Unprocessable, match=r"^input\.tier: "):
            ordering.package_of(one, tier)
