"""Starting a process, and making what stays in memory for its life."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Keep the garbage collector away while many objects are made of which none will be garbage.

    It would look through all of them, and through everything else, again and again: a fifth of a cold start, and two
    thirds of the time that it takes to load CLDR's English.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # it will not look through them later either
        if collecting:
            gc.enable()
