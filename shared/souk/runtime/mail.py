"""Sending mail through Amazon SES."""

import re
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from souk.runtime import aws
from souk.runtime.log import logger
from souk.runtime.settings import auth_settings
from souk.values.errors import SoukError

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import BodyTypeDef, ContentTypeDef

# Controls, line ends of every kind, and what reverses the direction of writing: none belongs into a header.
_NOT_IN_HEADERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_MAX_SUBJECT = 150  # characters
# One address and nothing beside it: no list, no display name, no comment.
_ONE_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\\x00-\x1f\x7f]+@[^\s@,;:<>()\[\]\"\\\x00-\x1f\x7f]+")


def send(to: str, subject: str, text: str, html: str | None = None) -> None:
    """Send a mail to one address.

    Raises SoukError when it is not on its way; nothing of it is logged. Raises ValueError for what a mail program could
    read as something else than one address.
    """
    sender = auth_settings().mail_from
    if sender is None:
        raise SoukError("This deployment sends no mail.")
    body: BodyTypeDef = {"Text": _utf8(text)}
    if html:
        body["Html"] = _utf8(html)
    try:
        aws.ses().send_email(
            FromEmailAddress=sender,
            Destination={"ToAddresses": [_one_address(to)]},
            Content={"Simple": {"Subject": _utf8(_header(subject)), "Body": body}},
        )
    except (ClientError, BotoCoreError) as failed:
        # Its text could hold the address.
        logger.error("A mail was not sent", reason=type(failed).__name__, code=_code(failed))
        raise SoukError("The mail could not be sent; try again later.") from None


def _one_address(text: str) -> str:
    if not _ONE_ADDRESS.fullmatch(text):
        raise ValueError("no single e-mail address")
    return text


def _header(text: str) -> str:
    return _NOT_IN_HEADERS.sub(" ", text).strip()[:_MAX_SUBJECT]


def _utf8(text: str) -> "ContentTypeDef":
    return {"Data": text, "Charset": "UTF-8"}


def _code(failed: Exception) -> str | None:
    return failed.response["Error"].get("Code") if isinstance(failed, ClientError) else None
