"""Documents in the window's tests: kept by the real library, read by a reader of set words."""

import hashlib
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentanswers import ReaderChoice, SecondReading
from vlm_desktop.base.documentfiles import DocumentFile, DrawnPage
from vlm_desktop.base.documents import (
    Cause,
    CauseKind,
    DocumentLocale,
    Extraction,
    FieldSpec,
    FieldType,
    FieldValue,
    Looked,
    MissingField,
    Origin,
    Rival,
    Schema,
)
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.pagereading import (
    Block,
    BlockKind,
    Cell,
    DocumentReading,
    Line,
    PageReading,
    Table,
    Word,
)
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import Box, MediaKind, Size
from vlm_desktop.engine.documents.aligning import evidence_of
from vlm_desktop.engine.documents.asking import Asker
from vlm_desktop.engine.documents.batch import DocumentBatch
from vlm_desktop.engine.documents.checks import check
from vlm_desktop.engine.documents.comparing import Comparing
from vlm_desktop.engine.documents.exporting import DocumentExports
from vlm_desktop.engine.documents.extracting import Extractor
from vlm_desktop.engine.documents.keeping import KeptDocuments
from vlm_desktop.engine.documents.layouts import fingerprint
from vlm_desktop.engine.documents.opinions import compare
from vlm_desktop.engine.documents.schemas import Schemas
from vlm_desktop.store.library import Library

if TYPE_CHECKING:
    from vlm_desktop.base.errors import AppError

PAGE = Size(600, 800)
LINES = (
    ("ACME Store",),
    ("12 Long Street, Rome",),
    ("Date", "04.03.2024"),
    ("Item", "Qty", "Price"),
    ("Bread", "2", "3.00"),
    ("Milk", "1", "7.00"),
    ("Subtotal", "10.00"),
    ("Tax", "1.90"),
    ("Total", "17.90"),
)
"""Lines of the receipt's page, in cells; the total is misread: it should be 11.90."""
_COLUMNS = (40, 300, 450)
_TOP, _STEP, _HIGH, _WIDE = 60, 50, 24, 12


def receipt_page(number: int = 1) -> PageReading:
    """Words of `LINES` on a page; the lines with three cells are a table."""
    words: list[Word] = []
    lines: list[Line] = []
    cells: list[Cell] = []
    for at, line in enumerate(LINES):
        y = _TOP + at * _STEP
        for column, cell in enumerate(line):
            x, several = float(_COLUMNS[column]), []
            for text in cell.split():
                wide = _WIDE * len(text)
                box = Box(x, y, x + wide, y + _HIGH)
                words.append(Word(text, box, 0.7 if text == "17.90" else 1.0))
                several.append(len(words) - 1)
                x += wide + _WIDE
            box = Box(_COLUMNS[column], y, x - _WIDE, y + _HIGH)
            lines.append(Line(tuple(several), box))
            if len(line) == 3:
                row = sum(len(one) == 3 for one in LINES[:at])
                cells.append(Cell(row, column, box, tuple(several)))
    first = next(at for at, line in enumerate(LINES) if len(line) == 3)
    top = _TOP + first * _STEP - 10.0
    table = Table(
        Box(30, top, 560, top + 3 * _STEP),
        tuple(top + _STEP * row for row in range(4)),
        (30.0, 280.0, 430.0, 560.0),
        tuple(cells),
        ruled=False,
        head_rows=1,
    )
    block = Block(BlockKind.TEXT, tuple(range(len(lines))), Box(0, 0, 600, 800))
    return PageReading(number, PageView(PAGE), tuple(words), tuple(lines), (block,), (table,))


def words_of(page: PageReading, text: str) -> tuple[int, ...]:
    """Indices of the words of a text on the page, in order."""
    wanted, texts = text.split(), [word.text for word in page.words]
    for at in range(len(texts)):
        if texts[at : at + len(wanted)] == wanted:
            return tuple(range(at, at + len(wanted)))
    raise AssertionError(text)


class FakePages:
    """Every file that is there has `count` pages of one size; `errors` by name are raised."""

    def __init__(self) -> None:
        self.count = 1
        self.size = PAGE
        self.hazards: tuple[str, ...] = ()
        self.errors: dict[str, AppError] = {}
        self.rendered: list[tuple[str, int, Box | None]] = []
        self.threads: set[str] = set()

    def open(self, path: Path, cancel: CancelToken) -> DocumentFile:
        cancel.raise_if_cancelled()
        if path.name in self.errors:
            raise self.errors[path.name]
        kind = MediaKind.PDF if path.suffix == ".pdf" else MediaKind.PHOTO
        return DocumentFile(
            path, hash_of(path), kind, kind.name, self.count, (self.size,) * self.count,
            self.hazards,
        )  # fmt: skip

    def render(
        self,
        path: Path,
        page: int,
        cancel: CancelToken,
        *,
        scale: float | None = None,
        longest: int | None = None,
        region: Box | None = None,
    ) -> DrawnPage:
        self.rendered.append((path.name, page, region))
        self.threads.add(threading.current_thread().name)
        whole = region or Box(0, 0, self.size.width, self.size.height)
        factor = scale or (longest or 800) / max(self.size.width, self.size.height)
        high = max(1, round((whole.y1 - whole.y0) * factor))
        wide = max(1, round((whole.x1 - whole.x0) * factor))
        pixels = np.full((min(high, 2_000), min(wide, 2_000), 3), 245, np.uint8)
        return DrawnPage(path, hash_of(path), MediaKind.PDF, page, pixels, self.size, whole)

    def close(self) -> None:
        """Nothing is held."""


class FakeReader:
    """Reads `page` on every page; waits at `gate` before each."""

    def __init__(self, pages: FakePages) -> None:
        self._pages = pages
        self.gate = threading.Event()
        self.gate.set()
        self.page: Callable[[int], PageReading] = receipt_page
        self.asked: list[tuple[str, tuple[int, ...]]] = []

    def read(
        self, path: Path, cancel: CancelToken, pages: Sequence[int] | None = None
    ) -> Generator[Event, None, DocumentReading]:
        file = self._pages.open(path, cancel)
        wanted = list(pages) if pages is not None else list(range(1, file.page_count + 1))
        self.asked.append((path.name, tuple(wanted)))
        found = []
        for done, number in enumerate(wanted):
            yield Progress(Phase.OCR, done, len(wanted))
            while not self.gate.wait(0.005):
                cancel.raise_if_cancelled()
            found.append(self.page(number))
        return DocumentReading(
            path, file.content_hash, file.kind, file.page_count, tuple(found), file.hazards
        )

    def close(self) -> None:
        """Nothing is held."""


class FakeExtractor:
    """Gives the values of the receipt that the schema asks for, with words as evidence."""

    def __init__(self) -> None:
        self.texts = {
            "vendor": "ACME Store",
            "date": "04.03.2024",
            "subtotal": "10.00",
            "tax": "1.90",
            "total": "17.90",
        }
        self.sure = {"total": 0.6}
        self.ungrounded: dict[str, str] = {}

    def extract(
        self, reading: DocumentReading, schema: Schema, learned: Sequence[FieldValue] = ()
    ) -> Extraction:
        values, missing = list(learned), []
        known = {one.name for one in learned}
        for spec in schema.fields:
            if spec.name in known:
                continue
            page = reading.pages[0]
            if spec.type is FieldType.TABLE:
                values += self._rows(page, spec)
            elif spec.name in self.texts:
                values.append(self._value(page, spec))
            elif spec.name in self.ungrounded:
                text = self.ungrounded[spec.name]
                values.append(FieldValue(spec.name, text, text, 0.5, origin=Origin.MODEL))
            else:
                looked = Looked(page.number, page.lines[0].box, "no_label", "")
                missing.append(MissingField(spec.name, spec.required, (looked,)))
        return Extraction(
            reading.path, reading.content_hash, schema.name, tuple(values), tuple(missing),
            locale=DocumentLocale("en", day_first=None, decimal=".", currency="EUR"),
            fingerprint=fingerprint(reading.pages[0]),
        )  # fmt: skip

    def _value(self, page: PageReading, spec: FieldSpec) -> FieldValue:
        raw = self.texts[spec.name]
        value = {"04.03.2024": "2024-03-04"}.get(raw, raw)
        causes = (
            Cause(CauseKind.LABEL, 1.4, spec.name.capitalize()),
            Cause(CauseKind.OCR, -0.8 if spec.name in self.sure else 0.6),
        )
        found = FieldValue(
            spec.name, raw, value, self.sure.get(spec.name, 0.98),
            (evidence_of(page, words_of(page, raw)),), causes=causes,
        )  # fmt: skip
        if spec.type is FieldType.AMOUNT:
            found = replace(found, currency="EUR")
        if spec.name == "date":
            found = replace(found, ambiguous=("2024-04-03",))
        if spec.name == "total":
            rival = (evidence_of(page, words_of(page, "7.00")),)
            found = replace(found, rivals=(Rival("7.00", "7.00", 0.02, rival),))
        return found

    def _rows(self, page: PageReading, spec: FieldSpec) -> list[FieldValue]:
        members = {"description": 0, "quantity": 1, "amount": 2}
        found = []
        for cell in page.tables[0].cells if page.tables else ():
            for member in spec.fields:
                if cell.row and members.get(member.name) == cell.column:
                    raw = page.text(cell.words)
                    found.append(
                        FieldValue(
                            f"{spec.name}/{member.name}", raw, raw, 0.97,
                            (evidence_of(page, cell.words),), row=cell.row - 1,
                        )
                    )  # fmt: skip
        return found


def hash_of(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=20).hexdigest()


class FakeSecond:
    """A second reader of set words: what the first one says, but for the total."""

    def __init__(self) -> None:
        self.cards: tuple[ReaderChoice, ...] = ()

    def models(self) -> tuple[ReaderChoice, ...]:
        return self.cards

    def read(
        self,
        reading: DocumentReading,
        extraction: Extraction,
        schema: Schema,
        model_id: str,
        cancel: CancelToken,
    ) -> Generator[Event, None, SecondReading]:
        yield Progress(Phase.ANSWER, 0, 1)
        pairs = [("date", "4 March 2024"), ("total", "10.00"), ("vendor", "ACME Stone")]
        return replace(compare(pairs, "", reading, extraction, schema), model=model_id)


class FakeDocuments:
    """`keeping`, `batch` and `schemas` are real: SQLite in `home`; pages and reader are not."""

    def __init__(self, home: Path, pages: FakePages | None = None) -> None:
        self._paths = HomePaths(home)
        self._lock = threading.Lock()
        self._library: Library | None = None
        self.pages = pages or FakePages()
        self.reader = FakeReader(self.pages)
        self.extractor = FakeExtractor()
        self.schemas = Schemas(home / "schemas")
        self.keeping = KeptDocuments(
            self.library, self.pages, self.reader, self.extractor, check,
            self.reader.close, lambda: (),
        )  # fmt: skip
        self.batch = DocumentBatch(self.library, self.pages, self.keeping)
        self.exports = DocumentExports(self.pages, self.reader)
        self.asking = Asker(Extractor())
        self.comparing = Comparing(self.keeping.sheet)
        self.second = FakeSecond()

    def library(self) -> Library:
        with self._lock:
            if self._library is None:
                self._library = Library.open(self._paths)
            return self._library

    def close(self) -> None:
        if self._library is not None:
            self._library.close()
            self._library = None
