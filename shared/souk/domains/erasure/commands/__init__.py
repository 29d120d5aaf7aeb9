"""Commands of erasures."""
