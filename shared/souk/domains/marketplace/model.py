"""Stored settings of the marketplace."""

from souk.storage import Entity


class Settings(Entity):
    """What operators have set in the console. None: the deployment's choice holds, or Souk's default."""

    name: str | None = None
    api_key_review: bool | None = None
    """Whether a new API key waits for an operator."""
