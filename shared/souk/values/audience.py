"""The audience of an event: the ids of the organizations that receive it."""

from typing import Final

EVERYBODY: Final = ("*",)
"""The audience of a public event."""
