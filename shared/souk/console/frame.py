"""The frame around pages: their section, its menu, and the person who is logged in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the menu of a section."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that share a menu."""

    title: str
    home: str
    """The path of its first page; "" if it is in no menu."""
    groups: tuple[tuple[str, tuple[Entry, ...]], ...] = ()
    """The entries of the menu, in groups with a title."""


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization of the person."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame shows of the person who is logged in."""

    first_name: str
    last_name: str
    photo: str | None
    operator: bool
    timezone: str
    organization: Organization
    """The one that the person works for now."""
    organizations: Sequence[Organization]
    erased_on: str | None
    """When the account will be erased; None if it will not."""
    terms_to_accept: str | None
    """The version of the terms that the person has to accept before they see any page; None if there is none."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Frame | None":
        """Return the frame from the answer to a document with `...Frame`; None if it was not asked for."""
        account = data.get("account")
        if not account or "companySelector" not in data:
            return None
        current = data["organization"]
        items = data["companySelector"]["items"]
        return cls(
            first_name=account["firstName"],
            last_name=account["lastName"],
            photo=account["photoUrl"],
            operator=account["operator"],
            timezone=account["location"]["timezone"],
            organization=Organization(current["id"], current["name"]),
            organizations=[Organization(item["organizationId"], item["title"]) for item in items],
            erased_on=account["deletionDateTime"],
            terms_to_accept=account["termsToAccept"],
        )

    @property
    def initials(self) -> str:
        """The first letters of the name, where there is no portrait."""
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()
