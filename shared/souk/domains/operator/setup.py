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
    terms: bool
    """Whether there are terms and a privacy policy."""
    support: bool
    """Whether people know where to ask for help."""
    sender: bool
    """Whether the deployment sends mail from an address of its own."""
    real_payments: bool
    """Whether a payment provider moves money, unlike the sandbox."""


UNKNOWN: Final = "UNKNOWN"
"""The beginning of the codes of parts that are not known."""
_BRAND: Final = "/operator/settings/brand"
_RULES: Final = "/operator/settings/rules"
_DEPLOYMENT: Final = "/operator/settings/deployment"


def warnings(setup: Setup) -> list[OperatorWarning]:
    """Return what is left to set up."""
    found = []
    if not setup.named:
        found.append(OperatorWarning("NAME", "Give the marketplace a name and a logo.", _BRAND))
    if not setup.sender:
        found.append(OperatorWarning("MAIL", "Send mail from your own domain.", _DEPLOYMENT))
    if not setup.terms:
        found.append(OperatorWarning("TERMS", "Add terms and a privacy page.", _RULES))
    if not setup.support:
        found.append(OperatorWarning("SUPPORT", "Say where people get support.", _BRAND))
    if not setup.real_payments:
        found.append(OperatorWarning("PAYMENTS", "The sandbox takes payments now; no money moves.", _DEPLOYMENT))
    return found


def unknown(part: str, reason: str) -> OperatorWarning:
    """Return the warning that a field of the overview is not known."""
    return OperatorWarning(f"{UNKNOWN}_{part}", reason)
