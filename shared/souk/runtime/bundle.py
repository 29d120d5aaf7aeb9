"""The files that a deployment brings along in the code of its functions."""

import os
from pathlib import Path
from typing import Final

ONTOLOGY: Final = "ontology.json"
"""The deployment's own entries of the ontology."""


def folder() -> Path | None:
    """Return the folder of these files; None without one."""
    root = os.environ.get("LAMBDA_TASK_ROOT")
    own = Path(root) / "brand" if root else None
    return own if own and own.is_dir() else None
