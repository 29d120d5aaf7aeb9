"""The books of the marketplace in double entry: accounts, bookings, balances and history."""
