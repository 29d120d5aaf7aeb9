"""Stored mails that wait to be sent."""

from enum import StrEnum

from souk.storage import Entity


class MailTemplate(StrEnum):
    """A mail. Its text is a file in `templates`, which operators can replace."""

    CONFIRM = "confirm"
    RESET = "reset"
    TEMPORARY_PASSWORD = "temporary_password"  # noqa: S105 - a name
    TEAM_INVITATION = "team_invitation"
    ROOM_INVITATION = "room_invitation"
    ACCOUNT_DELETION = "account_deletion"
    ACCOUNT_ERASED = "account_erased"
    ACCOUNT_IMPORTED = "account_imported"
    ACCOUNT_KEPT = "account_kept"
    DATA_EXPORT_READY = "data_export_ready"
    EMAIL_CHANGED = "email_changed"
    EMAIL_TAKEN = "email_taken"
    JOB_INVITATION = "job_invitation"
    KEY_APPROVED = "key_approved"
    KEY_DELETED = "key_deleted"
    KEY_REJECTED = "key_rejected"
    NEW_LOGIN = "new_login"
    REPORT_DISMISSED = "report_dismissed"
    REPORT_RESOLVED = "report_resolved"
    REACTIVATED = "reactivated"
    SUSPENDED = "suspended"
    TAKEDOWN = "takedown"
    TALENT_CLOUD_REQUEST = "talent_cloud_request"
    UNREAD_STORIES = "unread_stories"


class QueuedMail(Entity):
    """A mail that waits to be sent. It is deleted afterwards."""

    id: str
    user_id: str
    """The recipient. The address is looked up when the mail is sent."""
    address: str | None = None
    """The address of a person who will be erased by then, or who has just changed it."""
    template: MailTemplate
    values: dict[str, str]
    """The values of the template's placeholders."""
    created: str
    """ISO 8601, UTC."""


class StoredText(Entity):
    """The text of a mail in one language, as an operator wrote it."""

    template: MailTemplate
    language: str
    """BCP 47."""
    subject: str
    text: str
    modified: str
    """ISO 8601, UTC."""
    modified_by_id: str
