"""A contract in the work history of a freelancer, as it is stored and as somebody sees it."""

from dataclasses import dataclass
from enum import StrEnum

from souk.domains.contracts.model import Contract
from souk.domains.feedback.model import Feedback, Review
from souk.domains.jobs.model import Job
from souk.domains.market.model import ContractTotals


class WorkAccess(StrEnum):
    """The audience of a contract: that of its posting. The contract's TalentWorkAccessType."""

    PUBLIC = "PUBLIC"
    PRIVATE = "PRIVATE"
    INDEX = "INDEX"


@dataclass(frozen=True, slots=True)
class Work:
    """A contract with all that a work history shows of it."""

    contract: Contract
    totals: ContractTotals
    job: Job | None = None
    """None for a contract without a posting."""
    feedback: Feedback | None = None
    """None before the end."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What somebody may see of a freelancer's contracts."""

    everything: bool = False
    """Whether they are the freelancer or an operator."""
    own: bool = False
    """Whether they are the freelancer."""
    amounts: bool = True
    """Whether they see what was earned."""
    agency_amounts: bool = True
    """Whether they also see it of contracts of an agency."""


@dataclass(frozen=True, slots=True)
class ShownWork:
    """A contract as a reader sees it. Amounts are minor units of its currency."""

    contract: Contract
    """Show only its id, status, currency, kind of pay and dates. Everything else is below."""
    access: WorkAccess
    title: str
    description: str | None
    client: bool
    """Whether the reader may know the client."""
    job: Job | None
    earned: int | None
    """None if it is hidden, as are the prices."""
    rate: int | None
    stipend: int | None
    price: int | None
    minutes: int | None
    of_freelancer: Review | None
    """The client's review; None if there is none, or it is not shown yet."""
    of_client: Review | None
    comments: bool
    """Whether the reader may read the comments of the reviews."""
