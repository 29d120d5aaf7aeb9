"""The counts and events of a client's marks. Marks can be set in any status. Pure."""

from collections.abc import Mapping
from typing import Final

from souk.domains.proposals.model import Mark

TALLIES: Final[Mapping[Mark, str]] = {Mark.SHORTLISTED: "shortlisted", Mark.HIDDEN: "hidden"}
"""The marks that a posting's Activity counts, with the fields of their counts."""

EVENTS: Final[Mapping[tuple[Mark, bool], str]] = {
    (Mark.READ, True): "ClientRead",
    (Mark.SHORTLISTED, True): "ClientShortlist",
    (Mark.SHORTLISTED, False): "ClientUnshortlist",
    (Mark.HIDDEN, True): "ClientHide",
    (Mark.HIDDEN, False): "ClientUnhide",
}
"""The events on the client's side for setting (True) and removing (False) a mark. READ cannot be removed."""
