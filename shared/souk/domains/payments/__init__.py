"""Money: accounts, and what was booked on them."""
