"""Pictures, videos and documents: addresses of the web, or uploads of the owner's."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from souk.domains.files.model import File
from souk.domains.gigs.inputs import GalleryInput
from souk.domains.gigs.model import Attachment, Gig, MediaKind
from souk.values import addresses
from souk.values.problems import Problems

MOST: Final = {MediaKind.IMAGE: 20, MediaKind.VIDEO: 5, MediaKind.DOCUMENT: 10}
"""How many of each kind."""

_ARGUMENTS: Final = {MediaKind.IMAGE: "images", MediaKind.VIDEO: "videos", MediaKind.DOCUMENT: "documents"}
_FILE_ID: Final = re.compile(r"[0-9]{1,20}", re.ASCII)
# Pictures that browsers show and that hold no script: SVG can.
_TYPES: Final = {
    MediaKind.IMAGE: re.compile(r"image/(?:png|jpeg|gif|webp|avif)", re.ASCII | re.IGNORECASE),
    MediaKind.VIDEO: re.compile(r"video/.+", re.ASCII | re.IGNORECASE),
    MediaKind.DOCUMENT: re.compile(r".+", re.ASCII),
}


def named(wanted: GalleryInput) -> dict[MediaKind, tuple[str, ...]]:
    """Return what each list names.

    Raises Unprocessable where there is no image, too much of a kind, or one thing twice in a list.
    """
    problems = Problems("input")
    lists = {
        MediaKind.IMAGE: wanted.images,
        MediaKind.VIDEO: wanted.videos or (),
        MediaKind.DOCUMENT: wanted.documents or (),
    }
    if not wanted.images:
        problems.add("images", "at least one image is needed.")
    for kind, sources in lists.items():
        if len(sources) > MOST[kind]:
            problems.add(_ARGUMENTS[kind], f"{MOST[kind]} are the limit; these are {len(sources)}.")
        elif len(set(sources)) < len(sources):
            problems.add(_ARGUMENTS[kind], "each is named once.")
    problems.raise_if_any()
    return lists


def file_ids(lists: Mapping[MediaKind, Iterable[str]]) -> list[str]:
    """Return what is named that may be the id of a file."""
    return list(dict.fromkeys(one for sources in lists.values() for one in sources if _FILE_ID.fullmatch(one)))


def checked(
    gig: Gig, lists: Mapping[MediaKind, Iterable[str]], files: Mapping[str, File], new_id: Callable[[], str]
) -> tuple[Attachment, ...]:
    """Return the attachments that a gig gets; what it has already keeps its id.

    `files` are those that there are, by id. Raises Unprocessable that names everything that is wrong: an address that
    may not be shown, and a file that is not there, not confirmed, not the owner's or of another kind.
    """
    problems = Problems("input")
    held = {(one.kind, one.source): one.id for one in gig.attachments}
    found = []
    for kind, sources in lists.items():
        for at, source in enumerate(sources):
            path, id_ = f"{_ARGUMENTS[kind]}.{at}", held.get((kind, source))
            if not _FILE_ID.fullmatch(source):
                if wrong := addresses.problem(source):
                    problems.add(path, wrong)
                found.append(Attachment(id=id_ or new_id(), kind=kind, address=source))
                continue
            file = files.get(source)
            if file is None or not file.confirmed or file.user_id != gig.owner_id:
                problems.add(path, f"there is no confirmed file {source!r} of yours.")
            elif not _TYPES[kind].fullmatch(file.content_type):
                problems.add(path, f"a file of the type {file.content_type[:40]} is no {kind}.")
            else:
                name, key = file.file_name, file.key
                found.append(Attachment(id=id_ or new_id(), kind=kind, file_id=file.id, file_key=key, file_name=name))
    problems.raise_if_any()
    return tuple(found)
