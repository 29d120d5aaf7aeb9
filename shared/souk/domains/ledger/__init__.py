"""The marketplace's ledger, in double entry: accounts, bookings, balances and history."""
