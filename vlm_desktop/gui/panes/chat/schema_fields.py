"""The fields an answer is to have, and the JSON schema that says so."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class FieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    YES_NO = "yes-no"
    CHOICE = "choice"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class FormField:
    """`choices` are the words that a choice allows."""

    name: str
    kind: FieldKind = FieldKind.TEXT
    choices: tuple[str, ...] = ()


_TYPES = {
    FieldKind.TEXT: "string",
    FieldKind.NUMBER: "number",
    FieldKind.WHOLE: "integer",
    FieldKind.YES_NO: "boolean",
}


def schema_of(fields: tuple[FormField, ...]) -> str:
    """A JSON schema in which every field is required; "" without fields."""
    named = [one for one in fields if one.name.strip()]
    if not named:
        return ""
    properties = {one.name.strip(): _schema(one) for one in named}
    return json.dumps(
        {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        },
        ensure_ascii=False,
    )


def _schema(field: FormField) -> dict[str, Any]:
    if field.kind is FieldKind.CHOICE and field.choices:
        return {"type": "string", "enum": list(field.choices)}
    if field.kind is FieldKind.LIST:
        return {"type": "array", "items": {"type": "string"}}
    return {"type": _TYPES.get(field.kind, "string")}


def fields_of_schema(schema: str) -> tuple[FormField, ...] | None:
    """The fields of a schema made here; None for one that says more than fields can."""
    if not schema:
        return ()
    try:
        read = json.loads(schema)
        properties = read["properties"]
        found = tuple(_field(name, rule) for name, rule in properties.items())
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if json.loads(schema_of(found) or "{}") == read else None


def _field(name: str, rule: dict[str, Any]) -> FormField:
    if "enum" in rule:
        return FormField(name, FieldKind.CHOICE, tuple(map(str, rule["enum"])))
    if rule["type"] == "array":
        return FormField(name, FieldKind.LIST)
    kinds = {word: kind for kind, word in _TYPES.items()}
    return FormField(name, kinds[rule["type"]])


def names_of(schema: str) -> tuple[str, ...]:
    """The names of an object schema's fields."""
    try:
        properties = json.loads(schema).get("properties", {})
    except (ValueError, AttributeError):
        return ()
    return tuple(properties) if isinstance(properties, dict) else ()


def trouble_of(schema: str) -> str:
    """What is wrong with a schema that was typed, in the parser's words; "" for nothing."""
    try:
        read = json.loads(schema)
    except ValueError as error:
        return str(error)
    if not isinstance(read, dict):
        return "{ … }"
    return ""
