"""Deadlines: work that is scheduled in the table, found by the poller, and run by the function that owns it."""
