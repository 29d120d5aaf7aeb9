"""Files of forms: they are sent to the store by the links of the API, as the person who is logged in."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from souk.values.errors import SoukError
from souk.web.http import MAX_UPLOAD
from souk.web.multipart import Upload
from souk.web.translations import Text

if TYPE_CHECKING:
    from souk.console.site import Visit

SendFile = Callable[[str, Mapping[str, str], Upload], None]
_TYPES: Final = ("image/jpeg", "image/png", "image/webp")
_OF_LOGO: Final = ("image/png", "image/webp")
MAX_LOGO: Final = 1_000_000
"""Bytes of a marketplace's logo."""
LOGO_TOO_LARGE: Final = Text("The file can have at most %(most)s MB.", most=MAX_LOGO // 1_000_000)
_SECONDS: Final = 10.0


class RefusedFile(Exception):
    """A file is not accepted. The message is for its field."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def send(url: str, fields: Mapping[str, str], file: Upload) -> None:
    """Send a file to an upload link, as an HTML form would. Raises SoukError if the store does not take it."""
    import urllib3  # noqa: PLC0415 - most requests send no file

    form: list[tuple[str, Any]] = [*fields.items(), ("file", (file.name or "file", file.content, file.media_type))]
    answer = urllib3.request("POST", url, fields=form, timeout=_SECONDS, retries=False)
    if answer.status >= 300:  # noqa: PLR2004 - not a success
        raise SoukError(Text("The file could not be stored. Please try again."))


def store_picture(visit: "Visit", document: str, file: Upload, *, logo: bool = False) -> str:
    """Store a picture and return the id of its file. `document` is that of the mutation that makes an upload link.

    `logo` says whether it is the marketplace's logo. Raises RefusedFile if the picture is not accepted.
    """
    if logo and file.media_type not in _OF_LOGO:
        raise RefusedFile(Text("Choose a PNG or WebP file."))
    if file.media_type not in _TYPES:
        raise RefusedFile(Text("Choose a JPEG, PNG or WebP file."))
    most = MAX_LOGO if logo else MAX_UPLOAD
    if len(file.content) > most:
        raise RefusedFile(Text("The file can have at most %(most)s MB.", most=most // 1_000_000))
    return store_file(visit, document, file, file.media_type)


def store_file(visit: "Visit", document: str, file: Upload, media_type: str) -> str:
    """Store a file that was checked and return its id. `document` is that of the mutation that makes an upload link.

    Raises RefusedFile if the API does not accept it.
    """
    wanted = {"fileName": file.name or "file", "contentType": media_type}
    made = visit.run(document, input=wanted)
    if made.error:
        raise RefusedFile(made.error.message)
    link = made.data["link"]
    visit.site.send_file(link["uploadUrl"], {one["key"]: one["value"] for one in link["formKeyValues"]}, file)
    confirmed = visit.run("account/confirm_file", id=link["id"])
    if confirmed.error or not confirmed.data["confirmFiles"]:
        raise RefusedFile(Text("The file could not be stored. Please try again."))
    file_id: str = link["id"]
    return file_id
