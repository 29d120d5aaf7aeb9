"""The Domain object that the other modules of this package register their fields with."""

from typing import Final

from souk.domains.files.rules import require_member
from souk.graph import Context, Domain, ListSize, Scope

# The client's first word about a proposal activates it, in the same transaction.
domain = Domain(
    "messages",
    function="messages",
    joins=("audit", "mails", "market", "proposals", "reviews", "rooms"),
    joins_keys=("INVITE#",),  # invitations to rooms by e-mail
)

READ: Final = (Scope.MESSAGES_READ, Scope.MESSAGES_WRITE)
WRITE: Final = (Scope.MESSAGES_WRITE,)
OPERATORS: Final = (Scope.OPERATOR,)
STORY_PAGES: Final = ListSize(50, 500)


@domain.upload("messages.attachment")
def may_upload(ctx: Context) -> None:
    """Allow members of the organization to upload attachments of stories."""
    require_member(ctx.principal)
