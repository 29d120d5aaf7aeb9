"""Job postings: made and managed by clients, seen and searched by the market."""
