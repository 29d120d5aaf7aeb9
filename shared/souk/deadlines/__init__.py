"""Work that is due later: recorded in the table, found by the clock, run by the function that owns it."""
