"""Where every key and value of a TOML file stands in its text, by way of tree-sitter."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from game.level.bounds import DEEPEST, LONGEST_LIST, too_deep
from game.level.problems import Complaint

Span = tuple[int, int]
"""Byte offsets: of the first, and of the one after the last."""
Report = Callable[..., None]
"""`Source.report`."""


@cache
def parser() -> Parser:
    """The parser of TOML."""
    return Parser(Language(tree_sitter_toml.language()))


@dataclass(slots=True)
class Spot:
    """Where a key and its value stand in the text, as byte offsets."""

    key: Span | None = None
    value: Span | None = None
    children: dict[str | int, Spot] = field(default_factory=dict)
    tables: bool = False
    """It is a list of tables made of `[[headers]]`."""
    written: bool = False
    """It has a header or an equals sign of its own."""


class SpotTree:
    """Builds the tree of spots out of a syntax tree, and reports what is written twice, too deep or
    too long."""

    def __init__(self, data: bytes, report: Report) -> None:
        self.data = data
        self.report = report
        self.root = Spot()

    def build(self, root: Node) -> Spot:
        """The spot of the whole document."""
        for node in root.named_children:
            if node.type == "pair":
                self._pair(self.root, node, 0)
            elif node.type in ("table", "table_array_element"):
                self._table(node)
        return self.root

    def _table(self, node: Node) -> None:
        key_node, *pairs = (child for child in node.named_children if child.type != "comment")
        keys = self._keys(key_node)
        span = (node.start_byte, self._header_end(node))
        if len(keys) > DEEPEST:
            self.report(span, too_deep())
            return
        parent = self.root
        for key, _ in keys[:-1]:
            parent = self._entered(parent.children.setdefault(key, Spot(value=span)))
        name, key_span = keys[-1]
        spot = parent.children.setdefault(name, Spot(key=key_span, value=span))
        if node.type == "table_array_element":
            spot.tables = spot.written = True
            if len(spot.children) == LONGEST_LIST:
                self._too_long(span)
            spot = spot.children.setdefault(len(spot.children), Spot(key=key_span, value=span))
        elif spot.written:
            self._twice(name, key_span, spot)
            spot = self._entered(spot)
        else:
            spot.key, spot.value, spot.written = key_span, span, True
        for pair in pairs:
            self._pair(spot, pair, len(keys))

    @staticmethod
    def _entered(spot: Spot) -> Spot:
        """Where a header that goes through `spot` leads: into the last of its tables."""
        return spot.children[len(spot.children) - 1] if spot.tables and spot.children else spot

    @staticmethod
    def _header_end(node: Node) -> int:
        closers = (child for child in node.children if child.type in ("]", "]]"))
        return next((child.end_byte for child in closers), node.end_byte)

    def _pair(self, parent: Spot, pair: Node, depth: int) -> None:
        """Index one pair and everything below it."""
        stack = [(parent, pair, depth)]
        while stack:
            parent, node, depth = stack.pop()
            if node.type == "pair":
                entry = self._bind(parent, node, depth)
                if entry is None:
                    continue
                parent, node, depth = entry
            below = [child for child in node.named_children if child.type != "comment"]
            if node.type == "inline_table":
                stack.extend((parent, child, depth) for child in reversed(below))
            elif node.type == "array":
                if len(below) > LONGEST_LIST:
                    self._too_long((node.start_byte, node.end_byte))
                    continue
                for index, child in enumerate(below):
                    spot = Spot(value=(child.start_byte, child.end_byte))
                    parent.children[index] = spot
                    if child.type in ("array", "inline_table"):
                        stack.append((spot, child, depth + 1))

    def _bind(self, parent: Spot, pair: Node, depth: int) -> tuple[Spot, Node, int] | None:
        key_node, value, *_ = (child for child in pair.named_children if child.type != "comment")
        keys = self._keys(key_node)
        depth += len(keys)
        if depth > DEEPEST:
            self.report((key_node.start_byte, key_node.end_byte), too_deep())
            return None
        value_span = (value.start_byte, value.end_byte)
        for key, span in keys[:-1]:
            parent = parent.children.setdefault(key, Spot(key=span, value=value_span))
        name, key_span = keys[-1]
        if name in parent.children:
            self._twice(name, key_span, parent.children[name])
            return None
        spot = Spot(key=key_span, value=value_span, written=True)
        parent.children[name] = spot
        return spot, value, depth

    def _keys(self, node: Node) -> list[tuple[str, Span]]:
        """The parts of a key with their places. A dotted key is a list that leans to the left."""
        parts: list[Node] = []
        while node.type == "dotted_key":
            node, last = (child for child in node.named_children if child.type != "comment")
            parts.append(last)
        parts.append(node)
        return [(self._key(part), (part.start_byte, part.end_byte)) for part in reversed(parts)]

    def _key(self, node: Node) -> str:
        text = self.data[node.start_byte : node.end_byte].decode()
        if node.type != "quoted_key":
            return text
        try:
            return str(tomllib.loads(f"key = {text}")["key"])
        except ValueError:
            return text[1:-1]

    def _twice(self, name: str, span: Span, first: Spot) -> None:
        said = Complaint("duplicate-key", f'"{name[:80]}" is written twice')
        place = first.key or first.value
        self.report(span, said, () if place is None else ((place, "first written here"),))

    def _too_long(self, span: Span) -> None:
        message = f"this list has more than {LONGEST_LIST} entries"
        self.report(span, Complaint("too-long", message))
