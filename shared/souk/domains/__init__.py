"""The domains, one folder each. They are found by their modules, so a new one is registered nowhere.

`<domain>/resolvers` declares what a domain adds to the graph, as `domain`; `<domain>/search/projection.py` declares its
search indexes, as `SEARCH_INDEXES`; `<domain>/store.py` declares its lists, as `LISTS`; `<domain>/personal.py` declares
what it has of people, as `PERSONAL`.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # to find domains takes no module of theirs
    from souk.graph.domain import Domain
    from souk.graph.personal import PersonalData
    from souk.search.indexer import SearchIndexSpec
    from souk.storage import StoredList

_FOLDERS = Path(__file__).parent


def load(name: str) -> "Domain":
    """Import a domain by its name, and return what it declares."""
    domain: Domain = import_module(f"souk.domains.{name}.resolvers").domain
    return domain


@cache
def search_indexes() -> "tuple[SearchIndexSpec, ...]":
    """Import the projections of all search indexes, and return what they declare."""
    projections = [import_module(f"souk.domains.{name}.search.projection") for name in names_with("search.projection")]
    return tuple(index for projection in projections for index in projection.SEARCH_INDEXES)


@cache
def stored_lists() -> "tuple[StoredList[Any], ...]":
    """Import the stores of all domains, and return the lists that they declare."""
    stores = [import_module(f"souk.domains.{name}.store") for name in names_with("store")]
    return tuple(one for store in stores for one in getattr(store, "LISTS", ()))


@cache
def personal_data() -> "Mapping[str, PersonalData]":
    """Import what all domains declare about people's data, and return it by their names."""
    return {name: import_module(f"souk.domains.{name}.personal").PERSONAL for name in names_with("personal")}


def names_with(module: str) -> list[str]:
    """Return the names of the domains that have a module or package, such as `resolvers` or `search.projection`."""
    place = module.replace(".", "/")
    return sorted(
        folder.name
        for folder in _FOLDERS.iterdir()
        if any(folder.glob(f"{place}.py*")) or any(folder.glob(f"{place}/__init__.py*"))
    )
