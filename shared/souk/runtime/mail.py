"""Sends mail through Amazon SES."""

import re
from email.utils import formataddr
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from souk.runtime import aws
from souk.runtime.log import logger
from souk.runtime.settings import auth_settings
from souk.values.errors import SoukError

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import BodyTypeDef, ContentTypeDef

# Control characters, line breaks and bidirectional controls are not allowed in headers.
_NOT_IN_HEADERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_MAX_SUBJECT = 150  # characters
# A single address without display name and comment.
_ONE_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\\x00-\x1f\x7f]+@[^\s@,;:<>()\[\]\"\\\x00-\x1f\x7f]+")


def is_enabled() -> bool:
    """Return whether this deployment sends mail."""
    return auth_settings().mail_from is not None


def send(to: str, subject: str, text: str, html: str | None = None, *, sender: str) -> None:
    """Send an e-mail to one address, with the name of its sender. Neither the address nor the content is logged.

    Raises SoukError if it cannot be sent, and ValueError if `to` is not exactly one address.
    """
    address = auth_settings().mail_from
    if address is None:
        raise SoukError("This deployment does not send mail.")
    body: BodyTypeDef = {"Text": _utf8(text)}
    if html:
        body["Html"] = _utf8(html)
    try:
        aws.ses().send_email(
            FromEmailAddress=formataddr((_header(sender), address)),
            Destination={"ToAddresses": [_one_address(to)]},
            Content={"Simple": {"Subject": _utf8(_header(subject)), "Body": body}},
        )
    except (ClientError, BotoCoreError) as error:
        # The error's text may contain the address.
        logger.error("Sending mail failed", reason=type(error).__name__, code=_code(error))
        raise SoukError("The mail could not be sent. Please try again later.") from None


def _one_address(text: str) -> str:
    if not _ONE_ADDRESS.fullmatch(text):
        raise ValueError("not a single e-mail address")
    return text


def _header(text: str) -> str:
    return _NOT_IN_HEADERS.sub(" ", text).strip()[:_MAX_SUBJECT]


def _utf8(text: str) -> "ContentTypeDef":
    return {"Data": text, "Charset": "UTF-8"}


def _code(error: Exception) -> str | None:
    return error.response["Error"].get("Code") if isinstance(error, ClientError) else None
