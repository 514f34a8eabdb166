"""RFC 6962: known roots, and what no forger may get past the verification."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.evidence.tree import (
    EMPTY_ROOT,
    Accumulator,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root_of,
)

# The test vectors of Certificate Transparency (RFC 6962): leaves, and the root after each of them.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
# Published for a tree of those leaves: (index, size, proof).
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
]
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


def _bytes(proof: list[str]) -> list[bytes]:
    return [bytes.fromhex(node) for node in proof]


def test_the_published_roots() -> None:
    assert root_of([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()
    assert [root_of(HASHES[:size]).hex() for size in range(1, 9)] == ROOTS


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_the_published_inclusion_proofs(index: int, size: int, proof: list[str]) -> None:
    assert inclusion_proof(HASHES[:size], index) == _bytes(proof)
    assert is_included(HASHES[index], index, size, _bytes(proof), bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("earlier", "later", "proof"), CONSISTENCY)
def test_the_published_consistency_proofs(earlier: int, later: int, proof: list[str]) -> None:
    assert consistency_proof(HASHES[:later], earlier) == _bytes(proof)
    roots = [bytes.fromhex(ROOTS[size - 1]) for size in (earlier, later)]
    assert is_consistent(earlier, roots[0], later, roots[1], _bytes(proof))


def _plain_root(leaves: list[bytes]) -> bytes:
    """The definition, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return hashlib.sha256(b"\x01" + _plain_root(leaves[:middle]) + _plain_root(leaves[middle:])).digest()


@given(st.lists(st.binary(max_size=4), max_size=70))
@settings(max_examples=100, deadline=None)
def test_a_growing_root_is_always_that_of_the_definition(leaves: list[bytes]) -> None:
    accumulator = Accumulator()
    for size, leaf in enumerate(leaves):
        assert accumulator.root() == _plain_root(leaves[:size])
        accumulator.append(leaf_hash(leaf))
    assert accumulator.root() == _plain_root(leaves)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 33, 64])
def test_every_proof_of_every_leaf_and_size_holds(size: int) -> None:
    hashes = [leaf_hash(bytes([n])) for n in range(size)]
    root = root_of(hashes)
    for index in range(size):
        assert is_included(hashes[index], index, size, inclusion_proof(hashes, index), root)
    for earlier in range(size + 1):
        proof = consistency_proof(hashes, earlier)
        assert is_consistent(earlier, root_of(hashes[:earlier]), size, root, proof)


def _forged(proof: list[bytes], rng: random.Random) -> list[bytes]:
    """Another proof: a bit, a node more or less, nodes swapped, garbage."""
    nodes = list(proof)
    kind = rng.choice(["bit", "drop", "add", "repeat", "swap", "long", "front"])
    if kind == "bit" and nodes:
        at = rng.randrange(len(nodes))
        bit = rng.randrange(256)
        nodes[at] = bytes(b ^ (1 << bit % 8) if n == bit // 8 else b for n, b in enumerate(nodes[at]))
    elif kind == "drop" and nodes:
        del nodes[rng.randrange(len(nodes))]
    elif kind == "repeat" and nodes:
        nodes.append(nodes[-1])
    elif kind == "swap" and len(nodes) > 1:
        first, second = rng.sample(range(len(nodes)), 2)
        nodes[first], nodes[second] = nodes[second], nodes[first]
    elif kind == "long" and nodes:
        nodes[0] += b"\x00"
    elif kind == "front":
        nodes.insert(0, rng.randbytes(32))
    else:
        nodes.append(rng.randbytes(32))
    return nodes


def test_no_altered_proof_index_size_or_root_is_taken() -> None:
    rng = random.Random(20260401)
    refused = 0
    for _ in range(3_000):
        size = rng.randrange(1, 40)
        hashes = [leaf_hash(bytes([n])) for n in range(size)]
        root, index, earlier = root_of(hashes), rng.randrange(size), rng.randrange(1, size + 1)
        earlier_root = root_of(hashes[:earlier])
        proof, growth = inclusion_proof(hashes, index), consistency_proof(hashes, earlier)
        other = rng.randbytes(32)
        forged, forged_growth = _forged(proof, rng), _forged(growth, rng)
        assert forged == proof or not is_included(hashes[index], index, size, forged, root)
        assert not is_included(other, index, size, proof, root)
        assert not is_included(hashes[index], index, size, proof, other)
        assert not is_included(hashes[index], index + size, size, proof, root)
        assert size == 1 or not is_included(hashes[index], (index + 1) % size, size, proof, root)
        assert forged_growth == growth or not is_consistent(earlier, earlier_root, size, root, forged_growth)
        assert not is_consistent(earlier, other, size, root, growth)
        assert not is_consistent(earlier, earlier_root, size, other, growth)
        assert not is_consistent(size + 1, earlier_root, size, root, growth)
        refused += 1
    assert refused == 3_000


def test_a_node_cannot_pass_for_a_leaf() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
