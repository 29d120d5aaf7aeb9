"""Rules of talent clouds. Pure."""
