"""The images, videos and documents of a gig: URLs, or the owner's uploads."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from souk.domains.files.model import File
from souk.domains.gigs.inputs import GalleryInput
from souk.domains.gigs.model import Attachment, Gig, MediaKind
from souk.values import addresses
from souk.values.problems import Problems

MAX_ATTACHMENTS: Final = {MediaKind.IMAGE: 20, MediaKind.VIDEO: 5, MediaKind.DOCUMENT: 10}
"""The limits of each kind."""

_ARGUMENTS: Final = {MediaKind.IMAGE: "images", MediaKind.VIDEO: "videos", MediaKind.DOCUMENT: "documents"}
_FILE_ID: Final = re.compile(r"[0-9]{1,20}", re.ASCII)
# Image types that browsers show and that cannot hold scripts. SVG can.
_TYPES: Final = {
    MediaKind.IMAGE: re.compile(r"image/(?:png|jpeg|gif|webp|avif)", re.ASCII | re.IGNORECASE),
    MediaKind.VIDEO: re.compile(r"video/.+", re.ASCII | re.IGNORECASE),
    MediaKind.DOCUMENT: re.compile(r".+", re.ASCII),
}


def read_lists(request: GalleryInput) -> dict[MediaKind, tuple[str, ...]]:
    """Return the list of each kind in a request, with addresses in their normal form.

    Raises Unprocessable for a missing image, a list over its limit, or a duplicate.
    """
    problems = Problems("input")
    lists = {
        MediaKind.IMAGE: _normalized(request.images),
        MediaKind.VIDEO: _normalized(request.videos),
        MediaKind.DOCUMENT: _normalized(request.documents),
    }
    if not request.images:
        problems.add("images", "give at least one image.")
    for kind, sources in lists.items():
        if len(sources) > MAX_ATTACHMENTS[kind]:
            problems.add(_ARGUMENTS[kind], f"{MAX_ATTACHMENTS[kind]} are allowed at most; these are {len(sources)}.")
        elif len(set(sources)) < len(sources):
            problems.add(_ARGUMENTS[kind], "each can be given only once.")
    problems.raise_if_any()
    return lists


def _normalized(sources: Iterable[str] | None) -> tuple[str, ...]:
    return tuple(one if _FILE_ID.fullmatch(one) else addresses.normalized(one) for one in sources or ())


def file_ids(lists: Mapping[MediaKind, Iterable[str]]) -> list[str]:
    """Return the entries that look like ids of files."""
    return list(dict.fromkeys(one for sources in lists.values() for one in sources if _FILE_ID.fullmatch(one)))


def checked(
    gig: Gig, lists: Mapping[MediaKind, Iterable[str]], files: Mapping[str, File], new_id: Callable[[], str]
) -> tuple[Attachment, ...]:
    """Return the new attachments of a gig. Existing attachments keep their ids.

    `files` are the existing files, by id. Raises Unprocessable with all problems: URLs that are not allowed, and files
    that do not exist, are not confirmed, or have another owner or type.
    """
    problems = Problems("input")
    existing_ids = {(one.kind, one.source): one.id for one in gig.attachments}
    attachments = []
    for kind, sources in lists.items():
        for at, source in enumerate(sources):
            path, id_ = f"{_ARGUMENTS[kind]}.{at}", existing_ids.get((kind, source))
            if not _FILE_ID.fullmatch(source):
                if message := addresses.problem(source):
                    problems.add(path, message)
                attachments.append(Attachment(id=id_ or new_id(), kind=kind, address=source))
                continue
            file = files.get(source)
            if file is None or not file.confirmed or file.user_id != gig.owner_id:
                problems.add(path, f"you have no confirmed file {source!r}.")
            elif not _TYPES[kind].fullmatch(file.content_type):
                problems.add(path, f"a file of the type {file.content_type[:40]} cannot be used as {kind}.")
            else:
                name, key = file.file_name, file.key
                attachments.append(
                    Attachment(id=id_ or new_id(), kind=kind, file_id=file.id, file_key=key, file_name=name)
                )
    problems.raise_if_any()
    return tuple(attachments)
