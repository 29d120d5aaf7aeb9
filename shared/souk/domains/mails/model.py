"""Stored mails that wait to be sent."""

from enum import StrEnum

from souk.storage import Entity


class MailTemplate(StrEnum):
    """A text of a mail: a file in `templates`."""

    JOB_INVITATION = "job_invitation"
    KEY_APPROVED = "key_approved"
    KEY_REJECTED = "key_rejected"
    REPORT_DISMISSED = "report_dismissed"
    REPORT_RESOLVED = "report_resolved"
    TAKEDOWN = "takedown"
    TALENT_CLOUD_REQUEST = "talent_cloud_request"
    UNREAD_STORIES = "unread_stories"


class QueuedMail(Entity):
    """A mail that waits to be sent. It is deleted afterwards."""

    id: str
    user_id: str
    """The recipient. The address is looked up when the mail is sent."""
    template: MailTemplate
    values: dict[str, str]
    """The values of the template's placeholders."""
    created: str
    """ISO 8601, UTC."""
