"""Forms with files: `multipart/form-data` (RFC 7578). Pure."""

from email.message import Message
from typing import NamedTuple

from souk.values.errors import Unprocessable


class Upload(NamedTuple):
    """A file of a form."""

    name: str
    """The file's name, as the browser tells it."""
    media_type: str
    content: bytes


class Multipart(NamedTuple):
    """The parts of a form."""

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, Upload], ...] = ()
    """By the names of their fields. Fields without a chosen file are left out."""


def parse(content_type: str, body: bytes, most: int) -> Multipart:
    """Return the parts of a form. Raises Unprocessable if it is malformed or has more than `most` parts."""
    boundary = _message("Content-Type", content_type).get_boundary()
    if not boundary:
        raise _malformed()
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
    if len(pieces) > most + 2 or len(pieces) < 2 or not pieces[-1].startswith(b"--"):  # noqa: PLR2004 - the two ends
        raise _malformed()
    fields, files = [], []
    for piece in pieces[1:-1]:
        head, separator, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = dict(line.partition(":")[::2] for line in _text(head).split("\r\n"))
        headers = {name.strip().lower(): value.strip() for name, value in headers.items()}
        disposition = _message("Content-Disposition", headers.get("content-disposition", ""))
        name = disposition.get_param("name", header="content-disposition")
        if not separator or not isinstance(name, str):
            raise _malformed()
        file_name = disposition.get_filename()
        if file_name is None and "filename" not in headers.get("content-disposition", ""):
            fields.append((name, _text(content)))
        elif file_name or content:
            files.append((name, Upload(file_name or "", headers.get("content-type", ""), content)))
    return Multipart(tuple(fields), tuple(files))


def _message(header: str, value: str) -> Message:
    message = Message()
    message[header] = value.replace("\r", "").replace("\n", "")
    return message


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise _malformed() from None


def _malformed() -> Unprocessable:
    return Unprocessable("This form is malformed.")
