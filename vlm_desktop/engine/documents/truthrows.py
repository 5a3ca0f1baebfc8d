"""Documents with their true fields, from JSON lines: what extraction is measured on.

{"image" or "pdf", "fields": {name: text}}              receipts, invoices, your own
{"image" or "pdf", "fields", "pairs": [{"key","value"}]}  forms
{"layout", "pages", "truths", ...}                      made by `training.documents`
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vlm_desktop.base.documents import FieldSpec, Schema
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.engine.documents.examples import schema_of
from vlm_desktop.engine.documents.schemafiles import preset
from vlm_desktop.training.documents.corpus import from_row
from vlm_desktop.training.documents.samples import Made

RECEIPT_KEYS = {"company": "vendor", "date": "date", "address": "address", "total": "total"}
"""The fields of the SROIE task by the names they have in the preset."""
INVOICE_KEYS = {
    "issuer": "issuer", "amount": "gross_amount", "amount_untaxed": "net_amount",
    "amount_tax": "tax_amount", "date": "date", "date_due": "due_date",
    "invoice_number": "invoice_number", "iban": "iban", "vat": "vat_id",
}  # fmt: skip
"""Names in invoice2data's templates by those in the preset; others are not asked for."""


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """One document. `truths` are by the names of `schema`; `pairs` of a form, in any order.

    `path` is None for a made one. `kind` names what it was taken for.
    """

    name: str
    path: Path | None
    kind: str
    schema: Schema
    truths: Mapping[str, str]
    pairs: tuple[tuple[str, str], ...] = ()
    made: Made | None = None
    annotation: Path | None = None
    """Of a form, what people marked on it, as FUNSD keeps it: annotations/X.json for
    images/X.png."""


def read_known_documents(
    path: Path, schema: Schema | None = None, split: str = ""
) -> tuple[KnownDocument, ...]:
    """All rows of a file. `schema` says what to ask for; without it the names of the fields do.

    Raises BadInputFile with the line that does not read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if split and row.get("split") != split:
                continue
            found.append(_known(path, number, row, schema))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            detail = f"{type(error).__name__}: {error}"
            raise BadInputFile(path=path, line=number, detail=detail) from error
    if not found:
        raise BadInputFile(path=path, line=None, detail="it holds no such row")
    return tuple(found)


def _known(path: Path, number: int, row: Mapping[str, Any], schema: Schema | None) -> KnownDocument:
    if "truths" in row:
        made = from_row(row)
        return KnownDocument(
            f"{path.name}:{number}", None, "made", schema_of(made), made.truths, made=made
        )
    name = str(row["pdf"] if "pdf" in row else row["image"])
    said = dict(_texts(row["fields"]))
    where = path.parent / name
    if schema is not None:
        names = {one.name for one in schema.fields}
        truths = {
            RECEIPT_KEYS.get(key, key) if key not in names else key: text
            for key, text in said.items()
        }
        asked = {key: text for key, text in truths.items() if key in names}
        return KnownDocument(name, where, schema.name, schema, asked)
    if "pairs" in row:
        pairs = tuple((str(one["key"]), str(one["value"])) for one in row["pairs"])
        keys = Schema("keys", tuple(FieldSpec(key) for key in said))
        marked = path.parent / Path(name.replace("images", "annotations", 1)).with_suffix(".json")
        return KnownDocument(name, where, "form", keys, said, pairs, annotation=marked)
    kind, table = ("invoice", INVOICE_KEYS)
    if set(said) <= set(RECEIPT_KEYS):
        kind, table = "receipt", RECEIPT_KEYS
    truths = {table[key]: text for key, text in said.items() if key in table}
    return KnownDocument(name, where, kind, preset(kind), truths)


def _texts(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Fields that are a text or a number; an amount as money is printed."""
    for name, value in fields.items():
        if isinstance(value, bool) or value in ("", None):
            continue
        if isinstance(value, float):
            yield name, f"{value:.2f}"
        elif isinstance(value, str | int):
            yield name, str(value)
