"""How many random examples the property tests try: some on every change, many more with `make fuzz`.

Belongs here: the factor. Does not belong here: how many examples one test needs at the least, which it says itself.
"""

from __future__ import annotations

import os


def examples(at_least: int) -> int:
    """That many, times HUFU_TEST_DEPTH (default 1)."""
    return at_least * int(os.environ.get("HUFU_TEST_DEPTH") or 1)
