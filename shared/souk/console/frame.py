"""The frame around pages, from the answer to a page's document."""

from collections.abc import Mapping
from typing import Any

from souk.web.frame import Frame, Organization


def frame_of(data: Mapping[str, Any]) -> Frame | None:
    """Return the frame from the answer to a document with `...Frame`; None if it was not asked for."""
    account = data.get("account")
    if not account or "companySelector" not in data:
        return None
    current = data["organization"]
    items = data["companySelector"]["items"]
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
