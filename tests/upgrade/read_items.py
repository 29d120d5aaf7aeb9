"""Reads items with the `souk` on PYTHONPATH, and prints what it would write: the last release's side of a test.

It reads a JSON list of items from standard input, and writes JSON to standard output. `written` has a list for each
item: the document as each collection of its type writes it, or the error of one that cannot read it. `rights` has the
key prefixes that each function writes.
"""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import souk
from souk.app import FUNCTIONS
from souk.storage import Collection


def collections() -> Iterator[Collection[Any]]:
    """Yield the collections of the package that write whole documents."""
    seen = set()
    for module in walk_packages(souk.__path__, "souk."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, Collection) and value.whole and id(value) not in seen:
                seen.add(id(value))
                yield value


def main() -> None:
    """Read, and print."""
    known: dict[str, list[Collection[Any]]] = {}
    for collection in collections():
        known.setdefault(collection.name, []).append(collection)
    results = []
    for item in json.load(sys.stdin):
        written: list[Any] = []
        for collection in known.get(item["type"]["S"], []):
            try:
                written.append(json.loads(collection.encode(collection.decode(item))["doc"]["S"]))
            except Exception as error:  # noqa: BLE001 - the test tells of it
                written.append(str(error))
        results.append(written)
    rights = {name: sorted({*spec.writes, *spec.appends}) for name, spec in FUNCTIONS.items()}
    json.dump({"written": results, "rights": rights}, sys.stdout)


if __name__ == "__main__":
    main()
