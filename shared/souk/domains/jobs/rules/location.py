"""The place of a posting, and its requirements for the applicants' location.

The place of a posting is the first known place that applicants should live in, else the place of on-site work, else
the client's place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from souk.domains.identity.model import Location
from souk.domains.jobs.model import AreaRequirement, Job
from souk.domains.reference import places, tables, world
from souk.domains.reference.places import us_state
from souk.values.distance import miles_between

NEARBY: Final = 100
"""Miles. The default radius of a search around a city is the same."""


@dataclass(frozen=True, slots=True)
class JobPlace:
    """The place of a posting, as far as it is known."""

    country: str | None = None
    """ISO 3166-1 alpha-2."""
    state: str | None = None
    """The postal abbreviation of a US state."""
    city_id: str | None = None
    """GeoNames id."""
    latitude: float | None = None
    longitude: float | None = None


def place_of_job(job: Job, client: Location) -> JobPlace:
    """Return the place of a posting."""
    qualifications, ptc = job.qualifications, job.ptc_info
    for area in (qualifications and qualifications.locations) or ():
        if area.id and (found := places.city(area.id) or places.postal_code(area.id)):
            return _at(found)
    if ptc and ptc.on_site_city and ptc.on_site_country:
        found = places.find_city(ptc.on_site_city, ptc.on_site_country)
        if found:
            return _at(found)
    return place_of(client)


def place_of(location: Location) -> JobPlace:
    """Return the place of a person or company. The gazetteer adds coordinates if none are stored."""
    state = us_state(location.state) if location.country == "US" and location.state else None
    found = places.find_city(location.city, location.country, state) if location.city and location.country else None
    if found is None and location.country == "US" and location.zip:
        found = places.postal_code(location.zip)
    latitude, longitude = location.latitude, location.longitude
    if latitude is None or longitude is None:
        latitude, longitude = (found.latitude, found.longitude) if found else (None, None)
    city_id = found.id if found and places.city(found.id) else None
    return JobPlace(location.country, state, city_id, latitude, longitude)


def region_of(location: Location) -> str | None:
    """Return the state or region of a person or company: the abbreviation of a US state, or a folded name."""
    state = place_of(location).state
    return state or (tables.fold(location.state) or None if location.state else None)


def _at(place: places.Place) -> JobPlace:
    city_id = place.id if places.city(place.id) else None
    return JobPlace(place.country, place.state, city_id, place.latitude, place.longitude)


def wanted_countries(job: Job, client: Location) -> set[str]:
    """Return the codes of the countries that applicants should live in; empty for anywhere."""
    qualifications, ptc = job.qualifications, job.ptc_info
    named = (qualifications and qualifications.countries) or (ptc and ptc.countries) or ()
    codes = {code for name in named if (code := world.country_code(name))}
    if qualifications:
        codes |= _countries_of_regions(qualifications.regions or ())
        if qualifications.local_market and client.country and not codes:
            codes.add(client.country)
    return codes


def wanted_states(job: Job) -> set[str]:
    """Return the states that applicants should live in: abbreviations of US states, or other names folded."""
    qualifications = job.qualifications
    return {us_state(name) or tables.fold(name) for name in (qualifications and qualifications.states) or ()}


def wanted_timezones(job: Job) -> tuple[str, ...]:
    """Return the time zones that applicants should live in, by their current names."""
    qualifications = job.qualifications
    return tuple(time_zone_of(name) or name for name in (qualifications and qualifications.timezones) or ())


def time_zone_of(name: str | None) -> str | None:
    """Return the current name of a stored time zone; None for none."""
    return (world.time_zone(name) or name) if name else None


def location_check(job: Job) -> bool | None:
    """Return whether applicants must live where the posting requires it; None if the posting does not say."""
    given = [
        part.location_check_required
        for part in (job.qualifications, job.ptc_info)
        if part and part.location_check_required is not None
    ]
    return any(given) if given else None


def unmet_requirement(job: Job, client: Location, home: Location) -> str | None:
    """Return the requirement for the applicants' location that a home does not meet, as text; None if it meets all.

    The rules are those of the search condition `userLocationMatch_eq`. In addition, a posting with `locations` requires
    a home in one of them, or at most `NEARBY` miles away. An unknown home meets no requirement.
    """
    countries = wanted_countries(job, client)
    if countries and home.country not in countries:
        names = sorted(country.name for code in countries if (country := world.country(code)))
        return f"countries: {', '.join(names)}"
    if (states := wanted_states(job)) and region_of(home) not in states:
        return f"states: {', '.join((job.qualifications and job.qualifications.states) or ())}"
    if (timezones := wanted_timezones(job)) and time_zone_of(home.timezone) not in timezones:
        return f"time zones: {', '.join(timezones)}"
    areas = (job.qualifications and job.qualifications.locations) or ()
    if areas and not any(_is_near(home, area) for area in areas):
        return f"places: {', '.join(area.name for area in areas if area.name)}"
    return None


def _is_near(home: Location, area: AreaRequirement) -> bool:
    """Return whether a home is in or near an area. A place that the gazetteer does not know must have the same name."""
    name = tables.fold(area.name or "")
    if name and name in (tables.fold(home.city or ""), tables.fold(home.zip or "")):
        return True
    known = area.id and (places.city(area.id) or places.postal_code(area.id))
    here = place_of(home)
    if not known or here.latitude is None or here.longitude is None:
        return False
    return miles_between(here.latitude, here.longitude, known.latitude, known.longitude) <= NEARBY


def _countries_of_regions(regions: Iterable[str]) -> set[str]:
    known = tables.regions()
    by_name = {tables.fold(region.name): region for region in known.values()}
    found = (known.get(name) or by_name.get(tables.fold(name)) for name in regions)
    return {code for region in found if region for code in region.countries}
