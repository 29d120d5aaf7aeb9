"""The marks that a client puts on proposals, whatever has become of those: what they count, and what is told. Pure."""

from collections.abc import Mapping
from typing import Final

from souk.domains.proposals.model import Mark

TALLIES: Final[Mapping[Mark, str]] = {Mark.SHORTLISTED: "shortlisted", Mark.HIDDEN: "hidden"}
"""Those that the posting's Activity counts."""

EVENTS: Final[Mapping[tuple[Mark, bool], str]] = {
    (Mark.READ, True): "ClientRead",
    (Mark.SHORTLISTED, True): "ClientShortlist",
    (Mark.SHORTLISTED, False): "ClientUnshortlist",
    (Mark.HIDDEN, True): "ClientHide",
    (Mark.HIDDEN, False): "ClientUnhide",
}
"""What the client's subscribers are told when a mark is put on, or taken off."""
