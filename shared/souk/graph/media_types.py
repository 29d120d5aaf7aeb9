"""The media types of responses, negotiated as GraphQL over HTTP says.

Source: https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types and RFC 9110, section 12.5.1.
"""

import re
from typing import Final

JSON: Final = "application/json"
"""The default. The status is 200 also if the operation was not executed, as in the contract."""
GRAPHQL: Final = "application/graphql-response+json"
"""The status tells whether the operation was executed."""

_WILDCARDS: Final = ("application/*", "*/*")
_WEIGHT: Final = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", re.ASCII | re.IGNORECASE)


def negotiate(accept: str) -> str:
    """Return the media type of the response to an `Accept` header.

    It is GRAPHQL only if the header names it, with a weight that is not less than that of JSON. Of two equal weights
    the type that is named first wins. Headers that name neither get JSON.
    """
    weights: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = part.split(";")
        weights.setdefault(name.strip().lower(), _weight(parameters))
    for wildcard in _WILDCARDS:
        if wildcard in weights:
            weights.setdefault(JSON, weights[wildcard])
    acceptable = [name for name, weight in weights.items() if name in {JSON, GRAPHQL} and weight]
    return max(acceptable, key=weights.__getitem__, default=JSON)


def _weight(parameters: list[str]) -> float:
    given = next((found for text in parameters if (found := _WEIGHT.fullmatch(text))), None)
    return float(given[1]) if given else 1.0
