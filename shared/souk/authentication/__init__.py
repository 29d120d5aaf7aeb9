"""Who is calling: tokens, keys, memberships, and the one read that proves them."""
