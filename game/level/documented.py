"""What the source says of a record and of each of its fields: the docstrings of both.

Python keeps no docstring of a field, so the class's source is read; that is done where a schema or
a reference page is made, never in a game.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from textwrap import dedent
from typing import Any


@cache
def says_of_fields(record: type[Any]) -> Mapping[str, str]:
    """Field name to its docstring, as one paragraph, for each field that has one.

    A field that a base has is read there, unless the record says it anew.
    """
    found: dict[str, str] = {}
    for owner in reversed(record.__mro__):
        if "__dataclass_fields__" in vars(owner):
            found |= _says_in(owner)
    return {field.name: found[field.name] for field in fields(record) if field.name in found}


@cache
def says_of(record: type[Any]) -> str:
    """The docstring of the record itself, or of the nearest base that has one, as paragraphs."""
    own = inspect.getdoc(record) or ""
    return "" if own.startswith(f"{record.__name__}(") else own


@cache
def _says_in(owner: type[Any]) -> Mapping[str, str]:
    return dict(_pairs(ast.parse(dedent(inspect.getsource(owner))).body[0]))


def _pairs(parsed: ast.stmt) -> Iterator[tuple[str, str]]:
    assert isinstance(parsed, ast.ClassDef)
    for statement, after in zip(parsed.body, parsed.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            yield statement.target.id, " ".join(after.value.value.split())
