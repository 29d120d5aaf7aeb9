"""The rows of the matrix, in a file for each domain."""

from tests.authority.row import Row
from tests.authority.rows import files, gigs, identity, jobs, payments, reference

ROWS: tuple[Row, ...] = (*files.ROWS, *gigs.ROWS, *identity.ROWS, *jobs.ROWS, *payments.ROWS, *reference.ROWS)
