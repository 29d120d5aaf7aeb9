"""What a page shows once, such as a new secret: sealed in a cookie of five minutes that only this page gets."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from souk.accounts.errors import StaleForm
from souk.accounts.form_state import FormState
from souk.web import Request

_NAME: Final = "souk-once"
_PURPOSE: Final = "once"
_SECONDS: Final = 300


def cookie(
    form_state: FormState, bound_to: str, request: Request, path: str, content: Mapping[str, str]
) -> tuple[str, str]:
    """Return the Set-Cookie header. Only the page at `path` gets the cookie, and only this browser can open it."""
    sealed = form_state.encrypt(_PURPOSE, bound_to, content, request.received)
    return _set(request, path, sealed, _SECONDS)


def read(form_state: FormState, bound_to: str, request: Request) -> Mapping[str, str]:
    """Return the content of the cookie; empty if there is none, or it has expired."""
    sealed = request.cookies.get(_NAME, "")
    if not sealed:
        return {}
    try:
        return form_state.decrypt(_PURPOSE, bound_to, sealed, request.received)
    except StaleForm:
        return {}


def forget(request: Request) -> tuple[str, str]:
    """Return the Set-Cookie header that removes the cookie."""
    return _set(request, request.path, "", 0)


def _set(request: Request, path: str, value: str, age: int) -> tuple[str, str]:
    base = urlsplit(request.base_url).path
    secure = "; Secure" if request.secure else ""
    return "Set-Cookie", f"{_NAME}={value}; Path={base}{path}; HttpOnly; SameSite=Strict{secure}; Max-Age={age}"
