"""Views of people and organizations for operators: shapes of the contract that are not stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import PrivateAttr

from souk.domains.identity.model import Location, User
from souk.domains.identity.rules.locations import time_zone_of
from souk.domains.identity.views import country_of
from souk.domains.reference.model import Country
from souk.graph import Context


@dataclass(frozen=True, slots=True)
class AccountLocation:
    """The address and the time zone of a person."""

    street: str | None
    additional_info: str | None
    city: str | None
    state: str | None
    zip: str | None
    country: Country | None
    timezone: str

    @classmethod
    def of(cls, place: Location) -> "AccountLocation":
        """Return the view of a location."""
        return cls(
            street=place.address,
            additional_info=place.additional_info,
            city=place.city,
            state=place.state,
            zip=place.zip,
            country=country_of(place),
            timezone=time_zone_of(place),
        )


class _LastDays:
    """The days on which the people of a response were last seen, read with the first use."""

    def __init__(self, ctx: Context, user_ids: Sequence[str]) -> None:
        self._ctx = ctx
        self._ids = user_ids

    @cached_property
    def found(self) -> dict[str, str]:
        """Return the day of each person who has been seen, by their id."""
        return self._ctx.meter.last_seen(self._ids)


class ListedPerson(User):
    """A person in a list, who shares the read of the last days with the others."""

    _days: _LastDays = PrivateAttr()

    @property
    def last_seen(self) -> str | None:
        """The day of the last request (ISO 8601); None if there was none."""
        return self._days.found.get(self.id)

    @classmethod
    def all(cls, ctx: Context, users: Iterable[User]) -> list["ListedPerson"]:
        """Return the people of one response."""
        listed = [cls.model_construct(**dict(user)) for user in users]
        days = _LastDays(ctx, [one.id for one in listed])
        for one in listed:
            one._days = days  # noqa: SLF001 - its own class
        return listed


def last_seen_of(ctx: Context, user: User) -> str | None:
    """Return the beginning of the day (UTC) of a person's last request; None if there was none."""
    day = user.last_seen if isinstance(user, ListedPerson) else ctx.meter.last_seen([user.id]).get(user.id)
    return f"{day}T00:00:00.000Z" if day else None


def person_title(user: User | None) -> str:
    """Return the full name of a person as operators see it."""
    return f"{user.first_name} {user.last_name}".strip() if user else "Former member"
