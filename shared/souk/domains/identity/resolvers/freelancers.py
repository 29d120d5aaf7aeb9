"""Resolvers of FreelancerProfile, as far as a user's record goes.

The talent domain, which holds the rest of a profile, is not built. Until then its lists are empty, and its nullable
fields return NOT_BUILT. Its other fields are required parts of required parts (`Offer.freelancer`), where an error
would null the whole offer, so they have the values of somebody who has set nothing.
"""

from typing import Any

from souk.domains.identity.model import User
from souk.domains.identity.resolvers.declared import domain
from souk.domains.identity.rules import privacy
from souk.domains.identity.views import (
    FreelancerAggregates,
    FreelancerPreferences,
    PersonalData,
    UserLocation,
    country_of,
    photo_url,
)
from souk.domains.reference.model import Country
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, SortAttribute, empty_connection
from souk.values.pictures import SIZES, PictureKind


@domain.field("FreelancerProfile.userDetails")
@domain.field("FreelancerProfile.user")
def freelancer(source: User, ctx: Context) -> User:
    """Return the source, which is the user. The fields of `CurrentUser` check themselves who may see them."""
    return source


@domain.field("FreelancerProfile.email")
def freelancer_email(source: User, ctx: Context) -> str | None:
    """Return the e-mail address; None if the caller may not see it."""
    return source.email if privacy.person_shown(source, ctx) else None


@domain.field("FreelancerProfile.lastName")
def freelancer_last_name(source: User, ctx: Context) -> str:
    """Return the last name; only its first letter if the caller may not see it. The field cannot be null."""
    if privacy.person_shown(source, ctx):
        return source.last_name
    return f"{source.last_name[0]}." if source.last_name else ""


@domain.field("FreelancerProfile.fullName")
def freelancer_full_name(source: User, ctx: Context) -> str:
    """Return the full name; the public name if the caller may not see it."""
    return f"{source.first_name} {source.last_name}" if privacy.person_shown(source, ctx) else source.name


@domain.field("FreelancerProfile.countryDetails")
def freelancer_country(source: User, ctx: Context) -> Country | None:
    """Return the country of a freelancer."""
    return country_of(source.location)


@domain.field("FreelancerProfile.portrait")
def freelancer_portrait(source: User, ctx: Context) -> dict[str, str | None] | None:
    """Return the URLs of the portrait in its sizes; None without a portrait. One elsewhere has no other sizes."""
    sizes = SIZES[PictureKind.PORTRAIT]
    largest = photo_url(source, ctx.base_url, sizes[-1])
    if largest is None:
        return None
    resized = sizes if source.portrait else ()
    return {"portrait": largest} | {f"portrait{size}": photo_url(source, ctx.base_url, size) for size in resized}


@domain.field("FreelancerProfile.personalData")
def personal_data(source: User, ctx: Context) -> PersonalData:
    """Return the name, portrait and address. Nobody has set an hourly rate yet."""
    return PersonalData(
        first_name=source.first_name,
        last_name=freelancer_last_name(source, ctx),
        portrait=freelancer_portrait(source, ctx),
        address=UserLocation.of(source.location, ctx.now, whole=privacy.person_shown(source, ctx)),
    )


@domain.field("FreelancerProfile.userPreferences")
def preferences(source: User, ctx: Context) -> FreelancerPreferences:
    """Return the preferences of somebody who has set none."""
    return FreelancerPreferences()


@domain.field("FreelancerProfile.aggregates")
def aggregates(source: User, ctx: Context) -> FreelancerAggregates:
    """Return the user. The numbers are not built."""
    return FreelancerAggregates(source)


@domain.field("FreelancerProfile.otherExperiences")
def other_experiences(
    source: User,
    ctx: Context,
    sort_attribute: SortAttribute | None = None,  # noqa: ARG001
    pagination: Pagination | None = None,  # noqa: ARG001
) -> Connection:
    """Return no experiences."""
    return empty_connection()


@domain.field("FreelancerProfile.educationRecords")
def education_records(
    source: User,
    ctx: Context,
    sort_attribute: SortAttribute | None = None,  # noqa: ARG001
    pagination: Pagination | None = None,  # noqa: ARG001
) -> list[Any]:
    """Return no records."""
    return []


@domain.field("FreelancerProfile.employmentRecords")
def employment_records(source: User, ctx: Context) -> list[Any]:
    """Return no records."""
    return []


@domain.field("FreelancerProfile.languages")
@domain.field("FreelancerProfile.skills")
@domain.field("FreelancerProfile.linkedExternalAccountsList")
@domain.field("FreelancerProfile.privateTalentCloud")
def nothing_listed(source: User, ctx: Context) -> Connection:
    """Return an empty connection."""
    return empty_connection()
