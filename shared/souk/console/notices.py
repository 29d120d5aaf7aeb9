"""What pages say after a form was processed, by the value of the URL's parameter `said`."""

from collections.abc import Mapping
from typing import Final

NOTICES: Final[Mapping[str, str]] = {
    "key-created": "The API key was created.",
    "key-in-review": "In review. You get a mail. Save the secret all the same.",
    "key-rotated": "The API key has a new secret. The one before works for 24 hours more.",
    "key-changed": "The API key was changed.",
    "key-deleted": "The API key was deleted. Its tokens have ended.",
    "webhook-created": "The webhook was created. It is in review: nothing is sent until its address is approved.",
    "webhook-changed": "The webhook was changed.",
    "webhook-in-review": "The webhook was changed. The address goes back to review, and nothing is sent until then.",
    "webhook-rotated": "The webhook has a new secret. The one before signs beside it for 24 hours.",
    "webhook-tested": "A test was sent.",
    "webhook-redelivered": "It is sent again.",
    "webhook-replayed": "The events are sent again.",
    "webhook-stopped": "The webhook is stopped.",
    "webhook-started": "The webhook is started.",
    "webhook-deleted": "The webhook was deleted.",
    "organization-chosen": "You now work for this organization.",
}
