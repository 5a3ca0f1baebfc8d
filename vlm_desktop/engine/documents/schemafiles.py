"""Schemas as files: the user's in JSON, the program's presets in TOML.

    {"name": "…", "fields": [{"name", "type", "description", "aliases", "required", "pattern",
     "options", "fields"}], "any_pairs": false}

Only "fields" must be there, and in each its "name"; keys that are not known are left alone.
Pure but for `preset`; importing it does not import numpy.
"""

from __future__ import annotations

import json
import re
import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vlm_desktop.base.documenterrors import (
    SchemaFieldNameBad,
    SchemaFieldNotReadable,
    SchemaFieldRepeated,
    SchemaFieldUnnamed,
    SchemaNotJson,
    SchemaPatternBad,
    SchemaTypeUnknown,
    SchemaWithoutFields,
)
from vlm_desktop.base.documents import FieldSpec, FieldType, Schema
from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.documents.validators import pattern_fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PRESETS = ("receipt", "invoice", "form", "id_card", "bank_statement", "purchase_order")
"""In the order they are offered."""

LONGEST_NAME = 60
_LONGEST_FIELD_NAME = 120
_MOST_FIELDS = 500
_MOST_WORDS = 500
_LONGEST_TEXT = 4000
_NAME = re.compile(rf"\w[\w .()&+#%-]{{0,{LONGEST_NAME - 1}}}")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_SYNONYMS = {
    "string": "text", "str": "text", "money": "amount", "currency": "amount", "price": "amount",
    "datetime": "date", "integer": "number", "int": "number", "float": "number", "id": "number",
    "choice": "enum", "select": "enum", "vat": "vat_id", "vatid": "vat_id", "tax_id": "vat_id",
    "boolean": "checkbox", "bool": "checkbox", "list": "table", "items": "table",
    "object": "group", "array": "table",
}  # fmt: skip
"""Other programs' names for our types."""
_REPEATING = {FieldType.TABLE, FieldType.GROUP}


def name_allowed(name: str) -> bool:
    """Whether a schema may be kept under a name: it starts with a letter or digit, has up to 60
    characters, none that a file name cannot hold, and is no name of a device on Windows."""
    fits = _NAME.fullmatch(name) is not None and not name.endswith((" ", "."))
    return fits and _DEVICE.fullmatch(name) is None


def allowed_name(wanted: str) -> str:
    """The nearest name that `name_allowed` allows."""
    name = " ".join(re.sub(r"[^\w .()&+#%-]+", " ", wanted).split())
    name = name.strip(" .()&+#%-")[:LONGEST_NAME].strip(" .")
    return name if name_allowed(name) else "schema"


def field_name_allowed(name: str) -> bool:
    """Whether a field may be called so: the stroke parts a table's name from its column's."""
    return 0 < len(name) <= _LONGEST_FIELD_NAME and name.isprintable() and "/" not in name


@lru_cache(maxsize=len(PRESETS))
def preset(name: str) -> Schema:
    """One of `PRESETS`."""
    path = bundled("resources") / "documents" / "presets" / f"{name}.toml"
    return parse(tomllib.loads(path.read_text(encoding="utf-8")), path)


def parse_json(text: str, path: Path) -> Schema:
    """A schema from the text of a file. Raises SchemaFileBad, with the line or the field."""
    try:
        said = json.loads(text)
    except json.JSONDecodeError as error:
        raise SchemaNotJson(path=path, line=error.lineno, detail=error.msg) from error
    except RecursionError as error:
        raise SchemaNotJson(path=path, line=1, detail="too many brackets in one another") from error
    return parse(said, path)


def parse(said: object, path: Path) -> Schema:
    """A schema from what a file holds. Raises SchemaFileBad, with the field."""
    if not isinstance(said, dict):
        raise SchemaWithoutFields(path=path)
    any_pairs = said.get("any_pairs", False) is True
    rows = said.get("fields")
    if not isinstance(rows, list) or (not rows and not any_pairs):
        raise SchemaWithoutFields(path=path)
    name = said.get("name", path.stem)
    if not isinstance(name, str) or not name.strip():
        name = path.stem
    return Schema(name, _fields(rows, path, "", 0), any_pairs)


def to_json(schema: Schema) -> str:
    """The text of a file that `parse_json` reads back as the same schema."""
    said: dict[str, Any] = {"name": schema.name, "fields": [_plain(one) for one in schema.fields]}
    if schema.any_pairs:
        said["any_pairs"] = True
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def _fields(rows: list[Any], path: Path, inside: str, depth: int) -> tuple[FieldSpec, ...]:
    if len(rows) > _MOST_FIELDS or depth > 1:
        raise SchemaFieldNotReadable(path=path, field=inside, key="fields")
    found: dict[str, FieldSpec] = {}
    for number, row in enumerate(rows, start=1):
        spec = _field(row, path, number, inside, depth)
        if spec.name in found:
            raise SchemaFieldRepeated(path=path, field=spec.name)
        found[spec.name] = spec
    return tuple(found.values())


def _field(row: object, path: Path, number: int, inside: str, depth: int) -> FieldSpec:
    if not isinstance(row, dict):
        raise SchemaFieldUnnamed(path=path, number=number)
    name = row.get("name")
    if not isinstance(name, str) or not name.strip():
        raise SchemaFieldUnnamed(path=path, number=number)
    name = name.strip()
    if not field_name_allowed(name):
        raise SchemaFieldNameBad(path=path, name=name[:LONGEST_NAME])
    where = f"{inside}/{name}" if inside else name
    kind = _kind(row, path, where)
    members = row.get("fields") or []
    if not isinstance(members, list) or (members and kind not in _REPEATING):
        raise SchemaFieldNotReadable(path=path, field=where, key="fields")
    pattern = _text(row, "pattern", path, where)
    fault = pattern_fault(pattern)
    if fault:
        raise SchemaPatternBad(path=path, field=where, pattern=pattern[:80], detail=fault)
    required = row.get("required", False)
    if not isinstance(required, bool):
        raise SchemaFieldNotReadable(path=path, field=where, key="required")
    return FieldSpec(
        name,
        kind,
        _text(row, "description", path, where),
        _words(row, "aliases", path, where),
        required,
        pattern,
        _words(row, "options", path, where),
        _fields(members, path, where, depth + 1) if members else (),
    )


def _kind(row: Mapping[str, Any], path: Path, where: str) -> FieldType:
    said = row.get("type") or FieldType.TEXT
    if not isinstance(said, str):
        raise SchemaFieldNotReadable(path=path, field=where, key="type")
    name = re.sub(r"[\s-]+", "_", said.strip().casefold())
    name = _SYNONYMS.get(name, name)
    if name not in {one.value for one in FieldType}:
        known = ", ".join(FieldType)
        raise SchemaTypeUnknown(path=path, field=where, type=said[:LONGEST_NAME], known=known)
    return FieldType(name)


def _text(row: Mapping[str, Any], key: str, path: Path, where: str) -> str:
    said = row.get(key) or ""
    if not isinstance(said, str) or len(said) > _LONGEST_TEXT:
        raise SchemaFieldNotReadable(path=path, field=where, key=key)
    return said


def _words(row: Mapping[str, Any], key: str, path: Path, where: str) -> tuple[str, ...]:
    """A list of texts, or one list for each language; the same text once."""
    said = row.get(key) or []
    if isinstance(said, dict):
        said = [word for words in said.values() for word in (words or [])]
    if (
        not isinstance(said, list)
        or len(said) > _MOST_WORDS
        or any(not isinstance(word, str) or len(word) > _LONGEST_TEXT for word in said)
    ):
        raise SchemaFieldNotReadable(path=path, field=where, key=key)
    return tuple(dict.fromkeys(word.strip() for word in said if word.strip()))


def _plain(spec: FieldSpec) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": spec.name,
        "type": spec.type.value,
        "description": spec.description,
        "aliases": list(spec.aliases),
        "required": spec.required,
        "pattern": spec.pattern,
    }
    if spec.options:
        said["options"] = list(spec.options)
    if spec.fields:
        said["fields"] = [_plain(one) for one in spec.fields]
    return said
