"""Views of users and organizations: shapes of the contract that are not stored.

Fields that Souk does not support yet are left out, so that they return NOT_BUILT instead of null.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from souk.domains.files.model import ChosenPicture
from souk.domains.identity.model import Location, Organization, PaymentVerificationStatus, User
from souk.domains.identity.rules.locations import time_zone_of
from souk.domains.reference import world
from souk.domains.reference.model import Country
from souk.values.pictures import DEFAULT_SIZE, picture_url


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
