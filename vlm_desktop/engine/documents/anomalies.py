"""What a document has in common with earlier ones, and what it has not: duplicates, anomalies.

Which field plays which part is known by its role (`roles`), else by name and type.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from statistics import median

from vlm_desktop.base.documents import Check, CheckKind, Extraction, FieldType, FieldValue, Schema
from vlm_desktop.engine.documents.roles import roles
from vlm_desktop.store.docrecords import DocumentFacts, EarlierDocument, Place

_OTHER_NAMES = {
    "vendor": ("vendor", "company", "seller", "supplier", "merchant", "issuer", "bank"),
    "number": ("statement_number", "order_number", "contract_number", "document_number", "number"),
    "date": ("date", "period_start", "flight_start"),
    "total": ("total", "gross_amount", "closing_balance", "amount"),
}
"""What plays a part where no field has the role of it."""

UNUSUAL = 10
"""An amount this many times the usual one is worth a look."""
_LEAST_EARLIER = 3
"""Amounts that make a usual one."""
_LEAST_NUMBER = 3
"""Characters of a document's number: shorter ones meet by chance."""

_LEGAL = re.compile(
    r"\b(gmbh|mbh|ag|kg|ohg|ug|ltd|limited|llc|inc|corp|co|plc|bv|nv|sa|sarl|sas|srl|spa|oy|ab|as|"
    r"sdn|bhd|pte|pty|sp|zoo|ev|eg|se|und|and)\b"
)


def facts_of(extraction: Extraction, schema: Schema) -> DocumentFacts:
    """What other documents are compared with."""
    vendor, number, date, total = _parts(extraction, schema)
    account = _of_type(extraction, schema, FieldType.IBAN)
    return DocumentFacts(
        vendor=vendor.value if vendor else "",
        vendor_key=vendor_key(vendor.value) if vendor else "",
        number_key=_number_key(number.value) if number else "",
        date=date.value if date and not date.ambiguous else "",
        total=total.value if total else "",
        currency=(total.currency if total else "") or extraction.locale.currency,
        account=account.value if account else "",
    )


def vendor_key(name: str) -> str:
    """A vendor's name so that spellings of it meet: no case, accents, signs, legal form."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace(".", "")
    words = re.sub(r"[^\w\s]|_", " ", "".join(one for one in plain if not _is_accent(one)))
    bare = "".join(_LEGAL.sub(" ", words).split())
    return bare or "".join(words.split())


def compared(
    content_hash: str,
    facts: DocumentFacts,
    earlier: Sequence[EarlierDocument],
    extraction: Extraction,
    schema: Schema,
) -> tuple[Check, ...]:
    """Duplicates and anomalies as checks that fail; none where nothing is odd.

    `Check.found` is the name of the other file (its path, where the names are the same), or what
    is unlike; `detail` by code: "same-file", "same-number", "same-amount-and-date",
    "account-changed", "amount-unusual".
    """
    found = [*_duplicates(content_hash, facts, earlier, extraction, schema)]
    # A copy of the file says nothing of what is usual.
    others = [one for one in earlier if one.document.content_hash != content_hash]
    same_vendor = [
        one for one in others if facts.vendor_key and one.facts.vendor_key == facts.vendor_key
    ]
    found += _account(facts, same_vendor, extraction, schema)
    found += _amount(facts, same_vendor, extraction, schema)
    return tuple(found)


def _duplicates(
    content_hash: str,
    facts: DocumentFacts,
    earlier: Iterable[EarlierDocument],
    extraction: Extraction,
    schema: Schema,
) -> list[Check]:
    vendor, numbered, date, total = _parts(extraction, schema)
    number, amount = _places(numbered, vendor), _places(vendor, date, total)
    found: list[Check] = []
    for one in earlier:
        path = one.document.path
        name = path.name if path.name != extraction.path.name else str(path)
        same_vendor = bool(facts.vendor_key) and one.facts.vendor_key == facts.vendor_key
        if one.document.content_hash == content_hash:
            found.append(_failed(CheckKind.DUPLICATE, (), "same-file", name))
        elif (
            same_vendor
            and len(facts.number_key) >= _LEAST_NUMBER
            and one.facts.number_key == facts.number_key
        ):
            found.append(_failed(CheckKind.DUPLICATE, number, "same-number", name))
        elif (
            same_vendor
            and facts.date
            and facts.total
            and (one.facts.date, one.facts.total) == (facts.date, facts.total)
            and not _told_apart(facts, one.facts)
        ):
            found.append(_failed(CheckKind.DUPLICATE, amount, "same-amount-and-date", name))
    return found


def _told_apart(facts: DocumentFacts, others: DocumentFacts) -> bool:
    """Whether both have a number, and not the same."""
    return bool(facts.number_key and others.number_key and facts.number_key != others.number_key)


def _account(
    facts: DocumentFacts,
    same_vendor: Sequence[EarlierDocument],
    extraction: Extraction,
    schema: Schema,
) -> list[Check]:
    known = [one.facts.account for one in same_vendor if one.facts.account]
    if not facts.account or not known or facts.account in known:
        return []
    place = _places(_of_type(extraction, schema, FieldType.IBAN))
    return [_failed(CheckKind.ANOMALY, place, "account-changed", facts.account, known[0])]


def _amount(
    facts: DocumentFacts,
    same_vendor: Sequence[EarlierDocument],
    extraction: Extraction,
    schema: Schema,
) -> list[Check]:
    amounts = [
        amount
        for one in same_vendor
        if one.facts.currency == facts.currency
        and (amount := _decimal(one.facts.total)) is not None
        and amount > 0
    ]
    total = _decimal(facts.total)
    if total is None or len(amounts) < _LEAST_EARLIER:
        return []
    usual = median(amounts)
    if total < UNUSUAL * usual:
        return []
    place = _places(_parts(extraction, schema)[3])
    return [_failed(CheckKind.ANOMALY, place, "amount-unusual", facts.total, f"{usual:.2f}")]


def _failed(
    kind: CheckKind, fields: tuple[Place, ...], detail: str, found: str, expected: str = ""
) -> Check:
    return Check(kind, False, fields, expected=expected, found=found, detail=detail)


def _parts(extraction: Extraction, schema: Schema) -> tuple[FieldValue | None, ...]:
    """The values that are the vendor, number, date and total of a document."""
    assigned = roles(schema)
    known = {one.name for one in schema.fields}
    values = {one.name: one for one in reversed(extraction.values) if one.row == 0 and one.value}
    found = []
    for role, names in _OTHER_NAMES.items():
        named = (role, assigned.get(role, ""), *names)
        # The field is chosen whether it has a value or not: another number is not the number.
        name = next((name for name in named if name in known), None)
        name = name or next((name for name in named if name in values), "")
        found.append(values.get(name))
    return tuple(found)


def _of_type(extraction: Extraction, schema: Schema, kind: FieldType) -> FieldValue | None:
    names = {one.name for one in schema.fields if one.type is kind}
    return next((one for one in extraction.values if one.name in names and one.value), None)


def _places(*values: FieldValue | None) -> tuple[Place, ...]:
    return tuple((one.name, one.row) for one in values if one is not None)


def _number_key(number: str) -> str:
    return "".join(one for one in number.casefold() if one.isalnum())


def _is_accent(one: str) -> bool:
    return unicodedata.category(one) == "Mn"


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
