"""The audit trail of operators: an append-only record of each change that they make."""
