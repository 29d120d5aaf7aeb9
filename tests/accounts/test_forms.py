"""Validation of form fields."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.accounts import forms as rules
from souk.accounts.errors import FormError
from souk.accounts.forms import Registration
from souk.domains.identity.rules.founding import Side

COUNTRIES = {"NO": "Norway", "US": "United States"}
FORM = {"first_name": "Nora", "last_name": "Nilsen", "side": "agency", "company": "Nordlys", "country": "NO"}
LOGIN = {"email": "Nora@nordlys.test", "password": "a quite long password"}


def errors(**changes: str) -> dict[str, str]:
    with pytest.raises(FormError) as error:
        rules.read_signup(FORM | LOGIN | changes, COUNTRIES)
    return error.value.fields


def registration(**changes: str) -> Registration:
    return rules.read_signup(FORM | LOGIN | changes, COUNTRIES)[0]


def test_read_signup_returns_normalized_fields() -> None:
    nora = Registration("Nora", "Nilsen", Side.AGENCY, "Nordlys", "NO", "Europe/Oslo")
    assert rules.read_signup(FORM | LOGIN, COUNTRIES) == (nora, "nora@nordlys.test", "a quite long password")
    tidy = registration(first_name="  Nora   Marie ", side="freelancer")
    assert (tidy.first_name, tidy.company, tidy.organization_name) == ("Nora Marie", "", "Nora Marie N.")


def test_read_signup_reports_all_errors() -> None:
    everything = {"first_name", "last_name", "side", "country", "email", "password"}
    assert set(errors(first_name="", last_name=" ", side="king", country="XX", email="a", password="b")) == everything
    assert set(errors(company="")) == {"company"}
    assert registration(company="", side="client").organization_name == "Nora N."


def test_time_zone_is_asked_where_a_country_has_several() -> None:
    assert set(errors(country="US")) == {"timezone"}
    assert set(errors(country="US", timezone="Mars/Olympus")) == {"timezone"}
    assert registration(country="US", timezone="America/Denver").timezone == "America/Denver"
    assert registration(timezone="Europe/Lisbon").timezone == "Europe/Lisbon", "people may live elsewhere"


@pytest.mark.parametrize("name", ["a" * 51, "Nora\x00", "Nora\u202etxt", "\ud800", "---", "\ue000", "Nora\x1b[31m"])
def test_invalid_name_is_rejected(name: str) -> None:
    assert set(errors(first_name=name)) == {"first_name"}


@pytest.mark.parametrize("name", ["Zoë", "Nguyễn Văn", "李", "O'Neill-Smith Jr.", "علی‌رضا", "<b>"])
def test_international_names_are_accepted(name: str) -> None:
    assert registration(first_name=name).first_name == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "address", ["", "a", "a@b", "@b.test", "a@b.test@c.test", "a b@c.test", "a@b..test", "a@b.test\r\nBcc: x@y.test"]
)
def test_invalid_email_is_rejected(address: str) -> None:
    with pytest.raises(FormError):
        rules.email(address)
    assert rules.email(" Nora@Example.TEST ") == "nora@example.test"


@given(st.text(max_size=300))
def test_accepted_email_is_one_printable_line(text: str) -> None:
    try:
        address = rules.email(text)
    except FormError:
        return
    assert address.isprintable()
    assert " " not in address
    assert address.count("@") == 1
    assert len(address) <= 254


@pytest.mark.parametrize("password", ["", "short", " begins with space", "a" * 257, "with\ncontrol characters"])
def test_invalid_password_is_rejected(password: str) -> None:
    with pytest.raises(FormError):
        rules.new_password(password)
    assert rules.new_password("пароль 密码 correct") == "пароль 密码 correct"


@pytest.mark.parametrize("code", ["", " ", "12-34", "1" * 65, "\uff11\uff12\uff13"])
def test_invalid_code_is_rejected(code: str) -> None:
    with pytest.raises(FormError):
        rules.code(code)
    assert rules.code(" 123 456 ") == "123456"
