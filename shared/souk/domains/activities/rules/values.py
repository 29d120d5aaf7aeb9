"""The values of an activity: its code, description, URL and budget, and how many there can be. Pure."""

import re
import unicodedata
from typing import Any, Final

from souk.domains.activities.inputs import ActivityChange, NewActivity
from souk.domains.activities.model import Activity
from souk.values import addresses, texts
from souk.values.errors import Unprocessable
from souk.values.money import MAX_MINOR, Money
from souk.values.problems import Problems

MAX_ACTIVITIES: Final = 1_000
"""The activities of a team, or of a company itself."""
MAX_RULES: Final = 100
"""The activities of a company and its teams that are assigned by a rule."""
MAX_CODES: Final = 50
"""The activities that list a contract."""
MAX_CONTRACTS: Final = 90
"""The contracts that an activity lists. A transaction can change as many."""
MAX_CHANGED: Final = 90
"""The activities or contracts that a request changes."""
_MAX_DESCRIPTION: Final = 500
_MAX_SEARCH: Final = 200
_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,50}", re.ASCII)


def is_code(text: str) -> bool:
    """Return whether a text can be the code of an activity."""
    return _CODE.fullmatch(text) is not None


def new_values(problems: Problems, request: NewActivity, currency: str) -> dict[str, Any]:
    """Return the checked values of a new activity. `currency` is that of its budget."""
    if not is_code(request.code):
        problems.add("code", "give 1 to 50 letters, digits, dots, hyphens and underscores, such as design-2.")
    return {"code": request.code, **_values(problems, request, currency)}


def changed_values(problems: Problems, request: ActivityChange, before: Activity) -> dict[str, Any]:
    """Return the checked values that a request gives."""
    values = _values(problems, request, before.currency)
    if request.url is not None:
        values["url"] = _url(problems, request.url)
    if request.status is not None:
        values["status"] = request.status
    return values


def _values(problems: Problems, request: NewActivity | ActivityChange, currency: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if request.description is not None:
        values["description"] = texts.line(problems, "description", request.description, 1, _MAX_DESCRIPTION)
    if request.budget is not None:
        values["budget"] = _budget(problems, request.budget, currency)
    return values


def _url(problems: Problems, text: str) -> str | None:
    """Return a URL in its normal form; None for an empty text, which removes it."""
    if not text.strip():
        return None
    url = addresses.normalized(text.strip())
    if problem := addresses.problem(url):
        problems.add("url", problem)
    return url


def _budget(problems: Problems, amount: float, currency: str) -> int:
    minor = -1
    try:
        minor = Money.parse(repr(amount), currency).minor
    except Unprocessable as error:
        problems.add("budget", error.message)
    else:
        if minor > MAX_MINOR:
            problems.add("budget", f"must be at most {Money(MAX_MINOR, currency).raw_value} {currency}.")
    return minor


def search_words(problems: Problems, text: str | None) -> str | None:
    """Return what `matches` looks for; None for everything."""
    if text is None or not text.strip():
        return None
    if len(text) > _MAX_SEARCH:
        problems.add("search", f"at most {_MAX_SEARCH} characters are allowed.")
    return _folded(text.strip())


def matches(activity: Activity, words: str) -> bool:
    """Return whether a text is a part of an activity's code or description. Case does not count."""
    return words in _folded(activity.code) or words in _folded(activity.description)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
