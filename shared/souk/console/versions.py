"""Edit forms carry the version of the values that they were shown with, so that two people do not overwrite each other.

A version is a hash of the values, and not the record's: a record also changes for other reasons, such as a log-in.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

import orjson

VERSION: Final = "version"
"""The hidden field of a form."""


def version_of(values: Mapping[str, object]) -> str:
    """Return the version of the values of a form."""
    return hashlib.sha256(orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def changed_meanwhile(given: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return the present values where they differ from those of a form, by their names, if somebody has changed any.

    It is empty if nobody has changed one since the form was shown, or to what the form says.
    """
    if given.get(VERSION) == version_of(now):
        return {}
    return {name: value for name, value in now.items() if name in given and _text(given[name]) != value}


def _text(given: str) -> str:
    """Return what is stored of a field: browsers send line breaks as CR LF (HTML, "newlines in form payloads")."""
    return given.replace("\r\n", "\n").strip()
