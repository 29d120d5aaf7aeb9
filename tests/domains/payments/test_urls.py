"""The addresses of checkout pages."""

import pytest

from souk.domains.agreements.model import Fees
from souk.domains.ledger.model import Deal
from souk.domains.payments.model import OrderState, PaymentOrder
from souk.domains.payments.rules import returning
from souk.domains.payments.rules.urls import checkout_page, checkout_url
from souk.values.addresses import normalized
from souk.web.signing import Signer
from tests.support.worlds.milestones import PARTIES, SINCE

BASE_URL, SIGNER = "https://souk.test", Signer(lambda: b"a key that only tests use")


def order(state: OrderState, url: str | None = None) -> PaymentOrder:
    """Return a checkout in a state."""
    deal = Deal(
        contract_id="7",
        client_company_id=PARTIES.client_company_id,
        client_team_id=PARTIES.client_team_id,
        client_user_id=PARTIES.client_user_id,
        vendor_company_id=PARTIES.vendor_company_id,
        vendor_team_id=PARTIES.vendor_team_id,
        vendor_user_id=PARTIES.vendor_user_id,
        agency=False,
        currency="USD",
        fees=Fees(client=500, vendor=1_000),
        on_account=False,
        home_currency=True,
    )
    return PaymentOrder(
        id="8",
        purpose="milestones.fund",
        provider="sandbox",
        deal=deal,
        amount=100,
        charge=105,
        title="Logo",
        state=state,
        booking_id="9",
        checkout=True,
        url=url,
        user_id=PARTIES.client_user_id,
        created=SINCE,
        modified=SINCE,
        expires=SINCE,
    )


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("provider_url", [None, "https://pay.test/8"])
def test_only_open_checkout_has_url(state: OrderState, provider_url: str | None) -> None:
    expected = (provider_url or checkout_page(BASE_URL, SIGNER, "8")) if state is OrderState.OPEN else None
    assert checkout_url(BASE_URL, SIGNER, order(state, provider_url)) == expected


@pytest.mark.parametrize(
    ("url", "registered", "allowed"),
    [
        ("https://shop.example/paid?a=1", "https://shop.example/callback", True),
        ("https://shop.example:8443/paid", "https://shop.example/callback", False),
        ("http://shop.example/paid", "https://shop.example/callback", False),
        ("https://shop.example.evil.test/", "https://shop.example/callback", False),
        ("https://shop.example@evil.test/", "https://shop.example/callback", False),
        ("https://evil.test/?https://shop.example/", "https://shop.example/callback", False),
        ("https://shop.example/paid", "HTTPS://Shop.Example:443/callback", True),
        ("http://127.0.0.1:9000/paid", "http://127.0.0.1/callback", True),
        ("http://localhost:9000/paid", "http://127.0.0.1/callback", False),
        ("https://souk.test/account/payments", BASE_URL, True),
        ("https://shop.example/paid", "com.example.app:/callback", False),
        ("com.example.app:/paid", "com.example.app:/callback", False),
    ],
)
def test_checkout_leads_back_to_an_origin_of_the_key_only(url: str, registered: str, *, allowed: bool) -> None:
    assert (returning.problem(normalized(url), [registered]) is None) is allowed


def test_state_of_checkout_is_added_to_the_query() -> None:
    for url, expected in (
        ("https://shop.example/paid", "https://shop.example/paid?checkout=7&state=PAID"),
        ("https://shop.example/?a=1#top", "https://shop.example/?a=1&checkout=7&state=PAID#top"),
    ):
        assert returning.leading_back(url, "7", OrderState.PAID) == expected
