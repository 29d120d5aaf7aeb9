"""What a founder should still set up, as warnings of the overview. Pure."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class OperatorWarning:
    """Something that is left to set up, or a part of the overview that is not known."""

    code: str
    message: str
    url: str | None = None
    """The path of the page where it is put right."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What is set up."""

    named: bool
    real_payments: bool
    """Whether a payment provider moves money, unlike the sandbox."""


UNKNOWN: Final = "UNKNOWN"
"""The beginning of the codes of parts that are not known."""
_BRAND: Final = "/operator/settings/brand"
_DEPLOYMENT: Final = "/operator/settings/deployment"


def warnings(setup: Setup) -> list[OperatorWarning]:
    """Return what is left to set up."""
    found = []
    if not setup.named:
        found.append(OperatorWarning("NAME", "Give the marketplace a name of its own.", _BRAND))
    if not setup.real_payments:
        found.append(OperatorWarning("PAYMENTS", "The sandbox takes payments now; no money moves.", _DEPLOYMENT))
    return found


def unknown(part: str, reason: str) -> OperatorWarning:
    """Return the warning that a field of the overview is not known."""
    return OperatorWarning(f"{UNKNOWN}_{part}", reason)
