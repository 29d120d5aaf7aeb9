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
"""Dirhams. Up to the greatest of them, a float tells every centime apart."""
DELIVERY: Final = (1, 365)
"""Days."""
REVISIONS: Final = (1, 1_000)


def checked(wanted: PackagesInput) -> dict[str, Any]:
    """Return what new packages change of a gig: they take the place of those it had.

    Raises Unprocessable that names everything that is wrong.
    """
    problems = Problems("input")
    packages = Packages(
        basic=_package(problems, "basic", wanted.basic),
        standard=wanted.standard and _package(problems, "standard", wanted.standard),
        premium=wanted.premium and _package(problems, "premium", wanted.premium),
    )
    problems.raise_if_any()
    return {"set_packages": packages, "offers_multiple_packages": len(packages.all) > 1}


def _package(problems: Problems, tier: str, wanted: PackageInput) -> Package:
    for path, number, (least, most) in (
        ("deliveryTime", wanted.delivery_time, DELIVERY),
        ("revisions", wanted.revisions, REVISIONS),
    ):
        if not least <= number <= most:
            problems.add(f"{tier}.{path}", f"{least} to {most}; this is {number}.")
    return Package(
        name=texts.line(problems, f"{tier}.name", wanted.name, *NAME),
        description=texts.line(problems, f"{tier}.description", wanted.description, *DESCRIPTION),
        price_minor=_minor(problems, f"{tier}.price", wanted.price),
        delivery_time=wanted.delivery_time,
        revisions=wanted.revisions,
    )


def _minor(problems: Problems, path: str, price: float) -> int:
    """Return a price in minor units; 0 for one that cannot be."""
    least, most = PRICE
    if not (math.isfinite(price) and least <= price <= most):
        problems.add(path, f"{least} to {most} {CURRENCY}.")
        return 0
    minor = exact(price)
    if minor is None:
        problems.add(path, f"{CURRENCY} has {digits_of(CURRENCY)} digits after the point; this is {price!r}.")
    return minor or 0


def exact(price: float) -> int | None:
    """Return a finite price in minor units; None where it is no whole number of them.

    What counts are the digits that were written: the shortest decimal that reads as this float.
    """
    units = Decimal(repr(price)).scaleb(digits_of(CURRENCY))
    return int(units) if units == units.to_integral_value() else None
