"""The validator of a record, put together for pydantic's core.

Pydantic itself would read many more kinds of hints, and takes longer to import than a level to
check. Records have these alone: a marker of `annotations`, another record, a list, a table, words
of a closed list, truth values, numbers, text, or nothing in place of one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic_core import CoreSchema, SchemaValidator, core_schema

_CONFIG = core_schema.CoreConfig(extra_fields_behavior="forbid", allow_inf_nan=False)


def toml_key(field_name: str) -> str:
    """How a field is written: `for_` as `for`."""
    return field_name.rstrip("_")


def make_validator(record: type[Any]) -> SchemaValidator:
    """What reads a table as that record; unknown keys are errors."""
    return SchemaValidator(_record(record), _CONFIG)


def _record(record: type[Any]) -> CoreSchema:
    hints = get_type_hints(record, include_extras=True)
    return core_schema.dataclass_schema(
        record,
        core_schema.dataclass_args_schema(
            record.__name__, [_field(field, hints[field.name]) for field in fields(record)]
        ),
        [field.name for field in fields(record)],
        post_init=hasattr(record, "__post_init__"),
        slots=hasattr(record, "__slots__"),
        config=_CONFIG,
    )


def _field(field: Field[Any], hint: Any) -> core_schema.DataclassField:
    schema = schema_of(hint)
    if field.default is not MISSING:
        schema = core_schema.with_default_schema(schema, default=field.default)
    elif field.default_factory is not MISSING:
        schema = core_schema.with_default_schema(schema, default_factory=field.default_factory)
    return core_schema.dataclass_field(
        field.name, schema, kw_only=True, validation_alias=toml_key(field.name)
    )


def schema_of(hint: Any) -> CoreSchema:
    """What pydantic's core wants to know of a hint; asserts that records have such hints."""
    if hint in _PLAIN:
        return _PLAIN[hint]()
    if is_dataclass(hint) and isinstance(hint, type):
        return _record(hint)
    origin = get_origin(hint)
    assert origin in _COMPOSED, f"no record has fields of the type {hint}"
    return _COMPOSED[origin](hint)


def _marked(hint: Any) -> CoreSchema:
    """The first marker is the innermost: it alone may look at the type that it is written on."""

    def marked(count: int) -> CoreSchema:
        if count == 0:
            return schema_of(hint.__origin__)
        marker = hint.__metadata__[count - 1]
        schema: CoreSchema = marker.core_schema(hint.__origin__, lambda: marked(count - 1))
        return schema

    return marked(len(hint.__metadata__))


def _list(hint: Any) -> CoreSchema:
    parts = get_args(hint)
    if parts[-1] is Ellipsis:
        return core_schema.tuple_schema([schema_of(parts[0])], variadic_item_index=0)
    return core_schema.tuple_schema([schema_of(part) for part in parts])


def _table(hint: Any) -> CoreSchema:
    key, value = get_args(hint)
    return core_schema.dict_schema(schema_of(key), schema_of(value))


def _either(hint: Any) -> CoreSchema:
    parts = [part for part in get_args(hint) if part is not NoneType]
    schemas = [schema_of(part) for part in parts]
    schema = schemas[0] if len(schemas) == 1 else core_schema.union_schema(list(schemas))
    return schema if len(parts) == len(get_args(hint)) else core_schema.nullable_schema(schema)


_PLAIN: Mapping[Any, Callable[[], CoreSchema]] = {
    Any: core_schema.any_schema,
    bool: core_schema.bool_schema,
    int: core_schema.int_schema,
    float: core_schema.float_schema,
    str: core_schema.str_schema,
}
_COMPOSED: Mapping[Any, Callable[[Any], CoreSchema]] = {
    Annotated: _marked,
    Literal: lambda hint: core_schema.literal_schema(list(get_args(hint))),
    Union: _either,
    UnionType: _either,
    tuple: _list,
    dict: _table,
}
