"""Merkle trees as RFC 6962 and RFC 9162 define them: one hash for a list, short proofs about it.

Belongs here: hashing, roots, proofs and their verification, over bytes. Does not belong here: what the leaves are.

Verification follows the algorithms of RFC 9162, 2.1.3.2 and 2.1.4.2, and shares nothing with the making of proofs, so
that one cannot excuse the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Accumulator:
    """The root of a list that only grows, from one hash per complete subtree: an entry costs next to nothing."""

    def __init__(self) -> None:
        self.size = 0
        self._subtrees: list[bytes] = []
        """Of the complete subtrees that make up the tree, largest first."""

    def append(self, hashed_leaf: bytes) -> None:
        node, number = hashed_leaf, self.size
        while number & 1:
            node = node_hash(self._subtrees.pop(), node)
            number >>= 1
        self._subtrees.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self._subtrees:
            return EMPTY_ROOT
        *larger, node = self._subtrees
        for subtree in reversed(larger):
            node = node_hash(subtree, node)
        return node


def root_of(hashed_leaves: Iterable[bytes]) -> bytes:
    accumulator = Accumulator()
    for hashed in hashed_leaves:
        accumulator.append(hashed)
    return accumulator.root()


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(hashed_leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the path from a leaf to the root, from the leaf up."""
    if not 0 <= index < len(hashed_leaves):
        raise IndexError(f"no leaf {index} in a tree of {len(hashed_leaves)}")
    size = len(hashed_leaves)
    if size == 1:
        return []
    middle = _split(size)
    left, right = hashed_leaves[:middle], hashed_leaves[middle:]
    if index < middle:
        return [*inclusion_proof(left, index), root_of(right)]
    return [*inclusion_proof(right, index - middle), root_of(left)]


def consistency_proof(hashed_leaves: Sequence[bytes], earlier_size: int) -> list[bytes]:
    """Shows that the first `earlier_size` leaves are those of an earlier tree. Nothing needs showing of the empty."""
    if not 0 <= earlier_size <= len(hashed_leaves):
        raise IndexError(f"a tree of {len(hashed_leaves)} was never of size {earlier_size}")
    return _subproof(hashed_leaves, earlier_size, True) if earlier_size else []


def _subproof(leaves: Sequence[bytes], earlier_size: int, is_known: bool) -> list[bytes]:
    if earlier_size == len(leaves):
        return [] if is_known else [root_of(leaves)]
    middle = _split(len(leaves))
    if earlier_size <= middle:
        return [*_subproof(leaves[:middle], earlier_size, is_known), root_of(leaves[middle:])]
    return [*_subproof(leaves[middle:], earlier_size - middle, False), root_of(leaves[:middle])]


def is_included(hashed_leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf stands at `index` in the tree of `size` leaves with that root."""
    if not 0 <= index < size or any(len(node) != HASH_BYTES for node in (hashed_leaf, root, *proof)):
        return False
    place, last, found = index, size - 1, hashed_leaf
    for node in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(node, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, node)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    earlier_size: int, earlier_root: bytes, later_size: int, later_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the later tree is the earlier one with leaves appended."""
    if not 0 <= earlier_size <= later_size:
        return False
    if any(len(node) != HASH_BYTES for node in (earlier_root, later_root, *proof)):
        return False
    if earlier_size == 0:
        return not proof and earlier_root == EMPTY_ROOT and (later_size > 0 or later_root == EMPTY_ROOT)
    if earlier_size == later_size:
        return not proof and earlier_root == later_root
    nodes = list(proof)
    if earlier_size & (earlier_size - 1) == 0:
        nodes.insert(0, earlier_root)
    if not nodes:
        return False
    place, last = earlier_size - 1, later_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    earlier = later = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            earlier, later = node_hash(node, earlier), node_hash(node, later)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            later = node_hash(later, node)
        place, last = place >> 1, last >> 1
    return last == 0 and earlier == earlier_root and later == later_root
