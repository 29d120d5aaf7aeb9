"""Views of people and organizations for operators: shapes of the contract that are not stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from pydantic import PrivateAttr

from souk.authentication.records import API_KEYS, ApiKey, Grant
from souk.authentication.scopes import Scope
from souk.authentication.tokens import session_of
from souk.domains.identity.model import Location, User
from souk.domains.identity.rules.locations import time_zone_of
from souk.domains.identity.views import country_of
from souk.domains.reference.model import Country
from souk.graph import Context
from souk.values.times import stamp


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


@dataclass(frozen=True, slots=True)
class ConnectedProgram:
    """A program that a person has given access to."""

    api_key: ApiKey
    organization_ids: tuple[str, ...]
    scopes: tuple[Scope, ...]
    agreed_date_time: str
    last_used_date_time: str | None
    explorer: bool

    @classmethod
    def all(cls, ctx: Context, grants: Iterable[Grant]) -> "list[ConnectedProgram]":
        """Return the programs of a person's grants that are in force, newest first. Their API keys have been loaded."""
        live: dict[str, list[Grant]] = {}
        for grant in grants:
            live.setdefault(grant.key_id, []).append(grant)
        keys = {key.id: key for key in ctx.load_many(API_KEYS, list(live)) if key and key.active}
        valid = {
            key_id: [grant for grant in grants if grant.generation == keys[key_id].generation]
            for key_id, grants in live.items()
            if key_id in keys
        }
        programs = [cls._of(keys[key_id], grants) for key_id, grants in valid.items() if grants]
        return sorted(programs, key=lambda one: one.agreed_date_time, reverse=True)

    @classmethod
    def _of(cls, key: ApiKey, grants: Sequence[Grant]) -> "ConnectedProgram":
        held = {scope for grant in grants for scope in grant.scopes}
        agreed = min(grant.created or grant.rotated for grant in grants)
        renewed = max(grant.rotated for grant in grants)
        return cls(
            api_key=key,
            organization_ids=tuple(dict.fromkeys(grant.organization_id for grant in grants)),
            scopes=tuple(scope for scope in Scope if scope.value in held),
            agreed_date_time=stamp(datetime.fromtimestamp(agreed, UTC)),
            last_used_date_time=stamp(datetime.fromtimestamp(renewed, UTC)) if renewed > agreed else None,
            explorer=all(session_of(grant.id) for grant in grants),
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
