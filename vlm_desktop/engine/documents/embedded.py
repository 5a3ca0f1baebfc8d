"""Invoices as data inside a file: Factur-X, ZUGFeRD and XRechnung, in CII and in UBL (EN 16931).

The names of the fields are those of the preset "invoice"; what it does not name is left out.
Comparing with the page is by value: what differs is told, never put right.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documenterrors import EmbeddedUnreadable
from vlm_desktop.base.documentexports import EmbeddedInvoice
from vlm_desktop.base.documents import (
    Check,
    CheckKind,
    Extraction,
    FieldType,
    FieldValue,
    Origin,
    Schema,
)
from vlm_desktop.base.pdfwork import ReadAttachments
from vlm_desktop.base.textsearch import squeezed
from vlm_desktop.engine.documents.invoicepaths import (
    CII,
    CII_LINES,
    CII_PROFILE,
    ROOTS,
    UBL,
    UBL_LINES,
    UBL_PROFILE,
    Place,
)
from vlm_desktop.engine.documents.pages import DocumentPages

MOST_BYTES = 10 * 1024 * 1024
_MOST_LINES = 2_000
_MOST_TEXT = 1_000
_USUAL_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_ADDRESS_SHARE = 0.6


def read_embedded(pages: DocumentPages, path: Path, cancel: CancelToken) -> EmbeddedInvoice | None:
    """The invoice that a PDF carries, or that an XML file is; None where there is none.

    Raises EmbeddedUnreadable, MediaRefused, DecoderUnavailable, Cancelled, OSError.
    """
    if path.suffix.lower() == ".xml":
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        return parse_invoice(path, path.name, data)
    attached = pages.work(path, ReadAttachments(), cancel).attachments
    for one in sorted(attached, key=lambda one: one.name.lower() not in _USUAL_NAMES):
        found = parse_invoice(path, one.name, one.data)
        if found is not None:
            return found
    return None


def parse_invoice(path: Path, file_name: str, data: bytes) -> EmbeddedInvoice | None:
    """An invoice from its XML; None for XML that is none. Raises EmbeddedUnreadable."""
    if len(data) > MOST_BYTES:
        raise EmbeddedUnreadable(path=path, detail=f"{file_name}: over {MOST_BYTES} bytes")
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        detail = f"{file_name}: {error or type(error).__name__}"
        raise EmbeddedUnreadable(path=path, detail=detail[:200]) from error
    syntax = ROOTS.get(_local(root))
    if syntax is None:
        return None
    places, line_path, profile = (
        (CII, CII_LINES, CII_PROFILE) if syntax == "CII" else (UBL, UBL_LINES, UBL_PROFILE)
    )
    values = [value for place in places if (value := _value(root, place)) is not None]
    currency = next((one.value for one in values if one.name == _CURRENCY), "")
    head, members = line_path
    for row, line in enumerate(_all(root, head)[:_MOST_LINES]):
        values += [value for place in members if (value := _value(line, place, row)) is not None]
    kept = tuple(_with_currency(value, currency) for value in values if value.name != _CURRENCY)
    return EmbeddedInvoice(path, file_name, syntax, _text(root, profile), kept)


def compare_embedded(invoice: EmbeddedInvoice, extraction: Extraction) -> tuple[Check, ...]:
    """A check for every value of the data: whether the page says the same.

    `ok` is None where nothing was found on the page. Lines are compared one by one where both
    have as many.
    """
    lines_agree = _rows(invoice.values) == _rows(extraction.values)
    checks = []
    for value in invoice.values:
        if "/" in value.name and not lines_agree:
            continue
        seen = extraction.value(value.name, value.row)
        same = None if seen is None else _same(value, seen)
        checks.append(
            Check(
                kind=CheckKind.EMBEDDED,
                ok=same,
                fields=((value.name, value.row),),
                expected=value.value,
                found=(seen.value or seen.raw) if seen else "",
                detail=invoice.file_name,
            )
        )
    return tuple(checks)


def with_invoice(extraction: Extraction, schema: Schema, invoice: EmbeddedInvoice) -> Extraction:
    """The extraction with the comparison, and with the data's values where the page has none.

    Values of tables are taken over only where the page has no row at all.
    """
    has_rows = _rows(extraction.values) > 0
    taken = tuple(
        value
        for value in invoice.values
        if schema.spec(value.name) is not None
        and extraction.value(value.name, value.row) is None
        and not ("/" in value.name and has_rows)
    )
    names = {value.name for value in taken}
    return replace(
        extraction,
        values=(*extraction.values, *taken),
        missing=tuple(one for one in extraction.missing if one.name not in names),
        checks=(*extraction.checks, *compare_embedded(invoice, extraction)),
    )


_CURRENCY = "currency"


def _rows(values: Sequence[FieldValue]) -> int:
    return len({value.row for value in values if value.name.startswith("items/")})


def _value(node: Element, place: Place, row: int = 0) -> FieldValue | None:
    raw = next((text for path in place.paths if (text := _text(node, path))), "")
    if not raw or (place.is_single and len({one.text for one in _all(node, place.paths[0])}) > 1):
        return None
    value = _normalised(raw, place.type)
    return FieldValue(place.name, raw, value, 1.0, row=row, origin=Origin.EMBEDDED)


def _with_currency(value: FieldValue, currency: str) -> FieldValue:
    return replace(value, currency=currency) if _is_amount(value.name) else value


def _is_amount(name: str) -> bool:
    return _TYPES.get(name) is FieldType.AMOUNT


_TYPES = {place.name: place.type for place in (*CII, *CII_LINES[1], *UBL, *UBL_LINES[1])}


def _normalised(raw: str, kind: FieldType) -> str:
    if kind is FieldType.DATE:
        day = _DAY.match(raw)
        return "-".join(day.groups()) if day else raw
    if kind is FieldType.AMOUNT:
        number = _number(raw)
        if number is None:
            return raw
        exponent = number.as_tuple().exponent
        few = isinstance(exponent, int) and exponent > -2
        return f"{number.quantize(Decimal('0.01')) if few else number:f}"
    if kind in (FieldType.IBAN, FieldType.VAT_ID):
        return "".join(raw.split()).upper()
    return raw


def _same(data: FieldValue, seen: FieldValue) -> bool:
    ours, theirs = data.value, seen.value or seen.raw
    kind = _TYPES.get(data.name, FieldType.TEXT)
    if kind in (FieldType.AMOUNT, FieldType.NUMBER):
        a, b = _number(ours), _number(theirs.rstrip("% "))
        if a is not None and b is not None:
            return a == b
    if kind is FieldType.ADDRESS:
        words = set(re.findall(r"\w+", ours.casefold()))
        said = set(re.findall(r"\w+", theirs.casefold()))
        return len(words & said) >= _ADDRESS_SHARE * len(words)
    a_letters, b_letters = _letters(ours), _letters(theirs)
    if kind is FieldType.TEXT and a_letters and b_letters:
        return a_letters in b_letters or b_letters in a_letters
    return a_letters == b_letters


def _letters(text: str) -> str:
    return "".join(letter for letter in squeezed(text) if letter.isalnum())


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 20 else None


# --- the tree ------------------------------------------------------------------------------


def _local(node: Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _all(node: Element, path: str) -> list[Element]:
    """Every element at a path of local names, as `invoicepaths` writes them."""
    found = [node]
    for step in path.split("/"):
        names, _, condition = step.rstrip("]").partition("[")
        allowed = names.split("|")
        key, _, wanted = condition.partition("=")
        found = [
            child
            for one in found
            for child in one
            if _local(child) in allowed and (not key or child.get(key) == wanted)
        ]
    return found


def _text(node: Element, path: str) -> str:
    """The text at a path; of "a + b" those of both, in a row."""
    parts = []
    for one in path.split(" + "):
        nodes = _all(node, one)
        if nodes:
            parts.append(" ".join((nodes[0].text or "").split())[:_MOST_TEXT])
    return ", ".join(filter(None, parts))
