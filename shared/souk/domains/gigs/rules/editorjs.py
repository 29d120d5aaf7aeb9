"""EditorJS documents: checked and rebuilt block by block, so that only known content is stored.

Any signed-in user can send a document, and it is shown to strangers. Invalid documents are refused: unknown types of
blocks, fields of a wrong type, and documents over a limit. Texts are HTML. They are sanitized by nh3, which parses them
as browsers do: they keep a few tags, and links to public URLs. Everything else in a document is dropped.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import nh3

from souk.values import addresses
from souk.values.problems import Problems

MAX_BLOCKS: Final = 200
MAX_ITEMS: Final = 200
"""Entries of a list, including nested lists; cells of a table."""
MAX_NESTING: Final = 5
"""Levels of nested lists."""
MAX_TEXT: Final = 5_000
"""Characters of one text, including tags."""
MAX_TEXTS: Final = 50_000
"""Characters of all texts together, as stored."""

_TAGS: Final = {"a", "b", "br", "code", "em", "i", "mark", "s", "strong", "sub", "sup", "u"}
_LINK_REL: Final = "nofollow noopener noreferrer ugc"
_BLOCK_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)
_VERSION: Final = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,2}", re.ASCII)
_MAX_TIME: Final = 2**53
_LEVELS: Final = range(1, 7)
_CHOICES: Final = frozenset({"alignment", "style"})
"""Fields with an EditorJS keyword, not the author's text."""

_Data = dict[str, Any]


class _Invalid(Exception):
    """A problem with a document, and its path."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def checked(problems: Problems, path: str, document: Any) -> _Data:
    """Return the sanitized document. The first problem with it is added under `path`."""
    try:
        return _Reader().document(document)
    except _Invalid as invalid:
        problems.add(path + invalid.path, invalid.message)
        return {"blocks": []}


def clean(text: str) -> str:
    """Return HTML with only the allowed tags, and links to public URLs. The function is idempotent.

    It sanitizes twice: HTML allows a link within another link only around a table. When the table is removed, browsers
    parse the rest in a different way.
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


def plain_texts(document: Mapping[str, Any] | None) -> list[str]:
    """Return the searchable texts of a stored document: without tags, one per block."""
    return [plain for block in (document or {}).get("blocks", ()) if (plain := " ".join(_plain(block["data"])).strip())]


def _link(tag: str, attribute: str, value: str) -> str | None:
    if (tag, attribute) != ("a", "href"):
        return value
    address = addresses.normalized(value)
    return address if addresses.problem(address) is None else None


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
    """Reads one document, and enforces its limits."""

    def __init__(self) -> None:
        self._left = MAX_TEXTS

    def document(self, data: Any) -> _Data:
        blocks = data.get("blocks") if isinstance(data, dict) else None
        if not isinstance(blocks, list):
            raise _Invalid("", "give the object that the editor's save() returns, with its blocks.")
        if len(blocks) > MAX_BLOCKS:
            raise _Invalid(".blocks", f"at most {MAX_BLOCKS} blocks are allowed; these are {len(blocks)}.")
        stored: _Data = {"blocks": [self._block(f".blocks.{at}", block) for at, block in enumerate(blocks)]}
        if _is_integer(time := data.get("time")) and 0 <= time <= _MAX_TIME:
            stored["time"] = time
        if isinstance(version := data.get("version"), str) and _VERSION.fullmatch(version):
            stored["version"] = version
        return stored

    def _block(self, path: str, block: Any) -> _Data:
        kind = block.get("type") if isinstance(block, dict) else None
        data = block.get("data") if isinstance(block, dict) else None
        read = _KINDS.get(kind) if isinstance(kind, str) else None
        if read is None:
            raise _Invalid(f"{path}.type", f"must be one of {', '.join(sorted(_KINDS))}.")
        if not isinstance(data, dict):
            raise _Invalid(f"{path}.data", "must be an object.")
        stored: _Data = {"type": kind, "data": read(self, f"{path}.data", data)}
        if isinstance(id_ := block.get("id"), str) and _BLOCK_ID.fullmatch(id_):
            stored["id"] = id_
        return stored

    def text(self, path: str, text: Any) -> str:
        if not isinstance(text, str):
            raise _Invalid(path, "must be a string.")
        if len(text) > MAX_TEXT:
            raise _Invalid(path, f"a text can have at most {MAX_TEXT} characters; this has {len(text)}.")
        try:
            stored = clean(text)
        except UnicodeEncodeError:
            raise _Invalid(path, "this text contains half of a surrogate pair.") from None
        self._left -= len(stored)
        if self._left < 0:
            raise _Invalid("", f"the texts of a description can have at most {MAX_TEXTS} characters.")
        return stored

    def _paragraph(self, path: str, data: _Data) -> _Data:
        return {"text": self.text(f"{path}.text", data.get("text"))}

    def _header(self, path: str, data: _Data) -> _Data:
        level = data.get("level", 2)
        if not _is_integer(level) or level not in _LEVELS:
            raise _Invalid(f"{path}.level", "must be 1 to 6.")
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
            raise _Invalid(f"{path}.content", f"a table can have at most {MAX_ITEMS} cells.")
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
        """Read the entries of a list: texts, or objects with nested lists. `left` holds the number of entries left."""
        if level > MAX_NESTING:
            raise _Invalid(path, f"lists can be nested at most {MAX_NESTING} levels deep.")
        entries = _list(path, items)
        left[0] -= len(entries)
        if left[0] < 0:
            raise _Invalid(path, f"a list can have at most {MAX_ITEMS} entries.")
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
    """The readers of the known types of blocks, by EditorJS's names."""


_KINDS: Final = _Reader.KINDS


def _list(path: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _Invalid(path, "must be a list.")
    if len(value) > MAX_ITEMS:
        raise _Invalid(path, f"at most {MAX_ITEMS} entries are allowed; these are {len(value)}.")
    return value


def _one_of(path: str, value: Any, *known: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise _Invalid(path, f"must be one of {', '.join(known)}.")
    return value


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
