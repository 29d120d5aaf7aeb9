"""Distances between points of the index."""

from math import radians

from souk.search.schema import GeoPoint
from souk.values import distance

MILES_PER_DEGREE_OF_LATITUDE = distance.EARTH_RADIUS_MILES * radians(1)


def miles_between(start: GeoPoint, end: GeoPoint) -> float:
    """Return the distance between two places along the surface of the earth, in statute miles."""
    return distance.miles_between(start.latitude, start.longitude, end.latitude, end.longitude)
