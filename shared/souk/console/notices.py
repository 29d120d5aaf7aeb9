"""What pages say after a form was processed, by the value of the URL's parameter `said`."""

from collections.abc import Mapping
from typing import Final

NOTICES: Final[Mapping[str, str]] = {
    "key-created": "The API key was created.",
    "key-changed": "The API key was changed.",
    "key-deleted": "The API key was deleted. Its tokens have ended.",
    "organization-chosen": "You now work for this organization.",
}
