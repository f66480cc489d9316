"""What the source says of a record and of each of its fields: the docstrings of both.

Python keeps no docstring of a field, so the module's source is read; that is done where a schema or
a reference page is made, never in a game.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from itertools import pairwise
from typing import Any


def says_of(record: type[Any]) -> str:
    """The docstring of the record; "" if it has none of its own."""
    own = inspect.getdoc(record) or ""
    return "" if own.startswith(f"{record.__name__}(") else own


def says_of_fields(record: type[Any]) -> Mapping[str, str]:
    """Field name to its docstring, as one paragraph, for each field that has one.

    A field that a base has is read there, unless the record says it anew.
    """
    found: dict[str, str] = {}
    for owner in reversed(record.__mro__):
        if "__dataclass_fields__" in vars(owner):
            found |= _says_in(owner.__module__).get(owner.__qualname__, {})
    return {field.name: found[field.name] for field in fields(record) if field.name in found}


@cache
def _says_in(module: str) -> Mapping[str, Mapping[str, str]]:
    """Class to field to docstring, for all classes of a module."""
    return dict(_classes(ast.parse(inspect.getsource(sys.modules[module])).body, ""))


def _classes(body: list[ast.stmt], inside: str) -> Iterator[tuple[str, dict[str, str]]]:
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield inside + statement.name, dict(_fields(statement.body))
            yield from _classes(statement.body, f"{inside}{statement.name}.")


def _fields(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement, after in pairwise(body):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            yield statement.target.id, " ".join(after.value.value.split())
