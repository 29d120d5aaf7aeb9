"""The frame around pages: their section, its menu, and the person who is logged in."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the menu of a section."""

    path: str
    title: str
    folder: str = ""
    """The path below which the entry's other pages lie; "": its own path."""

    def leads_to(self, path: str) -> bool:
        """Return whether a page is the entry's, or one below it."""
        return path == self.path or path.startswith(f"{self.folder or self.path}/")


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that share a menu."""

    title: str
    home: str
    """The path of its first page; "" if it is in no menu."""
    groups: tuple[tuple[str, tuple[Entry, ...]], ...] = ()
    """The entries of the menu, in groups with a title; "": the organization's name."""
    translated: bool = True
    """Whether its pages have texts in other languages than English."""

    def current(self, path: str) -> Entry | None:
        """Return the entry of a page: the nearest one above it. None if the menu has none."""
        entries = (entry for _, group in self.groups for entry in group if entry.leads_to(path))
        return max(entries, key=lambda entry: len(entry.path), default=None)


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
    operator: bool
    timezone: str
    """The IANA name of the person's time zone."""
    language: str
    """The language that the person has chosen. BCP 47."""
    organization: Organization
    """The one that the person works for now."""
    organizations: Sequence[Organization]
    erased_on: str | None
    """When the account will be erased; None if it will not."""
    photo: str | None = None
    terms_to_accept: str | None = None
    """The version of the terms that the person has to accept before they see any page; None if there is none."""

    @property
    def initials(self) -> str:
        """The first letters of the name, where there is no portrait."""
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()
