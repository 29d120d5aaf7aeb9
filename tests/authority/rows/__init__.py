"""The rows of the matrix, in one file per domain."""

from tests.authority.row import Row
from tests.authority.rows import (
    activities,
    clouds,
    contracts,
    customfields,
    diaries,
    feedback,
    files,
    gigs,
    identity,
    jobs,
    marketplace,
    messages,
    milestones,
    offers,
    operator,
    payments,
    proposals,
    reference,
    reputation,
    savedsearches,
    talent,
    time,
    timesheets,
    webhooks,
    workflow,
)

ROWS: tuple[Row, ...] = (
    *files.ROWS,
    *gigs.ROWS,
    *identity.ROWS,
    *jobs.ROWS,
    *marketplace.ROWS,
    *milestones.ROWS,
    *contracts.ROWS,  # after the postings that they link to
    *activities.ROWS,
    *customfields.ROWS,
    *feedback.ROWS,
    *messages.ROWS,
    *offers.ROWS,
    *operator.ROWS,
    *payments.ROWS,
    *proposals.ROWS,
    *reference.ROWS,
    *reputation.ROWS,
    *savedsearches.ROWS,
    *talent.ROWS,
    *clouds.ROWS,  # after the profiles that they lead to
    *time.ROWS,
    *timesheets.ROWS,
    *webhooks.ROWS,
    *diaries.ROWS,  # after the contracts that they link to
    *workflow.ROWS,
)
