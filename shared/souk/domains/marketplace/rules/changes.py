"""Applying a change of the settings. Pure."""

import re
from collections.abc import Callable
from typing import Any, Final

from souk.domains.marketplace.inputs import UpdateMarketplaceSettings
from souk.domains.marketplace.model import Marketplace, Settings
from souk.domains.reference.world import currencies
from souk.values import addresses, texts
from souk.values.brand import is_color
from souk.values.problems import Problems

MAX_NAME: Final = 60
MAX_TAGLINE: Final = 120
MAX_DESCRIPTION: Final = 1_000
MAX_TERMS_VERSION: Final = 40
MAX_LISTED: Final = 30
MAX_FEE: Final = 5_000
"""Hundredths of a percent: 50 %."""
_PERCENT: Final = re.compile(r"([0-9]{1,2})(?:\.([0-9]{1,2}))?", re.ASCII)
_EMAIL: Final = re.compile(r"[^\s@,;:<>()\[\]\"\\]+@[^\s@,;:<>()\[\]\"\\]+\.[^\s@,;:<>()\[\]\"\\]+")
_MAX_EMAIL: Final = 254

_Read = Callable[[Problems, str, Any], Any]


def apply_change(settings: Settings, wanted: UpdateMarketplaceSettings, catalogs: frozenset[str]) -> Settings:
    """Return the changed settings, without the logo, which needs storage.

    Fields that are left out stay; null restores what the deployment sets. `catalogs` are the languages that texts are
    translated to. Raises Unprocessable with all problems.
    """
    problems = Problems("input")
    readers = _READERS | {"languages": lambda found, path, value: _languages(found, path, value, catalogs)}
    changes: dict[str, Any] = {}
    for name, (field, path) in _FIELDS.items():
        if name in wanted.model_fields_set:
            value = getattr(wanted, name)
            changes[field] = None if value is None else readers.get(name, _as_it_is)(problems, path, value)
    after = settings.model_copy(update=changes)
    if after.require_terms and not (after.terms_url and after.terms_version):
        problems.add(
            "requireTerms", "give the address and the version of the terms too, so that people know what they accept."
        )
    problems.raise_if_any()
    return after


def with_terms_since(before: Settings, after: Settings, now: str) -> Settings:
    """Return the settings with the time since when their terms have to be accepted."""
    if not after.require_terms:
        return after.model_copy(update={"terms_since": None})
    same = before.require_terms and before.terms_version == after.terms_version
    return after if same else after.model_copy(update={"terms_since": now})


def changed_fields(before: Marketplace, after: Marketplace) -> dict[str, tuple[str | None, str | None]]:
    """Return the changed settings by the API's names, with their values before and after, as texts."""
    shown = dict(_FIELDS.values()) | {"logo": "logoFileId"}
    pairs = {path: (_shown(name, before), _shown(name, after)) for name, path in shown.items()}
    return {path: pair for path, pair in pairs.items() if pair[0] != pair[1]}


def percent(hundredths: int) -> str:
    """Return a fee as people write it: `5` or `2.75`."""
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02}".rstrip("0").rstrip(".") if part else str(whole)


def _shown(name: str, settings: Marketplace) -> str | None:
    value = getattr(settings, name)
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case tuple():
            return ", ".join(value)
        case int():
            return percent(value)
        case str():
            return value
        case _:
            return str(value.file_id)


def _line(least: int, most: int) -> _Read:
    return lambda problems, path, value: texts.line(problems, path, value, least, most)


def _as_it_is(problems: Problems, path: str, value: Any) -> Any:  # noqa: ARG001 - one signature for all
    return value


def _description(problems: Problems, path: str, value: str) -> str:
    return texts.paragraphs(problems, path, value, 0, MAX_DESCRIPTION)


def _color(problems: Problems, path: str, value: str) -> str:
    if not is_color(value):
        problems.add(path, "must be a colour as #rrggbb, such as #8f3d16.")
    return value.lower()


def _url(problems: Problems, path: str, value: str) -> str:
    url = addresses.normalized(value.strip())
    if problem := addresses.problem(url):
        problems.add(path, problem)
    return url


def _email(problems: Problems, path: str, value: str) -> str:
    address = value.strip()
    if len(address) > _MAX_EMAIL or not address.isprintable() or not _EMAIL.fullmatch(address):
        problems.add(path, "must be an e-mail address, such as help@example.com.")
    return address


def _fee(problems: Problems, path: str, value: str) -> int:
    match = _PERCENT.fullmatch(value)
    fee = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else MAX_FEE + 1
    if fee > MAX_FEE:
        problems.add(path, "must be a percentage from 0 to 50 with at most two decimals, such as 2.75.")
    return fee


def _languages(problems: Problems, path: str, value: tuple[str, ...], catalogs: frozenset[str]) -> tuple[str, ...]:
    if missing := [one for one in value if one not in catalogs]:
        problems.add(path, f"there are no texts in {missing[0][:20]!r}; known are {', '.join(sorted(catalogs))}.")
    return _listed(problems, path, value)


def _currencies(problems: Problems, path: str, value: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := [one for one in value if one not in currencies()]:
        problems.add(path, f"{unknown[0][:20]!r} is not a currency of ISO 4217, such as USD or EUR.")
    return _listed(problems, path, value)


def _listed(problems: Problems, path: str, value: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(value) <= MAX_LISTED or len(set(value)) < len(value):
        problems.add(path, f"must have 1 to {MAX_LISTED} entries, each once.")
    return value


_READERS: Final[dict[str, _Read]] = {
    "name": _line(1, MAX_NAME),
    "tagline": _line(0, MAX_TAGLINE),
    "description": _description,
    "accent_color": _color,
    "support_email": _email,
    "support_url": _url,
    "terms_url": _url,
    "privacy_url": _url,
    "terms_version": _line(1, MAX_TERMS_VERSION),
    "currencies": _currencies,
    "client_fee_rate": _fee,
    "vendor_fee_rate": _fee,
}
_FIELDS: Final = {
    "name": ("name", "name"),
    "tagline": ("tagline", "tagline"),
    "description": ("description", "description"),
    "accent_color": ("accent_color", "accentColor"),
    "support_email": ("support_email", "supportEmail"),
    "support_url": ("support_url", "supportUrl"),
    "terms_url": ("terms_url", "termsUrl"),
    "privacy_url": ("privacy_url", "privacyUrl"),
    "terms_version": ("terms_version", "termsVersion"),
    "require_terms": ("require_terms", "requireTerms"),
    "languages": ("languages", "languages"),
    "currencies": ("currencies", "currencies"),
    "client_fee_rate": ("client_fee", "clientFeeRate"),
    "vendor_fee_rate": ("vendor_fee", "vendorFeeRate"),
    "sign_up_open": ("sign_up_open", "signUpOpen"),
    "powered_by": ("powered_by", "poweredBy"),
    "api_key_review": ("api_key_review", "apiKeyReview"),
    "profile_review": ("profile_review", "profileReview"),
}
"""The stored field and the path of each field of the input, without the logo."""
