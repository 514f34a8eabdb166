"""What Python need not look through for garbage while a project is built.

Belongs here: that and its reason. Does not belong here: what is built.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Python's own is 700.
_NEW_OBJECTS = 20_000


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for cyclic garbage less often, and only among the objects made from here on.

    The libraries and the parsed project are millions of objects that all stay; looking through them again and again
    was a seventh of a small run. Garbage made within is still collected, so memory does not grow with the data.
    """
    threshold, is_outermost = gc.get_threshold(), gc.get_freeze_count() == 0
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *threshold[1:])
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        if is_outermost:
            gc.unfreeze()
