"""The bucket that the indexes of these tests share, and its requests."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import EndpointConnectionError

from souk.search import Document

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "souk-search"
PREFIX = "search/things/"


def document(id_: int, title: str = "python") -> Document:
    return Document(str(id_), {"title": title})


def changes(*ids: int) -> dict[str, Document | None]:
    return {str(id_): document(id_) for id_ in ids}


def stored(s3: "S3Client") -> set[str]:
    return {entry["Key"].removeprefix(PREFIX) for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])}


class Calls:
    """Records the keys of a client's reads or writes, and can run an action before one."""

    def __init__(self, client: "S3Client", operation: str) -> None:
        self.keys: list[str] = []
        self.before: Callable[[str], None] = lambda _: None
        client.meta.events.register(f"provide-client-params.s3.{operation}", self._record)

    def _record(self, params: dict[str, Any], **_: Any) -> None:
        key = params["Key"].removeprefix(PREFIX)
        self.keys.append(key)
        self.before(key)

    def once(self, matches: Callable[[str], bool], action: Callable[[], object]) -> None:
        """Run the action before the first call with a matching key."""

        def interfere(key: str) -> None:
            if matches(key):
                self.before = lambda _: None
                action()

        self.before = interfere


def is_pointer(key: str) -> bool:
    return key == "current"


def is_generation(key: str) -> bool:
    """Return whether a key is the pointer of a generation that is being made."""
    return key.endswith("/current")


def is_file(key: str) -> bool:
    return "/files/" in key


def is_deletes(key: str) -> bool:
    """Return whether a key is a file with the deletes of a segment."""
    return key.endswith(".del")


def fail() -> None:
    raise EndpointConnectionError(endpoint_url="https://s3.example")
