"""Where a posting is, and whom it asks for by place.

A posting is where it says that the work is done: at a place that applicants should be in, or at the client's site. One
that names no place is where its client is.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from souk.domains.identity.model import Location
from souk.domains.jobs.model import Job
from souk.domains.reference import places, tables, world


@dataclass(frozen=True, slots=True)
class JobPlace:
    """Where a posting is, as far as that is known."""

    country: str | None = None
    """ISO 3166-1 alpha-2."""
    state: str | None = None
    """The postal abbreviation of a US state."""
    city_id: str | None = None
    """GeoNames id."""
    latitude: float | None = None
    longitude: float | None = None


def place_of_job(job: Job, client: Location) -> JobPlace:
    """Return where a posting is."""
    wanted, ptc = job.qualifications, job.ptc_info
    for area in (wanted and wanted.locations) or ():
        if area.id and (found := places.city(area.id) or places.postal_code(area.id)):
            return _at(found)
    if ptc and ptc.on_site_city and ptc.on_site_country:
        found = places.find_city(ptc.on_site_city, ptc.on_site_country)
        if found:
            return _at(found)
    return place_of(client)


def place_of(location: Location) -> JobPlace:
    """Return where a person or a company is, from the gazetteer where no point on the map is stored."""
    found = places.find_city(location.city, location.country) if location.city and location.country else None
    if found is None and location.country == "US" and location.zip:
        found = places.postal_code(location.zip)
    latitude, longitude = location.latitude, location.longitude
    if latitude is None or longitude is None:
        latitude, longitude = (found.latitude, found.longitude) if found else (None, None)
    state = us_state(location.state) if location.country == "US" and location.state else None
    city_id = found.id if found and places.city(found.id) else None
    return JobPlace(location.country, state, city_id, latitude, longitude)


def _at(place: places.Place) -> JobPlace:
    city_id = place.id if places.city(place.id) else None
    return JobPlace(place.country, place.state, city_id, place.latitude, place.longitude)


def wanted_countries(job: Job, client: Location) -> set[str]:
    """Return the codes of the countries that applicants should live in; none where they may live anywhere."""
    wanted, ptc = job.qualifications, job.ptc_info
    named = (wanted and wanted.countries) or (ptc and ptc.countries) or ()
    codes = {code for name in named if (code := world.country_code(name))}
    if wanted:
        codes |= _countries_of_regions(wanted.regions or ())
        if wanted.local_market and client.country and not codes:
            codes.add(client.country)
    return codes


def wanted_states(job: Job) -> set[str]:
    """Return the states that applicants should live in: abbreviations of US states, other names folded."""
    wanted = job.qualifications
    return {us_state(name) or tables.fold(name) for name in (wanted and wanted.states) or ()}


def wanted_timezones(job: Job) -> tuple[str, ...]:
    """Return the time zones that applicants should live in."""
    wanted = job.qualifications
    return (wanted and wanted.timezones) or ()


def us_state(name: str) -> str | None:
    """Return the abbreviation of a US state by abbreviation or name."""
    states = places.us_states()
    if name.upper() in states:
        return name.upper()
    folded = tables.fold(name)
    return next((code for code, full in states.items() if tables.fold(full) == folded), None)


def _countries_of_regions(regions: Iterable[str]) -> set[str]:
    known = tables.regions()
    by_name = {tables.fold(region.name): region for region in known.values()}
    found = (known.get(name) or by_name.get(tables.fold(name)) for name in regions)
    return {code for region in found if region for code in region.countries}
