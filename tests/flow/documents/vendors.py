"""Invoices of made-up vendors, as a reader would read them: words with boxes, truth beside them.

Each vendor has a layout of its own: which labels it uses, beside or above their values, where the
blocks stand, how dates and amounts are written. Each document of a vendor has other values, other
items and so another length, and is a little shifted, scaled and misread.
"""

import random
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vlm_desktop.base.documents import FieldSpec, FieldType, Schema
from vlm_desktop.base.pagereading import DocumentReading, Line, PageReading, Word
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Box, MediaKind, Size

SCHEMA = Schema(
    "purchase",
    (
        FieldSpec("vendor", FieldType.TEXT, required=True),
        FieldSpec("number", FieldType.NUMBER, aliases=("invoice number",), required=True),
        FieldSpec("date", FieldType.DATE, aliases=("invoice date",), required=True),
        FieldSpec("reference", FieldType.NUMBER, aliases=("our reference",), required=True),
        FieldSpec("contact", FieldType.TEXT, aliases=("contact person",), required=True),
        FieldSpec("subtotal", FieldType.AMOUNT, aliases=("subtotal", "net"), required=True),
        FieldSpec("total", FieldType.AMOUNT, aliases=("total", "amount due"), required=True),
        FieldSpec("account", FieldType.IBAN, aliases=("iban",), required=True),
    ),
)

_LABELS = {
    "number": (
        "Invoice no.",
        "Bill",
        "Document",
        "Belegnummer",
        "Folio",
        "Rechnung Nr.",
        "Faktura",
    ),
    "date": ("Date", "Issued", "Datum", "Dated", "Ausgestellt am", "Printed", "Fecha"),
    "delivered": ("Delivered", "Due", "Lieferdatum", "Shipped", "Payable until", "Leistung"),
    "reference": ("Our ref", "Job", "Kundennummer", "Project", "File", "Vorgang", "Account no."),
    "contact": ("Contact", "Your agent", "Sachbearbeiter", "Served by", "Clerk", "Attn"),
    "subtotal": ("Subtotal", "Net", "Zwischensumme", "Goods", "Before tax", "Warenwert"),
    "tax": ("VAT", "Tax", "MwSt.", "Sales tax", "IVA"),
    "total": ("Total", "Amount due", "Gesamtbetrag", "To pay", "Grand total", "Zahlbetrag"),
    "account": ("IBAN", "Pay to", "Bankverbindung", "Transfer to"),
}
_NAMES = (
    "Abel", "Brandt", "Castro", "Dahl", "Eriksen", "Ferrara", "Gomez", "Huber", "Ivanova", "Jansen",
    "Keller", "Lindqvist", "Moreau", "Novak", "Okafor", "Petrov", "Quinn", "Rossi", "Schmitt",
    "Tanaka", "Urban", "Vogel", "Weber", "Yilmaz", "Zeller",
)  # fmt: skip
_TRADES = (
    "Timber", "Optics", "Printing", "Logistics", "Bakery", "Electric", "Garden", "Textile", "Glass",
    "Catering", "Media", "Plumbing", "Fishing", "Ceramics", "Steel", "Paper",
)  # fmt: skip
_FORMS = ("GmbH", "Ltd", "Inc.", "S.A.", "AB", "& Sons")
_WARES = (
    "bolt", "panel", "hose", "lamp", "sheet", "valve", "board", "cable", "tile", "drill", "paint",
    "hinge", "frame", "gasket", "bracket", "motor", "filter", "handle", "plate", "wire",
)  # fmt: skip
_IBANS = (
    "DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606",
    "NL91ABNA0417164300", "AT611904300234573201", "CH9300762011623852957",
)  # fmt: skip
_CONFUSED = {"o": "0", "l": "1", "e": "c", "i": "l", "n": "h", "a": "o", "t": "f", "s": "5"}
_WIDTH, _HEIGHT, _LETTER, _TALL = 1000, 1400, 8.5, 16.0


@dataclass(frozen=True)
class Vendor:
    """A layout. All of it follows from `seed`."""

    seed: int
    name: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    above: bool = False
    meta_x: float = 0.0
    meta_y: float = 0.0
    customer_right: bool = False
    order: tuple[str, ...] = ()
    date_form: str = "%d.%m.%Y"
    comma: bool = False
    iban: str = ""
    street: str = ""
    closing: str = ""


def vendor(seed: int) -> Vendor:
    chance = random.Random(seed)
    first, second = chance.sample(_NAMES, 2)
    order = ["number", "date", "delivered", "reference", "contact"]
    chance.shuffle(order)
    words = [chance.choice(_NAMES).lower() + chance.choice(_TRADES).lower() for _ in range(10)]
    return Vendor(
        seed,
        f"{first} {chance.choice(_TRADES)} {chance.choice(_FORMS)}",
        {name: chance.choice(choices) for name, choices in _LABELS.items()},
        chance.random() < 0.5,
        chance.uniform(60, 520),
        chance.uniform(260, 420),
        chance.random() < 0.5,
        tuple(order),
        chance.choice(("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d %b %Y")),
        chance.random() < 0.5,
        chance.choice(_IBANS),
        f"{second} Street {chance.randint(1, 99)}",
        " ".join(words),
    )


@dataclass
class Printed:
    """A document of a vendor. `truth` has each field's value, `shown` how it is printed, `places`
    its words."""

    reading: DocumentReading
    truth: dict[str, str]
    places: dict[str, tuple[int, ...]]
    shown: dict[str, str]


class _Sheet:
    """A page while it is printed: pieces of text in their own coordinates."""

    def __init__(self, chance: random.Random, noise: float) -> None:
        self._chance = chance
        self._noise = noise
        self.words: list[Word] = []
        self.lines: list[Line] = []

    def put(self, x: float, y: float, text: str, *, right: bool = False) -> tuple[int, ...]:
        """Text from `x` on, or ending there; its words."""
        if right:
            x -= len(text) * _LETTER
        start = len(self.words)
        for word in text.split(" "):
            width = len(word) * _LETTER
            self.words.append(
                Word(self._misread(word), Box(x, y, x + width, y + _TALL), self._sure())
            )
            x += width + _LETTER
        found = tuple(range(start, len(self.words)))
        last = self.words[-1].box
        self.lines.append(Line(found, Box(self.words[start].box.x0, y, last.x1, last.y1)))
        return found

    def _misread(self, word: str) -> str:
        """Digits stay: what is wrong there no layout could put right."""
        return "".join(
            _CONFUSED.get(one, one) if self._chance.random() < self._noise else one for one in word
        )

    def _sure(self) -> float:
        return self._chance.uniform(0.93, 0.999)


def printed(by: Vendor, seed: int, *, noise: float = 0.01, path: Path | None = None) -> Printed:
    """A document of a vendor; another one for each seed."""
    chance = random.Random(by.seed * 1000 + seed)
    sheet = _Sheet(chance, noise)
    values, shown = _values(by, chance)
    places: dict[str, tuple[int, ...]] = {}
    places["vendor"] = sheet.put(60, 60, by.name)
    sheet.put(60, 84, by.street)
    sheet.put(60, 108, "".join(chance.choices(string.digits, k=5)) + " Harbour Town")
    left = 560 if by.customer_right else 60
    for number, text in enumerate(
        (f"{chance.choice(_NAMES)} {chance.choice(_NAMES)}", f"{chance.choice(_NAMES)} Road 7")
    ):
        sheet.put(left, 170 + 24 * number, text)
    y = by.meta_y
    for name in by.order:
        sheet.put(by.meta_x, y, by.labels[name])
        if by.above:
            places[name] = sheet.put(by.meta_x + 6, y + 22, shown[name])
            y += 54
        else:
            places[name] = sheet.put(by.meta_x + 190, y, shown[name])
            y += 26
    y = _items(sheet, by, chance, max(y, 500) + 50)
    for name in ("subtotal", "tax", "total"):
        sheet.put(560, y, by.labels[name])
        places[name] = sheet.put(930, y, shown[name], right=True)
        y += 28
    sheet.put(60, y + 60, by.labels["account"])
    places["account"] = sheet.put(220, y + 60, shown["account"])
    sheet.put(60, y + 90, by.closing)
    reading = _read(sheet, chance, path or Path(f"{by.seed}-{seed}.png"))
    return Printed(reading, values, places, shown | {"vendor": by.name})


def _items(sheet: _Sheet, by: Vendor, chance: random.Random, y: float) -> float:
    sheet.put(60, y, "Item")
    sheet.put(930, y, "Price", right=True)
    for _ in range(chance.randint(1, 12)):
        y += 24
        sheet.put(60, y, f"{chance.choice(_WARES)} {chance.choice(_WARES)}")
        sheet.put(930, y, _amount(chance.randint(100, 99999), by.comma), right=True)
    return y + 50


def _values(by: Vendor, chance: random.Random) -> tuple[dict[str, str], dict[str, str]]:
    """Values as they are meant, and as they are printed."""
    days = [
        (chance.randint(2015, 2026), chance.randint(1, 12), chance.randint(13, 28)) for _ in "ab"
    ]
    net = chance.randint(1000, 900000)
    gross = net + net // 5
    number = f"{chance.choice('ABRX')}{chance.randint(10000, 999999)}"
    reference = f"{chance.randint(100, 999)}-{chance.randint(1000, 9999)}"
    contact = f"{chance.choice(_NAMES)} {chance.choice(_NAMES)}"
    spaced = " ".join(by.iban[at : at + 4] for at in range(0, len(by.iban), 4))
    shown = {
        "number": number,
        "date": _date(days[0], by.date_form),
        "delivered": _date(days[1], by.date_form),
        "reference": reference,
        "contact": contact,
        "subtotal": _amount(net, by.comma),
        "tax": _amount(net // 5, by.comma),
        "total": _amount(gross, by.comma),
        "account": spaced,
    }
    values = {
        "vendor": by.name,
        "number": number,
        "date": "{:04}-{:02}-{:02}".format(*days[0]),
        "reference": reference,
        "contact": contact,
        "subtotal": f"{net / 100:.2f}",
        "total": f"{gross / 100:.2f}",
        "account": by.iban,
    }
    return values, shown


def _date(day: tuple[int, int, int], form: str) -> str:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    year, month, number = day
    text = form.replace("%Y", str(year)).replace("%d", f"{number:02}").replace("%m", f"{month:02}")
    return text.replace("%b", months[month - 1])


def _amount(cents: int, comma: bool) -> str:
    whole = f"{cents / 100:,.2f}"
    return whole.translate(str.maketrans(",.", ".,")) if comma else whole


def _read(sheet: _Sheet, chance: random.Random, path: Path) -> DocumentReading:
    """The page as it came from a scanner: shifted, scaled, a little uneven."""
    scale, dx, dy = chance.uniform(0.9, 1.1), chance.uniform(-25, 25), chance.uniform(-25, 25)

    def moved(box: Box) -> Box:
        x, y = chance.uniform(-1, 1), chance.uniform(-1, 1)
        return Box(
            max(box.x0 * scale + dx + x, 0), box.y0 * scale + dy + y,
            box.x1 * scale + dx + x, box.y1 * scale + dy + y,
        )  # fmt: skip

    words = tuple(Word(one.text, moved(one.box), one.confidence) for one in sheet.words)
    lines = tuple(
        Line(one.words, around([words[at].box for at in one.words])) for one in sheet.lines
    )
    view = PageView(Size(int(_WIDTH * 1.2), int(_HEIGHT * 1.6)))
    ordered = tuple(sorted(lines, key=lambda line: (line.box.y0, line.box.x0)))
    page = PageReading(1, view, words, ordered)
    return DocumentReading(path, path.name, MediaKind.PHOTO, 1, (page,))


def around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(one.x0 for one in boxes), min(one.y0 for one in boxes),
        max(one.x1 for one in boxes), max(one.y1 for one in boxes),
    )  # fmt: skip
