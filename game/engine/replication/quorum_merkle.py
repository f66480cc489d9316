"""A Merkle tree over the keys of one range: two copies find out where they differ without sending
what they have in common.

Merkle, A Digital Signature Based on a Conventional Encryption Function, CRYPTO 1987; for replicas:
DeCandia and others, Dynamo, SOSP 2007, section 4.7. The hash of a node is the exclusive or of those
of its keys, so that a write changes one path of the tree; that is safe against accidents, not
against an enemy.
"""

from __future__ import annotations

from game.engine.replication.quorum_siblings import Kept, numbers_in
from game.engine.replication.quorum_versions import NOTHING
from game.engine.streams import mix

DEPTH = 6
LEAVES = 1 << DEPTH
ROOT = 1


class MerkleTree:
    """Nodes are numbered from the root, 1; those below node i are 2i and 2i + 1."""

    __slots__ = ("hashes", "keys")

    def __init__(self) -> None:
        self.hashes = [0] * (2 * LEAVES)
        self.keys: list[dict[int, Kept]] = [{} for _ in range(LEAVES)]
        """By leaf: what is in it."""

    def put(self, key: int, version: Kept) -> None:
        """The copy has this under the key now."""
        leaf = mix(mix(key)) >> 64 - DEPTH
        before = self.keys[leaf].get(key, NOTHING)
        change = _hash_of(key, version) ^ (0 if before == NOTHING else _hash_of(key, before))
        self.keys[leaf][key] = version
        node = LEAVES + leaf
        while node:
            self.hashes[node] ^= change
            node >>= 1

    def below(self, node: int) -> tuple[tuple[int, int], ...]:
        """The two nodes below one that is no leaf, and their hashes."""
        return tuple((child, self.hashes[child]) for child in (2 * node, 2 * node + 1))

    def content(self, leaf_node: int) -> dict[int, Kept]:
        """Keys and versions of a node that is a leaf."""
        return self.keys[leaf_node - LEAVES]


def is_leaf(node: int) -> bool:
    """Whether there is nothing below a node."""
    return node >= LEAVES


def _hash_of(key: int, version: Kept) -> int:
    mixed = mix(key)
    for part in numbers_in(version):
        mixed = mix(mixed ^ (part & 0xFFFF_FFFF_FFFF_FFFF))
    return mixed
