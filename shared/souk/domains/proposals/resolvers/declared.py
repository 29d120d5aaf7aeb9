"""The Domain object that the other modules of this package register their fields with."""

from souk.domains.files.rules import require_member
from souk.domains.proposals.personal import PERSONAL
from souk.graph import Context, Domain, Scope

# Accepting an invitation with an open offer also updates the offer, in the same transaction. Applying is an activity,
# which the freelancer's profile notes.
domain = Domain("proposals", function="offers", joins=("mails", "offers", "rooms", "talent"))
domain.personal(PERSONAL)

SCOPES = (Scope.CLIENT_PROPOSALS,)
"""The scopes for proposals, on both sides."""


@domain.upload("proposals.attachment")
def may_upload(ctx: Context) -> None:
    """Allow members of the organization to upload attachments."""
    require_member(ctx.principal)
