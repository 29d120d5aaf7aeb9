"""What each mail is for, and the placeholders of its text with the values of previews."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from souk.domains.mails.model import MailTemplate

COMMON: Final = ("marketplace", "support")
"""The placeholders of all mails: the marketplace's name, and the address of its support, which may be empty."""


class MailInfo(NamedTuple):
    """What a mail is for."""

    title: str
    examples: Mapping[str, str]
    """The values of its own placeholders in previews and test mails."""

    required: tuple[str, ...] = ()
    """The placeholders that its text cannot do without."""

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names that its text may use."""
        return (*self.examples, *COMMON)


CATALOG: Final[Mapping[MailTemplate, MailInfo]] = {
    MailTemplate.ACCOUNT_DELETION: MailInfo(
        "The account will be deleted, as its person has asked", {"date": "2026-12-13"}, ("date",)
    ),
    MailTemplate.ACCOUNT_ERASED: MailInfo("The account is being deleted now", {}),
    MailTemplate.ACCOUNT_IMPORTED: MailInfo(
        "An account was imported, and its person is invited to set a password",
        {"link": "https://example.com/account/signup?email=olivia%40example.com", "email": "olivia@example.com"},
        ("link",),
    ),
    MailTemplate.ACCOUNT_KEPT: MailInfo(
        "The account could not be deleted on its day",
        {"obstacles": "- The contract “A new logo” has not ended. End it first."},
        ("obstacles",),
    ),
    MailTemplate.DATA_EXPORT_READY: MailInfo(
        "The copy of a person's data is ready",
        {"link": "https://example.com/account/data", "until": "2026-12-06"},
        ("link",),
    ),
    MailTemplate.CONFIRM: MailInfo(
        "The code that confirms an e-mail address, after signing up and when it is changed",
        {"code": "123456"},
        ("code",),
    ),
    MailTemplate.EMAIL_CHANGED: MailInfo("The e-mail address of an account was changed; to the one before", {}),
    MailTemplate.EMAIL_TAKEN: MailInfo("Somebody wants to use the e-mail address of another account", {}),
    MailTemplate.RESET: MailInfo("The code for a new password", {"code": "123456"}, ("code",)),
    MailTemplate.TEMPORARY_PASSWORD: MailInfo(
        "The first password of an account that an operator made",
        {"username": "nina@example.com", "code": "Xy7!k2"},
        ("username", "code"),
    ),
    MailTemplate.TEAM_INVITATION: MailInfo(
        "An invitation to an organization and its teams",
        {
            "inviter": "Olivia O.",
            "company": "Acme",
            "organizations": "Web, Design",
            "message": "\n> Please join us.\n",
            "link": "https://example.com/account/invitation?token=example",
            "days": "7",
        },
        ("link",),
    ),
    MailTemplate.ROOM_INVITATION: MailInfo(
        "An invitation to a room of messages",
        {
            "inviter": "Olivia O.",
            "company": "Acme",
            "room": "Plans",
            "link": "https://example.com/account/invitation?token=example",
            "days": "7",
        },
        ("link",),
    ),
    MailTemplate.JOB_INVITATION: MailInfo(
        "An invitation to apply to a job",
        {
            "company": "Acme",
            "inviter": "Olivia O.",
            "title": "Build a shop",
            "letter": "\n> Your gigs fit well.\n",
            "invitation": "1360000000000000001",
        },
    ),
    MailTemplate.KEY_APPROVED: MailInfo("An API key was approved", {"name": "Opening importer"}),
    MailTemplate.KEY_DELETED: MailInfo(
        "Somebody has deleted an API key of an organization",
        {"name": "Opening importer", "organization": "Acme", "by": "Olivia O."},
    ),
    MailTemplate.KEY_REJECTED: MailInfo(
        "An API key was rejected", {"name": "Opening importer", "reason": "Say who uses it."}
    ),
    MailTemplate.REPORT_DISMISSED: MailInfo("Operators have dismissed a report of content", {"title": "Build a shop"}),
    MailTemplate.REPORT_RESOLVED: MailInfo("Operators have hidden reported content", {"title": "Build a shop"}),
    MailTemplate.TALENT_CLOUD_REQUEST: MailInfo(
        "A freelancer asks to join a talent cloud, or has joined",
        {"freelancer": "Sofia A.", "joined": "", "cloud": "Writers", "message": "\n> Hello.\n"},
    ),
    MailTemplate.UNREAD_STORIES: MailInfo("There are unread messages", {"name": "Sofia", "room": "Plans"}),
    MailTemplate.REACTIVATED: MailInfo("A suspension has ended", {"subject": "Acme"}),
    MailTemplate.SUSPENDED: MailInfo(
        "A person or an organization is suspended", {"subject": "Acme", "reason": "Spam in proposals."}
    ),
    MailTemplate.NEW_LOGIN: MailInfo(
        "A log-in from a new browser",
        {"device": "Firefox on Linux", "time": "28 November 2026, 16:02 UTC", "address": "192.0.2.0/24"},
    ),
    MailTemplate.TAKEDOWN: MailInfo(
        "Operators have hidden somebody's content", {"title": "Build a shop", "reason": "It asks for payment outside."}
    ),
}
