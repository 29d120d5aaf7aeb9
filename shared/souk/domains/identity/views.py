"""What is shown of people and organizations and is not stored in that form.

A part that Souk knows nothing of yet is left out, so that it answers NOT_BUILT rather than null.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from souk.domains.identity.model import Location, PaymentVerificationStatus
from souk.domains.reference import world
from souk.domains.reference.model import Country


@dataclass(frozen=True, slots=True)
class UserLocation:
    """Where a person is."""

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
        """Show a location, `whole` or without street and postal code; None without a time zone, which it must have."""
        if location.timezone is None:
            return None
        offset = now.astimezone(ZoneInfo(location.timezone)).utcoffset()
        country = country_of(location)
        zone = next((one for one in world.time_zones(now.year) if one.time_zone_name == location.timezone), None)
        return cls(
            country_name=country.name if country else None,
            city_name=location.city,
            zip=location.zip if whole else None,
            timezone=location.timezone,
            timezone_name=zone.time_zone_description if zone else None,
            street=location.address if whole else None,
            state_code=location.state,
            offset_to_utc=int(offset.total_seconds()) // 60 if offset else 0,
        )


@dataclass(frozen=True, slots=True)
class I18nLocation:
    """The country whose rules apply."""

    country: Country | None


@dataclass(frozen=True, slots=True)
class I18nSettings:
    """What follows from a country."""

    country_supported: bool
    """Whether people from there can register."""
    location: I18nLocation

    @classmethod
    def of(cls, location: Location) -> "I18nSettings":
        """Return what follows from a location."""
        country = country_of(location)
        return cls(country is not None and country.registration_allowed, I18nLocation(country))


@dataclass(frozen=True, slots=True)
class PaymentVerification:
    """Whether somebody's way of paying is proven."""

    status: PaymentVerificationStatus | None
    payment_verified: bool


def country_of(location: Location) -> Country | None:
    """Return the country of a location."""
    return world.country(location.country) if location.country else None
