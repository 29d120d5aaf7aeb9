"""The mails that Cognito sends itself, with codes: their texts are the marketplace's.

Cognito invokes the function with each mail (trigger "custom message") and sends the text of the answer, as HTML. The
text has Cognito's placeholders for the code and the user name, which it replaces.
"""

from collections.abc import Mapping
from typing import Any, Final

from souk.domains.identity.store import user_by_email, user_by_subject
from souk.domains.mails.model import MailTemplate
from souk.domains.mails.store import html, written
from souk.runtime.log import logger
from souk.storage import Table

_CONFIRM: Final = MailTemplate.CONFIRM
_TEMPLATES: Final[Mapping[str, MailTemplate]] = {
    "CustomMessage_SignUp": _CONFIRM,
    "CustomMessage_ResendCode": _CONFIRM,
    "CustomMessage_UpdateUserAttribute": _CONFIRM,
    "CustomMessage_VerifyUserAttribute": _CONFIRM,
    "CustomMessage_ForgotPassword": MailTemplate.RESET,
    "CustomMessage_AdminCreateUser": MailTemplate.TEMPORARY_PASSWORD,
}


def is_code_mail(event: Mapping[str, Any]) -> bool:
    """Return whether an event is Cognito's about a mail."""
    return str(event.get("triggerSource", "")).startswith("CustomMessage_")


def answer(table: Table, event: dict[str, Any]) -> dict[str, Any]:
    """Return the event with the text of its mail.

    It is unchanged if the text cannot be made, so that the code is sent anyway.
    """
    template = _TEMPLATES.get(event["triggerSource"])
    if template is None:
        return event
    request = event["request"]
    try:
        known = request["userAttributes"]  # with the new address, where it is changed
        user = user_by_email(table, known.get("email", "")) or user_by_subject(table, known.get("sub", ""))
        values = {"code": request.get("codeParameter") or "", "username": request.get("usernameParameter") or ""}
        mail = written(table, template, user.language if user else None, **values)
    except Exception:  # noqa: BLE001 - nobody can log in without the code
        logger.exception("The mail has Cognito's text", trigger=event["triggerSource"])
        return event
    return {**event, "response": {**event["response"], "emailSubject": mail.subject, "emailMessage": html(mail)}}
