"""What an API key must be, when it is made and whenever it changes. Pure."""

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
_JOINERS: Final = "\u200c\u200d"  # Persian, Hindi and emoji are written with them
_SENDING: Final = frozenset({GrantType.AUTHORIZATION_CODE, GrantType.IMPLICIT})
"""The grants by which people are sent to a page and back."""


def check(key: ApiKey) -> None:
    """Raise Unprocessable that names by path everything that is wrong with a key."""
    if problems := list(_problems(key)):
        raise refusal(*problems)


def refusal(*problems: tuple[str, str]) -> Unprocessable:
    """Return the error that says what is wrong with an input: paths in it, and what breaks a rule there."""
    fields = [{"path": f"input.{path}", "message": message} for path, message in problems[:_MAX_REPORTED]]
    return Unprocessable("; ".join(f"{one['path']}: {one['message']}" for one in fields), fields=fields)


def _problems(key: ApiKey) -> Iterator[tuple[str, str]]:
    yield from _text_problems("name", key.name, MAX_NAME, "")
    yield from _text_problems("description", key.description, MAX_DESCRIPTION, _LINES)
    yield from _grant_problems(key)
    yield from _redirect_problems(key)
    if not 1 <= key.rotation_months <= MAX_ROTATION_MONTHS:
        yield "rotationMonths", f"a secret is good for 1 to {MAX_ROTATION_MONTHS} months."


def _text_problems(path: str, text: str, most: int, also: str) -> Iterator[tuple[str, str]]:
    """Find what is wrong with a text that people read when they are asked to agree."""
    if not text.strip():
        yield path, "this holds words, in which people recognize the program and what it is for."
    if len(text) > most:
        yield path, f"at most {most} characters."
    if not all(char.isprintable() or char in _JOINERS or char in also for char in text):
        yield path, "this holds characters that cannot be seen."


def _grant_problems(key: ApiKey) -> Iterator[tuple[str, str]]:
    grants = set(key.grants)
    if not grants:
        yield "grants", "at least one way to get tokens is needed."
    if len(grants) != len(key.grants):
        yield "grants", "each way to get tokens is named once."
    if key.service_account_id is not None:
        if grants != {GrantType.CLIENT_CREDENTIALS}:
            yield "grants", "the key of a service account has CLIENT_CREDENTIALS and no other."
    elif GrantType.CLIENT_CREDENTIALS in grants:
        yield "grants", "CLIENT_CREDENTIALS is for service accounts: set serviceAccount, and name no other."
    if GrantType.REFRESH_TOKEN in grants and GrantType.AUTHORIZATION_CODE not in grants:
        yield "grants", "REFRESH_TOKEN renews what AUTHORIZATION_CODE gave: name both."


def _redirect_problems(key: ApiKey) -> Iterator[tuple[str, str]]:
    sends = not _SENDING.isdisjoint(key.grants)
    if sends and not key.redirect_uris:
        yield "redirectUris", "AUTHORIZATION_CODE and IMPLICIT need an address that people are sent back to."
    if key.redirect_uris and key.grants and not sends:
        yield "redirectUris", "nobody is sent anywhere by these grants: leave it out."
    if len(key.redirect_uris) > MAX_REDIRECT_URIS:
        yield "redirectUris", f"at most {MAX_REDIRECT_URIS} addresses."
        return
    for uri, times in Counter(key.redirect_uris).items():
        if times > 1:
            yield f"redirectUris.{key.redirect_uris.index(uri)}", "each address is named once."
    for at, uri in enumerate(key.redirect_uris):
        if wrong := api_key_redirects.problem(uri):
            yield f"redirectUris.{at}", wrong
