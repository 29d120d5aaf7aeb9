"""Rules of rooms. Pure."""
