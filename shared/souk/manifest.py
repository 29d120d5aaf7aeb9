"""What a cold start needs to know of all domains without importing them: compiled when the layer is built.

`python -m souk.manifest OUTPUT` writes it; a deployed function finds it beside this module. Parsing the SDL and
importing every domain would be the slowest parts of a cold start, and grow with every domain.
"""

import pickle
import sys
from pathlib import Path
from typing import NamedTuple

from souk.graph.assembly import Assembled

ARTEFACT = Path(__file__).parent / "manifest.pickle"


class Manifest(NamedTuple):
    """All declarations in brief."""

    sdl: Assembled
    declared_in: dict[str, str]
    """The name of the domain that declares a field, by coordinate."""
    writes: dict[str, tuple[str, ...]]
    """The beginnings of the partition keys that a function may write, by its name."""


def load() -> Manifest:
    """Return the compiled manifest, or make it where nothing is compiled."""
    if not ARTEFACT.exists():
        return compile_manifest()
    manifest: Manifest = pickle.loads(ARTEFACT.read_bytes())  # noqa: S301 - a file of our own layer
    return manifest


def compile_manifest() -> Manifest:
    """Import all domains and note what they declare."""
    from souk import app  # noqa: PLC0415 - the import is what a compiled manifest saves
    from souk.graph import assembly  # noqa: PLC0415 - likewise

    declared_in = {coordinate: domain.name for domain in app.DOMAINS for coordinate in sorted(domain.coordinates)}
    writes = {name: spec.writes for name, spec in app.FUNCTIONS.items()}
    return Manifest(assembly.assemble(), declared_in, writes)


if __name__ == "__main__":
    # By the module's own name: what is pickled under __main__ would not be found again.
    from souk.manifest import compile_manifest as compile_it

    Path(sys.argv[1]).write_bytes(pickle.dumps(compile_it(), protocol=pickle.HIGHEST_PROTOCOL))
