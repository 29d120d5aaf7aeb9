"""The frame around pages, from the answer to a page's document."""

from collections.abc import Mapping
from typing import Any

from souk.web.frame import Frame, Organization


def frame_of(data: Mapping[str, Any]) -> Frame | None:
    """Return the frame from the answer to a document with `...Frame`; None if a part was refused or not asked for."""
    account, current, selector = (data.get(name) for name in ("account", "organization", "companySelector"))
    if not account or not current or not selector:
        return None
    items = selector["items"]
    return Frame(
        first_name=account["firstName"],
        last_name=account["lastName"],
        operator=account["operator"],
        timezone=account["location"]["timezone"],
        language=account["language"],
        organization=Organization(current["id"], current["name"]),
        organizations=[Organization(item["organizationId"], item["title"]) for item in items],
        erased_on=account["deletionDateTime"],
        photo=account["photoUrl"],
        terms_to_accept=account["termsToAccept"],
    )
