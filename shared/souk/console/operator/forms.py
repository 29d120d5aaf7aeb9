"""Forms of operators: what a pressed button does, and the lists that they search."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from souk.console.graph import ApiError
from souk.console.site import PageError, Visit
from souk.values.errors import NotFound
from souk.web import Response

ROWS: Final = 25
"""The rows of a page of a list."""
_ABOUT_THE_FORM: Final = frozenset({"UNPROCESSABLE_CONTENT", "BAD_USER_INPUT", "CONFLICT", "SERVICE_UNAVAILABLE"})


class ShowForm(Protocol):
    """Shows a page with its forms, again with the error of a change that was refused."""

    def __call__(self, visit: Visit, error: ApiError | None = None) -> Response:
        """Return the page."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a button does: a mutation of the API."""

    document: str
    said: str
    """The notice that is shown afterwards (`souk.console.notices`)."""
    variables: Callable[[Visit], Mapping[str, Any]]


def make(
    visit: Visit,
    changes: Mapping[str, Change],
    show: ShowForm,
    path: str = "",
    query: Mapping[str, str] | None = None,
) -> Response:
    """Make the change of the button (`do`), and go on with a page: `path`, or this one again.

    If the API refuses the change, the form is shown again as it was filled.
    """
    change = changes.get(visit.fields.get("do", ""))
    if change is None:
        raise NotFound("This form has no such button.")
    refused = attempt(visit, change)
    return (
        show(visit, refused) if refused else visit.redirect(path or visit.http.path, **(query or {}), said=change.said)
    )


def attempt(visit: Visit, change: Change) -> ApiError | None:
    """Make a change; return why the API refuses what the form says. Raises PageError if it is not about the form."""
    visit.require_recent_login()
    error = visit.run(change.document, **change.variables(visit)).error
    if error and error.code not in _ABOUT_THE_FORM:
        raise PageError(error)
    return error


def show_form(visit: Visit, template: str, error: ApiError | None, **values: Any) -> Response:
    """Return a page with forms. The one that was sent is as it was filled, with its error."""
    if error is None:
        return visit.render(template, form=visit.fields, **values)
    return visit.render_errors(template, error, **values)


def wrong(field: str, message: str) -> ApiError:
    """Return the error of a field that the page itself checks, such as a typed name."""
    return ApiError("UNPROCESSABLE_CONTENT", message, {"fields": [{"path": field, "message": message}]})


def text(visit: Visit, name: str) -> str | None:
    """Return a field of the form; None if it is empty."""
    return visit.fields.get(name, "").strip() or None


def asked(visit: Visit, name: str) -> str | None:
    """Return a parameter of a search; None if it is empty."""
    return visit.query.get(name, "").strip() or None


def yes(visit: Visit, name: str) -> bool | None:
    """Return a parameter of a search that is `yes` or `no`; None for any other."""
    return {"yes": True, "no": False}.get(visit.query.get(name, ""))


def period(visit: Visit) -> dict[str, str] | None:
    """Return the range from the parameters `from` and `to`; None without both."""
    ends = {"rangeStart": asked(visit, "from"), "rangeEnd": asked(visit, "to")}
    given = {name: value for name, value in ends.items() if value}
    return given or None


def given(**criteria: Any) -> dict[str, Any]:
    """Return the criteria of a filter that are not None."""
    return {name: value for name, value in criteria.items() if value is not None}


def page_of(visit: Visit) -> dict[str, Any]:
    """Return the pagination of a list."""
    return {"first": ROWS, "after": asked(visit, "after")}


def nodes(connection: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a page of a list."""
    return [edge["node"] for edge in connection["edges"]]


def show_list(
    visit: Visit, name: str, field: str, criteria: Mapping[str, Any], error: ApiError | None = None, **values: Any
) -> Response:
    """Return a page with a list: `field` of the document `name`, with the template of the same name.

    `error` is that of a form of the page.
    """
    listed = visit.ask(f"operator/{name}", filter=criteria, pagination=page_of(visit))[field]
    return show_form(visit, f"operator/{name}.html", error, **{"rows": nodes(listed), "listed": listed} | values)


def in_path(entity_id: str) -> str:
    """Return an id as a part of an address. Some ids have slashes."""
    return entity_id.replace("/", "~")


def named(visit: Visit) -> str:
    """Return the id that the address names."""
    return visit.parameters["id"].replace("~", "/")


def new_key() -> str:
    """Return an idempotency key for a form that is shown."""
    return secrets.token_urlsafe(16)
