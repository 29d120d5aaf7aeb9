"""Rules of workflows. Pure."""
