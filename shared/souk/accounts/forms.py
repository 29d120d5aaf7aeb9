"""What people say of themselves when they sign up. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from souk.accounts.errors import Invalid

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


class _Faults:
    """Reads one thing after the other, and keeps what is wrong with each."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def read(self, read: Callable[[], str]) -> str:
        """Return what is read, or "" where that cannot be taken."""
        try:
            return read()
        except Invalid as invalid:
            self._found |= invalid.fields
            return ""

    def note(self, field: str, message: str) -> None:
        """Keep what is wrong with a field, unless something is already."""
        self._found.setdefault(field, message)

    def check(self) -> None:
        """Raise Invalid where anything is wrong, with all of it."""
        if self._found:
            raise Invalid.several(self._found)


def sign_up(fields: Mapping[str, str], countries: Mapping[str, str]) -> tuple[Registration, str, str]:
    """Read a sign-up form: who it is, their e-mail address and password. Raises Invalid, with all faults.

    `countries` are those that one can live in, by code.
    """
    faults = _Faults()
    first = faults.read(lambda: text(fields.get("first_name", ""), "first_name", "first name", _MAX_NAME))
    last = faults.read(lambda: text(fields.get("last_name", ""), "last_name", "last name", _MAX_NAME))
    side = fields.get("side", "")
    if side not in set(Side):
        faults.note("side", "Choose what brings you here.")
    company = faults.read(lambda: text(fields.get("company", ""), "company", "company", _MAX_COMPANY, required=False))
    if side == Side.AGENCY and not company:
        faults.note("company", "Enter the name of your agency.")
    country = fields.get("country", "")
    if country not in countries:
        faults.note("country", "Choose the country that you live in.")
    address = faults.read(lambda: email(fields.get("email", "")))
    chosen = faults.read(lambda: new_password(fields.get("password", "")))
    faults.check()
    own = Registration(first, last, Side(side), "" if side == Side.FREELANCER else company, country)
    return own, address, chosen


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
