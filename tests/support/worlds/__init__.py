"""Small worlds that tests start from: one module per domain, with its people, data and calls."""
