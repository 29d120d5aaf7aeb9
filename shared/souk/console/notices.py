"""What pages say after a form was processed, by the value of the URL's parameter `said`.

Those of pages that are in English only are not marked as texts.
"""

from collections.abc import Mapping
from typing import Final

from souk.web.translations import Text

NOTICES: Final[Mapping[str, str]] = {
    "marketplace-export-requested": "The export is being built. It will be in the list when it is ready.",
    "key-created": Text("The API key was created."),
    "key-in-review": Text("In review. You get a mail. Save the secret all the same."),
    "key-rotated": Text("The API key has a new secret. The one before works for 24 hours more."),
    "key-changed": Text("The API key was changed."),
    "key-deleted": Text("The API key was deleted. Its tokens have ended."),
    "profile-saved": Text("Your profile was saved."),
    "portrait-saved": Text("Your profile was saved. A new portrait is shown within seconds."),
    "organization-saved": Text("The organization was saved."),
    "logo-saved": Text("The organization was saved. A new logo is shown within seconds."),
    "session-ended": Text("This browser was logged out."),
    "sessions-ended": Text("All other browsers were logged out."),
    "program-disconnected": Text("The program can no longer act for you."),
    "invited": Text("The invitations were sent."),
    "invitation-withdrawn": Text("The invitation was withdrawn."),
    "member-saved": Text("The member was saved."),
    "member-removed": Text("The person is no longer a member."),
    "team-created": Text("The team was created."),
    "team-saved": Text("The team was saved."),
    "export-requested": Text("Your copy is being made. You get a mail when it is ready."),
    "deletion-requested": Text("Your account will be deleted. Until then you can keep it."),
    "deletion-cancelled": Text("Your account stays."),
    "webhook-created": Text("The webhook was created. It is in review: nothing is sent until its address is approved."),
    "webhook-changed": Text("The webhook was changed."),
    "webhook-in-review": Text(
        "The webhook was changed. The address goes back to review, and nothing is sent until then."
    ),
    "webhook-rotated": Text("The webhook has a new secret. The one before signs beside it for 24 hours."),
    "webhook-tested": Text("A test was sent."),
    "webhook-redelivered": Text("It is sent again."),
    "webhook-replayed": Text("The events are sent again."),
    "webhook-stopped": Text("The webhook is stopped."),
    "webhook-started": Text("The webhook is started."),
    "webhook-deleted": Text("The webhook was deleted."),
    "organization-chosen": Text("You now work for this organization."),
    "review-decided": "The decision was saved. This is what waits next.",
    "person-suspended": "The person is suspended. Their requests are refused from now on.",
    "person-reactivated": "The person is active again.",
    "operator-made": "The person is an operator now. All operators get a mail.",
    "operator-removed": "The person is no operator any more. All operators get a mail.",
    "identity-recorded": "The verification of the identity was saved.",
    "authenticator-reset": "The authenticator was reset, and all their sessions have ended.",
    "profile-locked": "The profile is locked.",
    "profile-unlocked": "The lock of the profile has ended.",
    "organization-suspended": "The organization is suspended.",
    "organization-reactivated": "The organization is active again.",
    "enterprise-marked": "The organization is an enterprise now.",
    "enterprise-ended": "The organization is no enterprise any more.",
    "payment-recorded": "The verification of the payment method was saved.",
    "content-taken-down": "The content was taken down. Others cannot see it any more.",
    "content-restored": "The content was restored.",
    "booking-reversed": "The booking was reversed.",
    "payment-asked": "The provider was asked. This is the payment's state now.",
    "payment-refunded": "The money goes back to the card.",
    "deadline-run": "The work is due now. It runs within a minute.",
    "events-replayed": "The events are sent again.",
    "letters-moved": "The messages were moved back.",
    "index-rebuilding": "The search index is being built again.",
    "settings-saved": "The settings were saved. Others see them within a minute.",
    "mail-saved": "The text of the mail was saved.",
    "mail-reset": "The mail has its delivered text again.",
    "mail-sent": "The test was sent to your address.",
}
