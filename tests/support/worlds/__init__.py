"""The worlds that tests act in, one module for each domain."""
