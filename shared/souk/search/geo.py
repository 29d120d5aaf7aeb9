"""Distances on earth."""

from math import asin, cos, radians, sin, sqrt

from souk.search.schema import GeoPoint

EARTH_RADIUS_MILES = 3958.8
MILES_PER_DEGREE_OF_LATITUDE = EARTH_RADIUS_MILES * radians(1)


def miles_between(start: GeoPoint, end: GeoPoint) -> float:
    """Return the distance between two places along the surface of the earth, in statute miles (haversine formula)."""
    half_latitude = radians(end.latitude - start.latitude) / 2
    half_longitude = radians(end.longitude - start.longitude) / 2
    chord = sin(half_latitude) ** 2 + (
        cos(radians(start.latitude)) * cos(radians(end.latitude)) * sin(half_longitude) ** 2
    )
    return 2 * EARTH_RADIUS_MILES * asin(min(1.0, sqrt(chord)))
