"""The inputs of operators about the texts of mails."""

from souk.storage import Input


class UpdateMailTemplate(Input):
    """UpdateMailTemplateInput."""

    id: str
    language: str
    subject: str
    text: str
    reason: str | None = None
    version: int | None = None


class PreviewedMail(Input):
    """MailPreviewInput."""

    id: str
    subject: str
    text: str
