"""The packages of a gig, and their prices."""

import math
from decimal import Decimal
from typing import Any, Final

from souk.domains.gigs.inputs import PackageInput, PackagesInput
from souk.domains.gigs.model import CURRENCY, Package, Packages
from souk.values import texts
from souk.values.money import digits_of
from souk.values.problems import Problems

NAME: Final = (5, 20)
"""Characters."""
DESCRIPTION: Final = (5, 100)
"""Characters."""
PRICE: Final = (10, 1_000_000)
"""Dirhams. Up to the maximum, floats are exact to a centime."""
DELIVERY: Final = (1, 365)
"""Days."""
REVISIONS: Final = (1, 1_000)


def checked(request: PackagesInput) -> dict[str, Any]:
    """Return the changes of a gig by a request, which replaces all packages.

    Raises Unprocessable with all problems.
    """
    problems = Problems("input")
    packages = Packages(
        basic=_package(problems, "basic", request.basic),
        standard=request.standard and _package(problems, "standard", request.standard),
        premium=request.premium and _package(problems, "premium", request.premium),
    )
    problems.raise_if_any()
    return {"set_packages": packages, "offers_multiple_packages": len(packages.all) > 1}


def _package(problems: Problems, tier: str, request: PackageInput) -> Package:
    for path, number, (least, most) in (
        ("deliveryTime", request.delivery_time, DELIVERY),
        ("revisions", request.revisions, REVISIONS),
    ):
        if not least <= number <= most:
            problems.add(f"{tier}.{path}", f"{least} to {most}; this is {number}.")
    return Package(
        name=texts.line(problems, f"{tier}.name", request.name, *NAME),
        description=texts.line(problems, f"{tier}.description", request.description, *DESCRIPTION),
        price_minor=_minor(problems, f"{tier}.price", request.price),
        delivery_time=request.delivery_time,
        revisions=request.revisions,
    )


def _minor(problems: Problems, path: str, price: float) -> int:
    """Return a price in minor units; 0 for an invalid price."""
    least, most = PRICE
    if not (math.isfinite(price) and least <= price <= most):
        problems.add(path, f"{least} to {most} {CURRENCY}.")
        return 0
    minor = exact(price)
    if minor is None:
        problems.add(path, f"{CURRENCY} has {digits_of(CURRENCY)} decimals; this is {price!r}.")
    return minor or 0


def exact(price: float) -> int | None:
    """Return a finite price in minor units; None if it has more decimals than the currency.

    The written digits count: the shortest decimal that reads as this float.
    """
    units = Decimal(repr(price)).scaleb(digits_of(CURRENCY))
    return int(units) if units == units.to_integral_value() else None
