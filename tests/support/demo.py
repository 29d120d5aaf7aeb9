"""The time at which tests load the demo data."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""A Sunday."""
