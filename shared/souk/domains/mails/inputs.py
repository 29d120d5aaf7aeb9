"""The input of updateMailTemplate."""

from souk.storage import Input


class UpdateMailTemplate(Input):
    """UpdateMailTemplateInput."""

    id: str
    language: str
    subject: str
    text: str
    reason: str | None = None
