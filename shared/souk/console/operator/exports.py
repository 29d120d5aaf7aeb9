"""Exports of the marketplace's data, which several pages offer. All of them are listed at `/operator/data`."""

from typing import Any, Final

from souk.console.operator.forms import Change, given
from souk.console.site import Visit

LIST: Final = "/operator/data"
"""The page that lists exports."""


def export(kind: str, file_format: str) -> Change:
    """Return the change of a button that exports a kind of data in a format.

    The form has a reason and the key; where the kind takes them, the ends of a range or whether messages are exported.
    """

    def variables(visit: Visit) -> dict[str, Any]:
        ends = {"rangeStart": visit.fields.get("from"), "rangeEnd": visit.fields.get("to")}
        period = {name: value for name, value in ends.items() if value}
        wanted = {
            "kind": kind,
            "format": file_format,
            "includeMessages": bool(visit.fields.get("messages")),
            "reason": visit.fields.get("reason", ""),
            "idempotencyKey": visit.fields.get("key", ""),
        }
        return {"input": wanted | given(range=period or None)}

    return Change("operator/data_export", "marketplace-export-requested", variables)
