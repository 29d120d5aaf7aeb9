"""Views of users and organizations: shapes of the contract that are not stored.

Fields that Souk does not support yet are left out, so that they return NOT_BUILT instead of null.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from souk.authentication.records import (
    API_KEYS,
    SESSIONS_OF_PERSON,
    ApiKey,
    Grant,
    Session,
    live_sessions,
)
from souk.authentication.scopes import Scope
from souk.authentication.tokens import session_of
from souk.domains.files.model import ChosenPicture
from souk.domains.identity.model import Location, Organization, PaymentVerificationStatus, User
from souk.domains.identity.rules.locations import time_zone_of
from souk.domains.reference import world
from souk.domains.reference.model import Country
from souk.graph import Context
from souk.values.pictures import DEFAULT_SIZE, picture_url
from souk.values.times import stamp

_MAX_SESSIONS: Final = 1_000


@dataclass(frozen=True, slots=True)
class UserLocation:
    """The location of a person."""

    country_name: str | None
    city_name: str | None
    zip: str | None
    timezone: str
    timezone_name: str | None
    street: str | None
    state_code: str | None
    offset_to_utc: int
    """Minutes, at the time of the request."""

    @classmethod
    def of(cls, location: Location, now: datetime, *, whole: bool) -> "UserLocation | None":
        """Return the view of a location; street and postal code only if `whole`. None if nothing of it is known."""
        if location == Location():
            return None
        timezone = time_zone_of(location)
        offset = now.astimezone(ZoneInfo(timezone)).utcoffset()
        country = country_of(location)
        zone = next((one for one in world.time_zones(now.year) if one.time_zone_name == timezone), None)
        return cls(
            country_name=country.name if country else None,
            city_name=location.city,
            zip=location.zip if whole else None,
            timezone=timezone,
            timezone_name=zone.time_zone_description if zone else None,
            street=location.address if whole else None,
            state_code=location.state,
            offset_to_utc=int(offset.total_seconds()) // 60 if offset else 0,
        )


@dataclass(frozen=True, slots=True)
class I18nLocation:
    """The country for regional settings."""

    country: Country | None


@dataclass(frozen=True, slots=True)
class I18nSettings:
    """Regional settings. `Visitor.i18n` returns the same for a country."""

    country_supported: bool
    """Whether the country is open for registration."""
    location: I18nLocation
    status: None = None
    """Souk has no settings by country, so this one and those below are null."""
    location_view_type: None = None
    user_preferred_location_type: None = None
    settings_flags: None = None

    @classmethod
    def of(cls, location: Location) -> "I18nSettings":
        """Return the regional settings of a location."""
        country = country_of(location)
        return cls(country is not None and country.supported, I18nLocation(country))


@dataclass(frozen=True, slots=True)
class PaymentVerification:
    """The verification of a payment method."""

    status: PaymentVerificationStatus | None
    payment_verified: bool


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
        """Return the programs of a person's grants that are in force, newest first. Their API keys have been loaded.

        A key that belongs to no organization is no program: with `souk token`, whoever runs the machine acts.
        """
        held = list(grants)
        return cls.among(held, ctx.load_many(API_KEYS, list({grant.key_id: None for grant in held})))

    @classmethod
    def among(cls, grants: Iterable[Grant], found: Iterable[ApiKey | None]) -> "list[ConnectedProgram]":
        """Return the programs of grants that are in force, as `all` does. `found` are the keys of the grants."""
        keys = {key.id: key for key in found if key and key.active and key.organization_id}
        valid: dict[str, list[Grant]] = {}
        for grant in grants:
            if grant.key_id in keys and grant.generation == keys[grant.key_id].generation:
                valid.setdefault(grant.key_id, []).append(grant)
        programs = [cls._of(keys[key_id], held) for key_id, held in valid.items()]
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
            agreed_date_time=_stamp(agreed),
            last_used_date_time=_stamp(renewed) if renewed > agreed else None,
            explorer=all(session_of(grant.id) for grant in grants),
        )


@dataclass(frozen=True, slots=True)
class AccountSession:
    """A browser that a person is logged in with."""

    id: str
    current: bool | None
    """None for requests of programs."""
    device: str
    country: None
    """The deployment does not know the countries of addresses."""
    ip_address: str
    created_date_time: str
    last_used_date_time: str
    expires_date_time: str

    @classmethod
    def all(cls, ctx: Context) -> "list[AccountSession]":
        """Return the caller's browsers, newest first, of at most `_MAX_SESSIONS` sessions."""
        table, user_id = ctx.table, ctx.principal.user_id
        live = live_sessions(table, user_id, table.clock.real())
        found = SESSIONS_OF_PERSON.of(table, user_id).page(live, _MAX_SESSIONS).rows
        used = ctx.meter.sessions_used(one.public_id for one in found)
        newest, own = sorted(found, key=lambda one: one.began, reverse=True), ctx.principal.session_id
        return [cls._of(one, used, current=one.public_id == own if own else None) for one in newest]

    @classmethod
    def _of(cls, session: Session, used: Mapping[str, str], *, current: bool | None) -> "AccountSession":
        began = _stamp(session.began)
        return cls(
            id=session.public_id,
            current=current,
            device=session.device or "Unknown browser",
            country=None,
            ip_address=session.address,
            created_date_time=began,
            last_used_date_time=max(began, used.get(session.public_id, "")),
            expires_date_time=_stamp(session.expires),
        )


def country_of(location: Location) -> Country | None:
    """Return the country of a location."""
    return world.country(location.country) if location.country else None


def photo_url(user: User, base_url: str, size: int = DEFAULT_SIZE) -> str | None:
    """Return the URL of a person's portrait in a size in pixels; None without one, and until it has been processed."""
    return _picture_url(user.portrait, base_url, size) or user.photo_url


def logo_url(organization: Organization, base_url: str, size: int = DEFAULT_SIZE) -> str | None:
    """Return the URL of a logo in a size in pixels; None without one, and until it has been processed."""
    return _picture_url(organization.logo, base_url, size) or organization.logo_url


def _picture_url(picture: ChosenPicture | None, base_url: str, size: int) -> str | None:
    return picture_url(base_url, picture.name, size) if picture and picture.name else None


def _stamp(seconds: float) -> str:
    return stamp(datetime.fromtimestamp(seconds, UTC))
