"""SnapStart: Lambda takes a snapshot of a function when its code has been loaded, and starts copies of it.

All copies have what was made before the snapshot, and it may be weeks old then. So nothing that is random, tells the
time or holds a connection is made while the code is loaded, but with the first request that needs it. `secrets`,
`uuid4` and `os.urandom` draw from the operating system, which each copy has anew; `random` does not.

https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html and
https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html.
"""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any


def before(work: Callable[[], object]) -> None:
    """Do work before the snapshot that the first request would otherwise wait for.

    It must not make what the module's text excludes. Nothing is done in functions without SnapStart.
    """
    if hooks := _hooks():
        hooks.register_before_snapshot(work)


def after(work: Callable[[], object]) -> None:
    """Do work in each copy before its first request."""
    if hooks := _hooks():
        hooks.register_after_restore(work)


def _hooks() -> Any | None:
    """Return the module of Lambda's runtime with the hooks; None in functions without SnapStart."""
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        return None
    return import_module("snapshot_restore_py")
