"""What pages say after a form was processed, by the value of the URL's parameter `said`."""

from collections.abc import Mapping
from typing import Final

NOTICES: Final[Mapping[str, str]] = {
    "key-created": "The API key was created.",
    "key-in-review": "In review. You get a mail. Save the secret all the same.",
    "key-rotated": "The API key has a new secret. The one before works for 24 hours more.",
    "key-changed": "The API key was changed.",
    "key-deleted": "The API key was deleted. Its tokens have ended.",
    "organization-chosen": "You now work for this organization.",
}
