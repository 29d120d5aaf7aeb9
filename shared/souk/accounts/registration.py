"""What people say of themselves when they sign up. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from souk.accounts.problems import Invalid

_MAX_NAME, _MAX_COMPANY, _MAX_EMAIL, _MAX_PASSWORD, _MAX_CODE = 50, 100, 254, 256, 64
_MIN_PASSWORD = 8
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
# Control characters, halves of pairs, private and unassigned ones; and what turns the direction of the text around it.
_NO_TEXT = frozenset({"Cc", "Cs", "Co", "Cn"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Side(StrEnum):
    """What brings somebody to the market."""

    CLIENT = "client"
    FREELANCER = "freelancer"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody said of themselves."""

    first_name: str
    last_name: str
    side: Side
    company: str
    """The name of the client's company or the agency; "" where there is none."""
    country: str
    """ISO 3166-1 alpha-2; "" where it is not known."""

    @property
    def organization_name(self) -> str:
        """The name of the organization that they begin with: a freelancer's own bears theirs."""
        own = f"{self.first_name} {self.last_name}".strip()
        return own if self.side is Side.FREELANCER else self.company or own


def registration(fields: Mapping[str, str], countries: Mapping[str, str]) -> Registration:
    """Read a sign-up form; `countries` are those that one can live in, by code. Raises Invalid, with all faults."""
    faults: dict[str, str] = {}

    def line(name: str, what: str, longest: int, *, required: bool = True) -> str:
        try:
            return text(fields.get(name, ""), name, what, longest, required=required)
        except Invalid as invalid:
            faults.update(invalid.fields)
            return ""

    first, last = line("first_name", "first name", _MAX_NAME), line("last_name", "last name", _MAX_NAME)
    side = fields.get("side", "")
    if side not in set(Side):
        faults["side"] = "Choose what brings you here."
    company = line("company", "company", _MAX_COMPANY, required=False)
    if side == Side.AGENCY and not company:
        faults.setdefault("company", "Enter the name of your agency.")
    country = fields.get("country", "")
    if country not in countries:
        faults["country"] = "Choose the country that you live in."
    if faults:
        raise Invalid.several(faults)
    return Registration(first, last, Side(side), "" if side == Side.FREELANCER else company, country)


def text(value: str, field: str, what: str, longest: int, *, required: bool = True) -> str:
    """Return a line of text as it is kept. Raises Invalid for an empty one, a long one, and one that is no text."""
    line = " ".join(unicodedata.normalize("NFC", value).split())
    if required and not line:
        raise Invalid(f"Enter your {what}.", field)
    if len(line) > longest:
        raise Invalid(f"Your {what} has {longest} characters at the most.", field)
    if any(unicodedata.category(one) in _NO_TEXT or one in _TURNING for one in line):
        raise Invalid(f"Your {what} has characters in it that are no text.", field)
    if line and not any(one.isalnum() for one in line):
        raise Invalid(f"Your {what} has a letter in it.", field)
    return line


def email(value: str, field: str = "email") -> str:
    """Return an e-mail address as the directory knows it, in lower case. Raises Invalid for what is none."""
    address = unicodedata.normalize("NFC", value.strip()).lower()
    if len(address) > _MAX_EMAIL or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise Invalid("Enter your e-mail address, such as olivia@example.com.", field)
    return address


def password(value: str, field: str = "password") -> str:
    """Return a password as it is. Raises Invalid for none, and for one that the directory could not hold."""
    if not value:
        raise Invalid("Enter a password.", field)
    if len(value) > _MAX_PASSWORD or not all(one.isprintable() for one in value):
        raise Invalid(f"A password has {_MAX_PASSWORD} characters at the most, and no control characters.", field)
    return value


def new_password(value: str, field: str = "password") -> str:
    """Return a password that somebody chooses, for the directory's policy to judge.

    Raises Invalid for what no policy would take.
    """
    chosen = password(value, field)
    if len(chosen) < _MIN_PASSWORD or chosen != chosen.strip():
        raise Invalid(f"A password has {_MIN_PASSWORD} characters at the least, and no space at its ends.", field)
    return chosen


def code(value: str, field: str = "code") -> str:
    """Return a code without the spaces that people put into it. Raises Invalid for what can be none."""
    digits = "".join(value.split())
    if not 0 < len(digits) <= _MAX_CODE or not digits.isascii() or not digits.isalnum():
        raise Invalid("Enter the code, such as 123456.", field)
    return digits
