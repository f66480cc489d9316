"""The first line of a file that tells editors where its schema is: `#:schema PATH`."""

from __future__ import annotations

SIGN = b"#:schema "


def has_schema_line(data: bytes) -> bool:
    """Whether a file begins with such a line."""
    return data.startswith(SIGN)


def without_schema_line(data: bytes) -> bytes:
    """A file without it."""
    return data.partition(b"\n")[2] if has_schema_line(data) else data
