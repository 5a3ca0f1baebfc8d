"""Answers by JSON schema: the schema checked, an answer held against it, its fields for a form."""

import json
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

from vlm_desktop.base.chaterrors import SchemaRefused
from vlm_desktop.base.chatwork import FormAnswer, FormField

_NO_REMOTE: Registry[Any] = Registry()
"""Knows nothing beyond the schema itself: a reference to elsewhere is refused, never fetched."""


def read_schema(text: str) -> dict[str, Any]:
    """A schema for one object. Raises SchemaRefused with what is wrong."""
    try:
        schema = json.loads(text)
        if not isinstance(schema, dict):
            raise SchemaRefused(detail="a schema is a JSON object")
        Draft202012Validator.check_schema(schema)
    except ValueError as error:
        raise SchemaRefused(detail=f"it is no JSON: {error}") from error
    except SchemaError as error:
        raise SchemaRefused(detail=_place(error.absolute_path, error.message)) from error
    return schema


def field_names(text: str) -> tuple[str, ...]:
    """The fields at the top of a schema: the columns of a table. Raises SchemaRefused.

    A schema that is not one of an object has one column, "answer".
    """
    properties = read_schema(text).get("properties")
    return tuple(properties) if isinstance(properties, dict) and properties else ("answer",)


def field_values(answer: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """What an answer says for each column; "" for what it does not."""
    try:
        data = json.loads(answer)
    except ValueError:
        return tuple("" for _ in names)
    if not isinstance(data, dict):
        return (_shown(data), *("" for _ in names[1:]))
    return tuple(_shown(data.get(name)) for name in names)


def form_of(answer: str, schema_text: str) -> FormAnswer:
    """An answer held against its schema, field by field. Raises SchemaRefused."""
    schema = read_schema(schema_text)
    try:
        data = json.loads(answer)
    except ValueError as error:
        return FormAnswer(tuple(_fields("", schema, None, {}, required=True)), str(error))
    problems: dict[str, str] = {}
    try:
        for found in Draft202012Validator(schema, registry=_NO_REMOTE).iter_errors(data):
            for place in _places(found):
                problems.setdefault(place, found.message)
    except Unresolvable as error:
        raise SchemaRefused(detail=f"{error.ref} lies outside of it") from error
    fields = tuple(_fields("", schema, data, problems, required=True))
    told = {field.name for field in fields}
    beside = [message for place, message in problems.items() if place not in told]
    return FormAnswer(fields, beside[0] if beside else "")


def _places(found: ValidationError) -> list[str]:
    """Which values break the schema: for what is missing, the way to where it should be."""
    way = [str(part) for part in found.absolute_path]
    needed, inside = found.validator_value, found.instance
    if found.validator != "required" or not isinstance(needed, list) or inside is None:
        return [".".join(way)]
    missing = [name for name in needed if isinstance(inside, dict) and name not in inside]
    return [".".join([*way, name]) for name in missing]


def _fields(
    name: str, schema: Any, value: Any, problems: dict[str, str], *, required: bool
) -> list[FormField]:
    """One row for each value; groups and lists are opened."""
    schema = schema if isinstance(schema, dict) else {}
    properties = schema.get("properties")
    if isinstance(properties, dict):
        inner = value if isinstance(value, dict) else {}
        needed = schema.get("required", ())
        rows = [_problem_row(name, "object", problems, required=required)]
        for key, part in properties.items():
            path = f"{name}.{key}" if name else key
            rows += _fields(path, part, inner.get(key), problems, required=key in needed)
        return [row for row in rows if row is not None]
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        rows = [_problem_row(name, "array", problems, required=required)]
        for number, item in enumerate(value):
            path = f"{name}.{number}" if name else str(number)
            rows += _fields(path, schema["items"], item, problems, required=True)
        return [row for row in rows if row is not None]
    choices = tuple(_shown(one) for one in schema.get("enum", ()))
    kind = "choice" if choices else str(schema.get("type", "string"))
    row = FormField(name, kind, required, _shown(value), choices, problems.get(name, ""))
    return [row]


def _problem_row(
    name: str, kind: str, problems: dict[str, str], *, required: bool
) -> FormField | None:
    """A group has a row of its own only when something is wrong with it as a whole."""
    if name not in problems:
        return None
    return FormField(name, kind, required, "", problem=problems[name])


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _place(path: Any, message: str) -> str:
    where = ".".join(map(str, path))
    return f"{where}: {message}" if where else message
