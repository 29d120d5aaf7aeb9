"""Rules of exports: pure functions."""
