"""The audience of an event: the ids of the organizations that it concerns. Only they are told of it."""

from typing import Final

EVERYBODY: Final = ("*",)
"""The audience of an event that everybody may see."""
