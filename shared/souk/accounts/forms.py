"""Reading and validating form fields. No input or output."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from souk.accounts.errors import FormError
from souk.domains.identity.model import public_name
from souk.domains.identity.rules.founding import Side
from souk.domains.reference.world import only_time_zone, time_zone
from souk.values.emails import email_address
from souk.web.translations import Text

_MAX_NAME, _MAX_COMPANY, _MAX_PASSWORD, _MAX_CODE = 50, 100, 256, 64
_MIN_PASSWORD = 8
# Unicode categories of control, surrogate, private and unassigned characters; and bidirectional controls.
_INVISIBLE = frozenset({"Cc", "Cs", "Co", "Cn"})
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Registration:
    """The details that a person gave at sign-up."""

    first_name: str
    last_name: str
    side: Side
    company: str
    """The name of the client's company or of the agency; "" if there is none."""
    country: str
    """ISO 3166-1 alpha-2; "" if unknown."""
    timezone: str = ""
    """IANA name; "" if unknown."""
    terms: str = ""
    """The version of the terms that the person accepted; "" if there was none."""
    terms_accepted: str = ""
    """When the person accepted them. ISO 8601, UTC."""
    imported: bool = False
    """Whether they said that they have an account already, which was imported."""

    @property
    def organization_name(self) -> str:
        """The name of the person's first organization: the company's, or the person's public name.

        Everybody sees it, so it does not contain the last name (docs/people.md, "Privacy").
        """
        own = public_name(self.first_name, self.last_name)
        return own if self.side is Side.FREELANCER else self.company or own


class _FieldErrors:
    """Collects the errors of several fields."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def read(self, read: Callable[[], str]) -> str:
        """Return the field's value, or "" if it is invalid."""
        try:
            return read()
        except FormError as error:
            self._found |= error.fields
            return ""

    def add(self, field: str, message: str) -> None:
        """Add an error, unless the field has one already."""
        self._found.setdefault(field, message)

    def check(self) -> None:
        """Raise FormError with all errors, if there are any."""
        if self._found:
            raise FormError.for_fields(self._found)


def read_signup(
    fields: Mapping[str, str], countries: Mapping[str, str], terms: str | None = None
) -> tuple[Registration, str, str]:
    """Return the details, e-mail address and password of a sign-up form. Raises FormError with all errors.

    `countries` are those open for registration, by code; `terms` is the version to accept.
    """
    errors = _FieldErrors()
    first = errors.read(lambda: text(fields.get("first_name", ""), "first_name", Text("first name"), _MAX_NAME))
    last = errors.read(lambda: text(fields.get("last_name", ""), "last_name", Text("last name"), _MAX_NAME))
    side = fields.get("side", "")
    if side not in set(Side):
        errors.add("side", Text("Choose how you want to use the marketplace."))
    company = errors.read(
        lambda: text(fields.get("company", ""), "company", Text("company"), _MAX_COMPANY, required=False)
    )
    if side == Side.AGENCY and not company:
        errors.add("company", Text("Enter the name of your agency."))
    country = fields.get("country", "")
    if country not in countries:
        errors.add("country", Text("Choose the country that you live in."))
    timezone = time_zone(fields.get("timezone", "") or only_time_zone(country) or "") or ""
    if country in countries and not timezone:
        errors.add("timezone", Text("Choose your time zone. Your country has several."))
    address, chosen = _read_login(fields, terms, errors)
    errors.check()
    name = "" if side == Side.FREELANCER else company
    details = Registration(first, last, Side(side), name, country, timezone, terms or "")
    return details, address, chosen


def read_activation(fields: Mapping[str, str], terms: str | None = None) -> tuple[Registration, str, str]:
    """Return the details, e-mail address and password of the form of imported people, as `read_signup` does.

    Their account has their name, place and organization already.
    """
    errors = _FieldErrors()
    address, chosen = _read_login(fields, terms, errors)
    errors.check()
    return Registration("", "", Side.CLIENT, "", "", terms=terms or "", imported=True), address, chosen


def _read_login(fields: Mapping[str, str], terms: str | None, errors: _FieldErrors) -> tuple[str, str]:
    if terms and fields.get("terms") != terms:
        errors.add("terms", Text("Accept the terms to create an account."))
    address = errors.read(lambda: email(fields.get("email", "")))
    return address, errors.read(lambda: new_password(fields.get("password", "")))


def text(value: str, field: str, label: str, max_length: int, *, required: bool = True) -> str:
    """Return a line of text, normalized. Raises FormError if it is empty, too long, or has invisible characters."""
    line = " ".join(unicodedata.normalize("NFC", value).split())
    if required and not line:
        raise FormError(Text("Enter your %(label)s.", label=label), field)
    if len(line) > max_length:
        raise FormError(
            Text("Your %(label)s can have at most %(most)s characters.", label=label, most=max_length), field
        )
    if any(unicodedata.category(one) in _INVISIBLE or one in _BIDI_CONTROLS for one in line):
        raise FormError(Text("Your %(label)s contains characters that are not allowed.", label=label), field)
    if line and not any(one.isalnum() for one in line):
        raise FormError(Text("Your %(label)s must contain a letter or a digit.", label=label), field)
    return line


def email(value: str, field: str = "email") -> str:
    """Return an e-mail address in lower case, as the directory stores it. Raises FormError if it is invalid."""
    address = email_address(value)
    if address is None:
        raise FormError(Text("Enter your e-mail address, such as olivia@example.com."), field)
    return address


def password(value: str, field: str = "password") -> str:
    """Return a password unchanged. Raises FormError if it is empty or the directory cannot store it."""
    if not value:
        raise FormError(Text("Enter a password."), field)
    if len(value) > _MAX_PASSWORD or not all(one.isprintable() for one in value):
        message = Text("A password can have at most %(most)s characters and no control characters.", most=_MAX_PASSWORD)
        raise FormError(message, field)
    return value


def new_password(value: str, field: str = "password") -> str:
    """Return a new password. The directory checks it against its policy.

    Raises FormError if it is too short for any policy, or begins or ends with a space.
    """
    chosen = password(value, field)
    if len(chosen) < _MIN_PASSWORD or chosen != chosen.strip():
        message = Text(
            "A password needs at least %(least)s characters and cannot begin or end with a space.", least=_MIN_PASSWORD
        )
        raise FormError(message, field)
    return chosen


def code(value: str, field: str = "code") -> str:
    """Return a code without spaces. Raises FormError if it cannot be a code."""
    digits = "".join(value.split())
    if not 0 < len(digits) <= _MAX_CODE or not digits.isascii() or not digits.isalnum():
        raise FormError(Text("Enter the code, such as 123456."), field)
    return digits
