"""Rules of imports: pure functions."""
