"""Rules of erasures: pure functions."""
