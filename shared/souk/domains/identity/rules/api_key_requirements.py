"""Validation of API keys, at creation and at every change. Pure."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from souk.authentication.records import ApiKey, GrantType
from souk.domains.identity.rules import api_key_redirects
from souk.values.errors import Unprocessable

MAX_NAME: Final = 100
"""Characters."""
MAX_DESCRIPTION: Final = 2_000
"""Characters."""
MAX_REDIRECT_URIS: Final = 20
MAX_ROTATION_MONTHS: Final = 24

_MAX_REPORTED: Final = 10
_LINES: Final = "\n\r\t"
_JOINERS: Final = "\u200c\u200d"  # used in Persian, Hindi and emoji
_REDIRECTING: Final = frozenset({GrantType.AUTHORIZATION_CODE, GrantType.IMPLICIT})
"""The grants that redirect the browser."""


def check(key: ApiKey) -> None:
    """Raise Unprocessable with all errors of a key, each with its path in the input."""
    if problems := list(_problems(key)):
        raise validation_error(*problems)


def validation_error(*problems: tuple[str, str]) -> Unprocessable:
    """Return the error for problems of an input, given as (path, message)."""
    fields = [{"path": f"input.{path}", "message": message} for path, message in problems[:_MAX_REPORTED]]
    return Unprocessable("; ".join(f"{one['path']}: {one['message']}" for one in fields), fields=fields)


def _problems(key: ApiKey) -> Iterator[tuple[str, str]]:
    yield from _text_problems("name", key.name, MAX_NAME, "")
    yield from _text_problems("description", key.description, MAX_DESCRIPTION, _LINES)
    yield from _grant_problems(key)
    yield from _redirect_problems(key)
    if not 1 <= key.rotation_months <= MAX_ROTATION_MONTHS:
        yield "rotationMonths", f"Use 1 to {MAX_ROTATION_MONTHS} months."


def _text_problems(path: str, text: str, max_length: int, also_allowed: str) -> Iterator[tuple[str, str]]:
    """Yield the errors of a text that the consent page shows."""
    if not text.strip():
        yield path, "This cannot be empty: people see it on the consent page."
    if len(text) > max_length:
        yield path, f"Use at most {max_length} characters."
    if not all(char.isprintable() or char in _JOINERS or char in also_allowed for char in text):
        yield path, "This contains invisible characters."


def _grant_problems(key: ApiKey) -> Iterator[tuple[str, str]]:
    grants = set(key.grants)
    if not grants:
        yield "grants", "Choose at least one grant."
    if len(grants) != len(key.grants):
        yield "grants", "Name each grant only once."
    if key.service_account_id is not None:
        if grants != {GrantType.CLIENT_CREDENTIALS}:
            yield "grants", "The key of a service account has only CLIENT_CREDENTIALS."
    elif GrantType.CLIENT_CREDENTIALS in grants:
        yield "grants", "CLIENT_CREDENTIALS is for service accounts: set serviceAccount, and name no other grant."
    if GrantType.REFRESH_TOKEN in grants and GrantType.AUTHORIZATION_CODE not in grants:
        yield "grants", "REFRESH_TOKEN requires AUTHORIZATION_CODE: name both."


def _redirect_problems(key: ApiKey) -> Iterator[tuple[str, str]]:
    redirects = not _REDIRECTING.isdisjoint(key.grants)
    if redirects and not key.redirect_uris:
        yield "redirectUris", "Give a redirect URI: the browsers of people return to the program there."
    if key.redirect_uris and key.grants and not redirects:
        yield "redirectUris", "These grants use no redirect URIs: leave them out."
    if len(key.redirect_uris) > MAX_REDIRECT_URIS:
        yield "redirectUris", f"Use at most {MAX_REDIRECT_URIS} redirect URIs."
        return
    for uri, times in Counter(key.redirect_uris).items():
        if times > 1:
            yield f"redirectUris.{key.redirect_uris.index(uri)}", "Name each redirect URI only once."
    for at, uri in enumerate(key.redirect_uris):
        if error := api_key_redirects.problem(uri):
            yield f"redirectUris.{at}", error
