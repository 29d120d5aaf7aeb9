"""What pages say after a form was processed, by the value of the URL's parameter `said`."""

from collections.abc import Mapping
from typing import Final

NOTICES: Final[Mapping[str, str]] = {
    "marketplace-export-requested": "The export is being built. It will be in the list when it is ready.",
    "key-created": "The API key was created.",
    "key-changed": "The API key was changed.",
    "key-deleted": "The API key was deleted. Its tokens have ended.",
    "profile-saved": "Your profile was saved. A new portrait is shown within seconds.",
    "organization-saved": "The organization was saved. A new logo is shown within seconds.",
    "session-ended": "This browser was logged out.",
    "sessions-ended": "All other browsers were logged out.",
    "program-disconnected": "The program can no longer act for you.",
    "invited": "The invitations were sent.",
    "invitation-withdrawn": "The invitation was withdrawn.",
    "member-saved": "The member was saved.",
    "member-removed": "The person is no longer a member.",
    "team-created": "The team was created.",
    "team-saved": "The team was saved.",
    "export-requested": "Your copy is being made. You get a mail when it is ready.",
    "deletion-requested": "Your account will be deleted. Until then you can keep it.",
    "deletion-cancelled": "Your account stays.",
    "organization-chosen": "You now work for this organization.",
}
