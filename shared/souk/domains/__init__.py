"""The domains, one folder each. They are found by their modules, so a new one is registered nowhere.

`<domain>/resolvers` declares what a domain adds to the graph, as `domain`; `<domain>/search/projection.py` declares its
search index, as `PROJECTION`.
"""

from pathlib import Path

_FOLDERS = Path(__file__).parent


def names_with(module: str) -> list[str]:
    """Return the names of the domains that have a module or package, such as `resolvers` or `search.projection`."""
    place = module.replace(".", "/")
    return sorted(
        folder.name
        for folder in _FOLDERS.iterdir()
        if any(folder.glob(f"{place}.py*")) or any(folder.glob(f"{place}/__init__.py*"))
    )
