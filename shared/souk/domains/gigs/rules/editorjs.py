"""EditorJS documents: checked block by block and made anew, so that nothing is kept that is not known.

A document comes from whoever is signed in, and is shown to strangers. What breaks its form is refused: a kind of block
that is not known, a field of the wrong type, too much of anything. Texts are HTML, and are cleaned instead: they keep a
few tags, and links to public addresses (nh3 parses them as a browser does). Everything else that a document holds is
left out.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import nh3

from souk.values import addresses
from souk.values.problems import Problems

MAX_BLOCKS: Final = 200
MAX_ITEMS: Final = 200
"""Entries of one list, with those of the lists in it; cells of one table."""
MAX_NESTING: Final = 5
"""Levels of lists in lists."""
MAX_TEXT: Final = 5_000
"""Characters of one text, with its tags."""
MAX_TEXTS: Final = 50_000
"""Characters of all texts, as they are stored."""

_TAGS: Final = {"a", "b", "br", "code", "em", "i", "mark", "s", "strong", "sub", "sup", "u"}
_LINK_REL: Final = "nofollow noopener noreferrer ugc"
_BLOCK_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)
_VERSION: Final = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,2}", re.ASCII)
_MOST_TIME: Final = 2**53
_LEVELS: Final = range(1, 7)
_CHOICES: Final = frozenset({"alignment", "style"})
"""Fields that hold a word of EditorJS's, and none of the author's."""

_Data = dict[str, Any]


class _Refused(Exception):
    """What is wrong, and where in the document."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def checked(problems: Problems, path: str, document: Any) -> _Data:
    """Return a document as it is stored; what is wrong with it is noted under `path`, the first thing found."""
    try:
        return _Reader().document(document)
    except _Refused as refused:
        problems.add(path + refused.path, refused.message)
        return {"blocks": []}


def clean(text: str) -> str:
    """Return HTML with the tags that are allowed, and with links that lead to public addresses only.

    It is what it is however often it is cleaned. A link can stand within another one around a table; without the table
    it cannot, so what is left is read once more, as whoever shows it will read it.
    """
    return _cleaned(_cleaned(text))


def _cleaned(text: str) -> str:
    return nh3.clean(
        text,
        tags=_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_link,
        url_schemes={"https"},
        link_rel=_LINK_REL,
        strip_comments=True,
    )


def words(document: Mapping[str, Any] | None) -> list[str]:
    """Return the texts of a stored document without their tags, block by block: what is searched."""
    return [plain for block in (document or {}).get("blocks", ()) if (plain := " ".join(_plain(block["data"])).strip())]


def _link(tag: str, attribute: str, value: str) -> str | None:
    return value if (tag, attribute) != ("a", "href") or addresses.problem(value) is None else None


def _plain(value: Any) -> list[str]:
    if isinstance(value, str):
        spaced = value.replace("<br>", " ")
        return [_unescaped(nh3.clean(spaced, tags=set()))]
    if isinstance(value, dict):
        value = [part for name, part in value.items() if name not in _CHOICES]
    parts = value if isinstance(value, list) else ()
    return [text for part in parts for text in _plain(part)]


def _unescaped(text: str) -> str:
    for entity, sign in (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


class _Reader:
    """Reads one document, and counts what it holds."""

    def __init__(self) -> None:
        self._left = MAX_TEXTS

    def document(self, given: Any) -> _Data:
        blocks = given.get("blocks") if isinstance(given, dict) else None
        if not isinstance(blocks, list):
            raise _Refused("", "the object that the editor's save() returns, with its blocks.")
        if len(blocks) > MAX_BLOCKS:
            raise _Refused(".blocks", f"{MAX_BLOCKS} blocks are the limit; these are {len(blocks)}.")
        stored: _Data = {"blocks": [self._block(f".blocks.{at}", block) for at, block in enumerate(blocks)]}
        if _is_whole(time := given.get("time")) and 0 <= time <= _MOST_TIME:
            stored["time"] = time
        if isinstance(version := given.get("version"), str) and _VERSION.fullmatch(version):
            stored["version"] = version
        return stored

    def _block(self, path: str, block: Any) -> _Data:
        kind = block.get("type") if isinstance(block, dict) else None
        data = block.get("data") if isinstance(block, dict) else None
        read = _KINDS.get(kind) if isinstance(kind, str) else None
        if read is None:
            raise _Refused(f"{path}.type", f"one of {', '.join(sorted(_KINDS))}.")
        if not isinstance(data, dict):
            raise _Refused(f"{path}.data", "an object.")
        stored: _Data = {"type": kind, "data": read(self, f"{path}.data", data)}
        if isinstance(id_ := block.get("id"), str) and _BLOCK_ID.fullmatch(id_):
            stored["id"] = id_
        return stored

    def text(self, path: str, text: Any) -> str:
        if not isinstance(text, str):
            raise _Refused(path, "a text.")
        if len(text) > MAX_TEXT:
            raise _Refused(path, f"a text has at most {MAX_TEXT} characters; this has {len(text)}.")
        try:
            stored = clean(text)
        except UnicodeEncodeError:
            raise _Refused(path, "this text holds half a character.") from None
        self._left -= len(stored)
        if self._left < 0:
            raise _Refused("", f"the texts of a description have at most {MAX_TEXTS} characters.")
        return stored

    def _paragraph(self, path: str, data: _Data) -> _Data:
        return {"text": self.text(f"{path}.text", data.get("text"))}

    def _header(self, path: str, data: _Data) -> _Data:
        level = data.get("level", 2)
        if not _is_whole(level) or level not in _LEVELS:
            raise _Refused(f"{path}.level", "1 to 6.")
        return {"text": self.text(f"{path}.text", data.get("text")), "level": level}

    def _quote(self, path: str, data: _Data) -> _Data:
        return {
            "text": self.text(f"{path}.text", data.get("text")),
            "caption": self.text(f"{path}.caption", data.get("caption", "")),
            "alignment": _one_of(f"{path}.alignment", data.get("alignment", "left"), "left", "center", "right"),
        }

    def _warning(self, path: str, data: _Data) -> _Data:
        return {name: self.text(f"{path}.{name}", data.get(name)) for name in ("title", "message")}

    def _delimiter(self, _path: str, _data: _Data) -> _Data:
        return {}

    def _checklist(self, path: str, data: _Data) -> _Data:
        items = _list(f"{path}.items", data.get("items"))
        return {
            "items": [
                {
                    "text": self.text(f"{path}.items.{at}.text", item.get("text") if isinstance(item, dict) else None),
                    "checked": isinstance(item, dict) and item.get("checked") is True,
                }
                for at, item in enumerate(items)
            ]
        }

    def _table(self, path: str, data: _Data) -> _Data:
        rows = _list(f"{path}.content", data.get("content"))
        cells = [_list(f"{path}.content.{at}", row) for at, row in enumerate(rows)]
        if sum(map(len, cells)) > MAX_ITEMS:
            raise _Refused(f"{path}.content", f"{MAX_ITEMS} cells are the limit.")
        return {
            "withHeadings": data.get("withHeadings") is True,
            "content": [
                [self.text(f"{path}.content.{at}.{column}", cell) for column, cell in enumerate(row)]
                for at, row in enumerate(cells)
            ],
        }

    def _items(self, path: str, data: _Data) -> _Data:
        style = _one_of(f"{path}.style", data.get("style", "unordered"), "unordered", "ordered", "checklist")
        return {"style": style, "items": self._entries(f"{path}.items", data.get("items"), [MAX_ITEMS], 1)}

    def _entries(self, path: str, items: Any, left: list[int], level: int) -> list[Any]:
        """Read the entries of a list: texts, or objects that may hold lists themselves; `left` counts them down."""
        if level > MAX_NESTING:
            raise _Refused(path, f"lists are nested {MAX_NESTING} deep at most.")
        entries = _list(path, items)
        left[0] -= len(entries)
        if left[0] < 0:
            raise _Refused(path, f"{MAX_ITEMS} entries of a list are the limit.")
        return [self._entry(f"{path}.{at}", entry, left, level) for at, entry in enumerate(entries)]

    def _entry(self, path: str, entry: Any, left: list[int], level: int) -> Any:
        if not isinstance(entry, dict):
            return self.text(path, entry)
        stored: _Data = {
            "content": self.text(f"{path}.content", entry.get("content")),
            "items": self._entries(f"{path}.items", entry.get("items", []), left, level + 1)
            if entry.get("items")
            else [],
        }
        meta = entry.get("meta")
        if isinstance(meta, dict) and isinstance(meta.get("checked"), bool):
            stored["meta"] = {"checked": meta["checked"]}
        return stored

    KINDS: Final[Mapping[str, Callable[["_Reader", str, _Data], _Data]]] = {
        "paragraph": _paragraph,
        "header": _header,
        "list": _items,
        "checklist": _checklist,
        "quote": _quote,
        "delimiter": _delimiter,
        "table": _table,
        "warning": _warning,
    }
    """The kinds of blocks that there are, by EditorJS's names for them."""


_KINDS: Final = _Reader.KINDS


def _list(path: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _Refused(path, "a list.")
    if len(value) > MAX_ITEMS:
        raise _Refused(path, f"{MAX_ITEMS} entries are the limit; these are {len(value)}.")
    return value


def _one_of(path: str, value: Any, *known: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise _Refused(path, f"one of {', '.join(known)}.")
    return value


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
