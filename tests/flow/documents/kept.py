"""Kept documents over a real library in a temporary home; files are read by a table of readings."""

from collections.abc import Generator, Sequence
from pathlib import Path

from tests.flow.documents.vendors import SCHEMA, Printed, Vendor, printed
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentfiles import DocumentFile
from vlm_desktop.base.documentkeeping import KeptDocument
from vlm_desktop.base.documents import Extraction, FieldValue, MissingField, Schema
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.pagereading import DocumentReading
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import MediaKind
from vlm_desktop.engine.documents.aligning import evidence_of
from vlm_desktop.engine.documents.batch import DocumentBatch
from vlm_desktop.engine.documents.checks import check
from vlm_desktop.engine.documents.extracting import Extractor
from vlm_desktop.engine.documents.keeping import KeptDocuments
from vlm_desktop.engine.documents.layouts import fingerprint
from vlm_desktop.engine.documents.locales import infer
from vlm_desktop.engine.documents.values import ambiguous, readings_of
from vlm_desktop.store.library import Library


class Readings:
    """What files say, by path: both what opens them and what reads them. Others are refused."""

    def __init__(self) -> None:
        self.by_path: dict[Path, DocumentReading] = {}
        self.read_paths: list[Path] = []

    def open(self, path: Path, cancel: CancelToken) -> DocumentFile:
        one = self._one(path)
        return DocumentFile(path, one.content_hash, MediaKind.PHOTO, "PNG", 1, ())

    def read(
        self, path: Path, cancel: CancelToken, pages: Sequence[int] | None = None
    ) -> Generator[Event, None, DocumentReading]:
        found = self._one(path)
        yield Progress(Phase.OCR, 0, 1)
        self.read_paths.append(path)
        return found

    def _one(self, path: Path) -> DocumentReading:
        if path not in self.by_path:
            raise MediaRefused(path=path, reason=Refusal.UNSUPPORTED, detail="no document")
        return self.by_path[path]


FINDABLE = ("vendor", "number", "date", "reference", "subtotal", "total", "account")
"""All fields but the contact."""


class Scripted:
    """An extractor that finds what a test says it finds: words of the first page by field."""

    def __init__(self) -> None:
        self.finds: dict[Path, dict[str, tuple[int, ...]]] = {}

    def extract(
        self, reading: DocumentReading, schema: Schema, learned: Sequence[FieldValue] = ()
    ) -> Extraction:
        page = reading.pages[0]
        locale = infer(page.text(line.words) for line in page.lines)
        known = {one.name for one in learned}
        values = list(learned)
        for name, words in self.finds.get(reading.path, {}).items():
            spec = schema.spec(name)
            if spec is None or name in known:
                continue
            raw = page.text(words)
            readings = readings_of(raw, spec.type, locale, spec)
            value = readings[0].value if readings else raw
            others = ambiguous(readings)
            evidence = (evidence_of(page, words),)
            values.append(FieldValue(name, raw, value, 0.8, evidence, ambiguous=others))
        found = {one.name for one in values}
        return Extraction(
            reading.path,
            reading.content_hash,
            schema.name,
            tuple(values),
            tuple(
                MissingField(one.name, one.required)
                for one in schema.fields
                if one.name not in found
            ),
            locale=locale,
            fingerprint=fingerprint(page),
        )


def findable(made: Printed, scripted: Scripted) -> Printed:
    """A document whose fields are found, but for the contact."""
    scripted.finds[made.reading.path] = {name: made.places[name] for name in FINDABLE}
    return made


class Desk:
    """A library and its documents; `reopen` is another program over the same home.

    Fields are found by the real extractor, unless a `scripted` one is given.
    """

    def __init__(self, home: Path, files: Path, scripted: Scripted | None = None) -> None:
        self.home = HomePaths(home)
        self.files = files
        files.mkdir(parents=True, exist_ok=True)
        self.library = Library.open(self.home)
        self.readings = Readings()
        self.forgotten = 0
        self.keeping = KeptDocuments(
            lambda: self.library,
            self.readings,
            self.readings,
            scripted or Extractor(),
            check,
            self._forget_pages,
            lambda: (),
        )
        self.batch = DocumentBatch(lambda: self.library, self.readings, self.keeping)

    def _forget_pages(self) -> None:
        self.forgotten += 1

    def reopen(self) -> None:
        self.library.close()
        self.library = Library.open(self.home)

    def printed(self, by: Vendor, seed: int, *, noise: float = 0.0) -> Printed:
        """A document of a vendor as a file, ready to be read."""
        path = self.files / f"{by.seed}-{seed}.png"
        path.write_bytes(path.name.encode())
        made = printed(by, seed, noise=noise, path=path)
        self.readings.by_path[path] = made.reading
        return made

    def kept(self, made: Printed, schema: Schema = SCHEMA) -> KeptDocument:
        return self.keeping.keep(made.reading, schema)

    def extraction(self, document_id: int) -> Extraction:
        return self.keeping.sheet(document_id).extraction

    def value(self, document_id: int, name: str, row: int = 0) -> FieldValue | None:
        return self.extraction(document_id).value(name, row)

    def said(self, document_id: int, name: str) -> str:
        found = self.value(document_id, name)
        return "" if found is None else found.value

    def wrong(self, document_id: int, made: Printed) -> list[str]:
        """The fields that a person would have to correct."""
        stands = self.extraction(document_id)
        return [
            name
            for name, truth in made.truth.items()
            if (value := stands.value(name)) is None or squeezed(value.value) != squeezed(truth)
        ]

    def correct(self, document_id: int, made: Printed) -> list[str]:
        """Point at the right words of every field that is wrong; which those were."""
        wrong = self.wrong(document_id, made)
        for name in wrong:
            self.keeping.assign(document_id, made.reading.pages[0], made.places[name], name)
        return wrong


def squeezed(text: str) -> str:
    return "".join(text.split())
