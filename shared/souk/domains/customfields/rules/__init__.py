"""Rules of custom fields. Pure."""
