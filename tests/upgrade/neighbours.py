"""What the last release makes of documents that today's code stores. Both run side by side while this is deployed."""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import orjson

from souk.app import FUNCTIONS
from tests.upgrade import layer, read_items
from tests.upgrade.release import Item
from tests.upgrade.stored_items import lost_fields

UNREADABLE: Final[Mapping[str, str]] = {
    "File": "reading the file of a brand's logo",
    "HistoryRow": "transaction histories with a booking of a kind that operators have since",
    "LedgerTransaction": "reading such a booking",
    "QueuedMail": "sending a mail of a new kind, until today's function is asked again",
}
"""Types of items that the last release cannot read, or changes, each with what does not work meanwhile.

A release with such types cannot run beside the last one: its notes in CHANGELOG.md say to deploy it with
`-c canary=off`. It is better to deploy in two steps: one release reads the new form, and the next one writes it.
"""


TAKEN: Final[Mapping[str, frozenset[str]]] = {}
"""Key prefixes that functions of the last release write and today's do not, by function. As with unreadable types, the
last release's functions fail meanwhile: roles change before functions."""


def problems(items: Iterable[Item]) -> list[str]:
    """Describe what fails in the last release's functions while they run with today's documents and roles.

    That is what they cannot read of items, what they would drop when they write them again, and keys that they may not
    write any more.
    """
    stored = [item for item in items if "doc" in item and item["type"]["S"] not in UNREADABLE]
    last = _ask_last_release(stored)
    read = zip(stored, last["written"], strict=True)
    found = {problem for item, written in read for problem in _of(item, written)}
    for name, prefixes in last["rights"].items():
        kept = {*FUNCTIONS[name].writes, *FUNCTIONS[name].appends} if name in FUNCTIONS else frozenset[str]()
        found |= {f"{name} may not write {one} any more" for one in {*prefixes} - kept - TAKEN.get(name, frozenset())}
    return sorted(found)


def _of(item: Item, written: list[Any]) -> Iterator[str]:
    """A type that the last release does not know has no readers there."""
    kind, doc = item["type"]["S"], orjson.loads(item["doc"]["S"])
    for one in written:
        if isinstance(one, str):
            yield f"{kind} cannot be read: {' '.join(one.split())}"
        else:
            yield from (f"{kind} loses or changes {path[1:]}" for path in lost_fields(doc, one))


def _ask_last_release(items: list[Item]) -> dict[str, Any]:
    """Return what `read_items.py` prints."""
    with TemporaryDirectory() as folder:
        last = layer.unpack(Path(folder))
        script = Path(read_items.__file__)
        done = subprocess.run(
            [sys.executable, script],
            input=orjson.dumps(items),
            env={"PYTHONPATH": str(last), "PYTHONSAFEPATH": "1"},
            capture_output=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode()
    answer: dict[str, Any] = orjson.loads(done.stdout)
    return answer
