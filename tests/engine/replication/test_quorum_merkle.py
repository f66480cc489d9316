"""Merkle trees over keys: equal where the content is, and different on the way to what differs."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from game.engine.replication.quorum_merkle import LEAVES, ROOT, MerkleTree, is_leaf
from game.engine.replication.quorum_versions import Version

CONTENTS = st.dictionaries(
    st.integers(0, 10_000),
    st.builds(Version, st.integers(0, 1 << 40), st.integers(0, 9), st.integers(0, 99), st.just(1)),
    max_size=50,
)


def tree_of(content: dict[int, Version], order: list[int]) -> MerkleTree:
    """The tree of a content that came in some order, older versions first."""
    tree = MerkleTree()
    for key in order:
        tree.put(key, Version(0, 0, key, 0))
    for key in order:
        tree.put(key, content[key])
    return tree


def keys_that_differ(one: MerkleTree, other: MerkleTree) -> set[int]:
    """What a walk from the root down along different hashes finds."""
    found: set[int] = set()
    nodes = [ROOT]
    while nodes:
        node = nodes.pop()
        if one.hashes[node] == other.hashes[node]:
            continue
        if is_leaf(node):
            found |= {key for key, _ in one.content(node).items() ^ other.content(node).items()}
        else:
            nodes += [child for child, _ in one.below(node)]
    return found


@given(CONTENTS, st.randoms(use_true_random=False))
def test_equal_content_has_equal_hashes_in_whatever_order_it_came(
    content: dict[int, Version], luck: Random
) -> None:
    shuffled = list(content)
    luck.shuffle(shuffled)

    assert tree_of(content, list(content)).hashes == tree_of(content, shuffled).hashes


@given(CONTENTS, CONTENTS)
def test_what_differs_is_found_from_the_root(
    one: dict[int, Version], other: dict[int, Version]
) -> None:
    trees = (tree_of(one, list(one)), tree_of(other, list(other)))

    assert keys_that_differ(*trees) == {key for key, _ in one.items() ^ other.items()}


def test_every_key_has_a_leaf_and_every_leaf_its_share() -> None:
    tree = MerkleTree()
    for key in range(64 * LEAVES):
        tree.put(key, Version(1, 0, key, 0))
    sizes = [len(tree.content(node)) for node in range(LEAVES, 2 * LEAVES)]

    assert sum(sizes) == 64 * LEAVES
    assert min(sizes) > 32
    assert max(sizes) < 128
