"""Commands of operators. Each adds an action to the audit trail in its own transaction."""
