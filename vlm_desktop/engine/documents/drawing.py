"""Draw-to-schema: a field proposed from a box that was dragged over a value on a page.

Pure; importing it does not import numpy; any thread. The name comes from the label beside or above
the value, the type from what the value can be read as; a table gives a field with its columns.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vlm_desktop.base.documents import DocumentLocale, FieldSpec, FieldType
from vlm_desktop.engine.documents.datevalues import folded
from vlm_desktop.engine.documents.schemafiles import PRESETS, field_name_allowed, preset
from vlm_desktop.engine.documents.validators import iban_ok, vat_id_ok
from vlm_desktop.engine.documents.values import Reading, readings_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from vlm_desktop.base.pagereading import PageReading, Table
    from vlm_desktop.base.types import Box


_MOST_LABEL_WORDS = 6
_LONGEST_NAME = 40
_FARTHEST_LEFT = 25.0
_FARTHEST_ABOVE = 2.5
"""How far a label may be from its value, in heights of the value's line."""
_SURE = 0.5
"""A type is proposed from this likelihood of its best reading on."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a drawn box suggests, for a person to change or take.

    `words` are the value's words and `label` those it was named after, indices into the page's;
    `raw` is the value's text, `readings` what it may mean, the likeliest first.
    """

    spec: FieldSpec
    raw: str
    readings: tuple[Reading, ...]
    words: tuple[int, ...]
    label: tuple[int, ...] = ()


def propose(
    page: PageReading,
    box: Box,
    locale: DocumentLocale | None = None,
    taken: Collection[str] = (),
) -> Proposal | None:
    """A field for what lies under `box`, in the page's coordinates; None when nothing does.

    `taken` are names that the schema has already.
    """
    where = locale or DocumentLocale()
    drawn = page.view.box_to_view(box)
    table = _table_under(page, drawn)
    if table is not None:
        return _of_table(page, table, where, taken)
    ticked = next((one for one in page.checkboxes if _covers(drawn, one.box)), None)
    if ticked is not None:
        spec = _named(page.text(ticked.label), FieldType.CHECKBOX, taken)
        value = "yes" if ticked.checked else "no"
        return Proposal(spec, value, (Reading(value, ticked.confidence),), (), ticked.label)
    words = _words_under(page, drawn)
    if not words:
        return None
    label, words = _label_inside(page, words, where)
    label = label or _paired(page, words) or _left_of(page, words) or _above(page, words)
    said = page.text(label)
    raw = page.text(words)
    kind = _kind(page, words, said, where)
    return Proposal(_named(said, kind, taken), raw, readings_of(raw, kind, where), words, label)


# --- words ------------------------------------------------------------------------------


def _words_under(page: PageReading, box: Box) -> tuple[int, ...]:
    """The words whose middle lies in the box, as they are read."""
    under = {index for index, word in enumerate(page.words) if _inside(_middle(word.box), box)}
    ordered = [index for line in page.lines for index in line.words if index in under]
    return tuple(dict.fromkeys([*ordered, *sorted(under.difference(ordered))]))


def _label_inside(
    page: PageReading, words: tuple[int, ...], locale: DocumentLocale
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The label and the value where both lie in the box: "Total: 15.90"."""
    for at in range(1, len(words)):
        if page.words[words[at - 1]].text.endswith(":") and at <= _MOST_LABEL_WORDS:
            return words[:at], words[at:]
    if _form(page.text(words), "", locale) is not None:
        return (), words
    for at in range(1, min(len(words), _MOST_LABEL_WORDS + 1)):
        rest = page.text(words[at:])
        before = page.text(words[:at])
        if not any(sign.isdigit() for sign in before) and _form(rest, before, locale) is not None:
            return (words[:at], words[at:]) if _lettered(before) else ((), words)
    return (), words


def _paired(page: PageReading, words: tuple[int, ...]) -> tuple[int, ...]:
    """The label of the pair the reading of the page found for these words."""
    held = set(words)
    best = max(
        (pair for pair in page.pairs if held & set(pair.value) and not held & set(pair.key)),
        key=lambda pair: (len(held & set(pair.value)), pair.score),
        default=None,
    )
    return best.key if best is not None else ()


def _left_of(page: PageReading, words: tuple[int, ...]) -> tuple[int, ...]:
    first = page.words[words[0]].box
    height = first.y1 - first.y0
    nearest, gap = None, _FARTHEST_LEFT * height
    for index, word in enumerate(page.words):
        beside = min(word.box.y1, first.y1) - max(word.box.y0, first.y0) > height / 2
        away = first.x0 - word.box.x1
        if beside and index not in words and -height / 2 <= away < gap:
            nearest, gap = index, away
    if nearest is None:
        return ()
    line = next((line.words for line in page.lines if nearest in line.words), (nearest,))
    ahead = tuple(index for index in line[: line.index(nearest) + 1] if index not in words)
    return ahead[-_MOST_LABEL_WORDS:] if _lettered(page.text(ahead)) else ()


def _above(page: PageReading, words: tuple[int, ...]) -> tuple[int, ...]:
    first = page.words[words[0]].box
    height = first.y1 - first.y0
    best: tuple[int, ...] = ()
    gap = _FARTHEST_ABOVE * height
    for line in page.lines:
        over = min(line.box.x1, first.x1) - max(line.box.x0, first.x0) > 0
        away = first.y0 - line.box.y1
        short = len(line.words) <= _MOST_LABEL_WORDS and not set(line.words) & set(words)
        if over and short and -height / 2 <= away < gap and _lettered(page.text(line.words)):
            best, gap = line.words, away
    return best


# --- types and names --------------------------------------------------------------------


def _kind(
    page: PageReading, words: tuple[int, ...], label: str, locale: DocumentLocale
) -> FieldType:
    raw = page.text(words)
    found = _form(raw, label, locale)
    if found is not None:
        return found
    rows = {round(page.words[index].box.y0) for index in words}
    digits = sum(sign.isdigit() for sign in raw)
    if len(rows) > 1 and digits and "," in raw or re.search(r"\b\d{4,6}\b [^\W\d]{3,}", raw):
        return FieldType.ADDRESS
    if len(words) <= 2 and digits * 2 >= len(raw.replace(" ", "")):
        return FieldType.NUMBER
    known = _known(label)
    return known.type if known is not None and known.type is FieldType.NUMBER else FieldType.TEXT


def _form(raw: str, label: str, locale: DocumentLocale) -> FieldType | None:
    """A type that has a form of its own, which this text has."""
    compact = raw.replace(" ", "")
    if iban_ok(compact):
        return FieldType.IBAN
    if re.match(r"[A-Za-z]{2}", compact) and vat_id_ok(compact, locale.region):
        return FieldType.VAT_ID
    likely = {
        kind: sum(one.likelihood for one in readings_of(raw, kind, locale))
        for kind in (FieldType.DATE, FieldType.AMOUNT)
    }
    if likely[FieldType.DATE] >= _SURE and not compact.isdigit():
        return FieldType.DATE
    money = re.search(r"\d[.,]\d\d(?!\d)|[^\d\s.,:/-]", raw) is not None
    if likely[FieldType.AMOUNT] >= _SURE and money:
        return FieldType.AMOUNT
    known = _known(label)
    if known is not None and readings_of(raw, known.type, locale) and known.type in _FORMED:
        return known.type
    return None


_FORMED = {FieldType.DATE, FieldType.AMOUNT, FieldType.VAT_ID, FieldType.IBAN}


def _named(label: str, kind: FieldType, taken: Collection[str]) -> FieldSpec:
    """A field named after its label, with what the presets know of such a label."""
    plain = label.strip().rstrip(":#.").strip()
    name = "_".join(re.findall(r"[^\W_]+", folded(plain)))[:_LONGEST_NAME].strip("_")
    if not name or not field_name_allowed(name):
        name = kind.value
    known = _known(plain)
    aliases = [plain] if plain else []
    description = ""
    if known is not None and known.type is kind:
        aliases += known.aliases
        description = known.description
    distinct: dict[str, str] = {}
    for alias in aliases:
        distinct.setdefault(folded(alias), alias)
    return FieldSpec(_free(name, taken), kind, description, tuple(distinct.values()))


def _known(label: str) -> FieldSpec | None:
    """The field of a preset that is called so."""
    wanted = folded(label.strip().rstrip(":#.").strip())
    if not wanted:
        return None
    for name in ("invoice", *PRESETS):  # whose labels are the least special
        for spec in preset(name).fields:
            if wanted in {folded(alias) for alias in spec.aliases}:
                return spec
    return None


def _free(name: str, taken: Collection[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


# --- tables -----------------------------------------------------------------------------


def _table_under(page: PageReading, box: Box) -> Table | None:
    """A table most of whose rows and columns lie in the box."""
    for table in page.tables:
        wide = min(box.x1, table.box.x1) - max(box.x0, table.box.x0)
        high = min(box.y1, table.box.y1) - max(box.y0, table.box.y0)
        if wide > 0.6 * (table.box.x1 - table.box.x0) and high > 0.5 * (
            table.box.y1 - table.box.y0
        ):
            return table
    return None


def _of_table(
    page: PageReading, table: Table, locale: DocumentLocale, taken: Collection[str]
) -> Proposal:
    columns: list[FieldSpec] = []
    for column in range(len(table.column_edges) - 1):
        cells = [cell for cell in table.cells if cell.column == column]
        head = " ".join(page.text(cell.words) for cell in cells if cell.row < table.head_rows)
        texts = [page.text(cell.words) for cell in cells if cell.row >= table.head_rows]
        kind = _column_kind([text for text in texts if text], head, locale)
        names = [one.name for one in columns]
        columns.append(_named(head, kind, names) if head else _unnamed(kind, column, names))
    words = tuple(dict.fromkeys(word for cell in table.cells for word in cell.words))
    spec = FieldSpec(_free("items", taken), FieldType.TABLE, fields=tuple(columns))
    return Proposal(spec, page.text(words), (), words)


def _column_kind(texts: Sequence[str], head: str, locale: DocumentLocale) -> FieldType:
    votes = Counter(_cell_kind(text, head, locale) for text in texts[:50])
    return votes.most_common(1)[0][0] if votes else FieldType.TEXT


def _cell_kind(text: str, head: str, locale: DocumentLocale) -> FieldType:
    found = _form(text, head, locale)
    if found is not None:
        return found
    return FieldType.NUMBER if re.fullmatch(r"[\d.,]+\s?\w{0,3}", text) else FieldType.TEXT


def _unnamed(kind: FieldType, column: int, taken: Collection[str]) -> FieldSpec:
    return replace(_named("", kind, ()), name=_free(f"column_{column + 1}", taken), aliases=())


# --- places -----------------------------------------------------------------------------


def _middle(box: Box) -> tuple[float, float]:
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def _inside(point: tuple[float, float], box: Box) -> bool:
    return box.x0 <= point[0] <= box.x1 and box.y0 <= point[1] <= box.y1


def _covers(box: Box, other: Box) -> bool:
    """Whether the box holds the other's middle and is not much larger."""
    wide = (box.x1 - box.x0) < 4 * (other.x1 - other.x0)
    return wide and _inside(_middle(other), box)


def _lettered(text: str) -> bool:
    return any(sign.isalpha() for sign in text)
