"""Measuring the extraction on documents whose fields are known: `Documents.measuring`."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documents import Extraction, FieldType
from vlm_desktop.base.errors import AppError, BadInputFile, Cancelled, DestinationNotWritable
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.pagereading import DocumentReading
from vlm_desktop.base.types import MediaKind
from vlm_desktop.engine.documents.examples import arranged, examples_of
from vlm_desktop.engine.documents.extracting import Extractor
from vlm_desktop.engine.documents.formfitting import (
    FittedForms,
    KnownForm,
    fit_forms,
    marked_texts,
    written,
)
from vlm_desktop.engine.documents.metrics import (
    Calibration,
    FieldFigures,
    PairFigures,
    Scored,
    anls,
    calibration,
    exact,
    figures,
    lenient,
    pair_figures,
)
from vlm_desktop.engine.documents.reading import DocumentReader
from vlm_desktop.engine.documents.schemafiles import preset
from vlm_desktop.engine.documents.truthrows import KnownDocument
from vlm_desktop.training.documents.exampletable import Example, save_examples

ANY_KEY = "value of a key"
"""The keys of forms are too many to be told one by one."""


@dataclass(frozen=True, slots=True)
class KindReport:
    """The documents of one kind. `pairs` is for forms, else None."""

    kind: str
    documents: int
    fields: tuple[FieldFigures, ...]
    calibration: Calibration
    pairs: PairFigures | None


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """`seconds_extracting` is the mean time of a document without reading it."""

    documents: int
    unreadable: int
    seconds: float
    seconds_extracting: float
    kinds: tuple[KindReport, ...]


class Measuring:
    """Measures on a person's own documents, or on made ones. On the lane "model"."""

    def __init__(self, reader: DocumentReader, extractor: Extractor) -> None:
        self._reader = reader
        self._extractor = extractor

    def measure(
        self,
        documents: Sequence[KnownDocument],
        cancel: CancelToken,
        save: Path | None = None,
    ) -> Generator[Event, None, DocumentReport]:
        """Read and extract each; those that do not read count as unreadable, not as wrong.

        `save` takes what speaks for the candidates of each field, to fit weights on.
        Raises PartMissing, ModelBroken, DestinationNotWritable, Cancelled.
        """
        began, extracting, unreadable = perf_counter(), 0.0, 0
        scored: dict[str, list[Scored]] = {}
        pairs: dict[str, list[tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]]] = {}
        counts: dict[str, int] = {}
        examples: list[Example] = []
        for done, known in enumerate(documents):
            cancel.raise_if_cancelled()
            yield Progress(Phase.EVALUATE, done, len(documents))
            try:
                reading = yield from self._reading(known, cancel)
            except Cancelled:
                raise
            except AppError:
                unreadable += 1
                continue
            start = perf_counter()
            extraction = self._extractor.extract(reading, known.schema)
            extracting += perf_counter() - start
            counts[known.kind] = counts.get(known.kind, 0) + 1
            scored.setdefault(known.kind, []).extend(score(extraction, known))
            if known.pairs:
                form = self._extractor.extract(reading, preset("form"))
                found = [(one.name, one.raw) for one in form.values]
                pairs.setdefault(known.kind, []).append((found, known.pairs))
            if save is not None:
                examples += _examples(reading, known)
        if save is not None:
            _write(save, examples)
        kinds = tuple(
            KindReport(
                kind,
                counts[kind],
                figures(some),
                calibration(some),
                pair_figures(pairs[kind]) if kind in pairs else None,
            )
            for kind, some in scored.items()
        )
        read = max(1, len(documents) - unreadable)
        return DocumentReport(
            len(documents), unreadable, perf_counter() - began, extracting / read, kinds
        )

    def fit_forms(
        self, documents: Sequence[KnownDocument], cancel: CancelToken, target: Path
    ) -> Generator[Event, None, FittedForms]:
        """Fit the model that reads forms on those whose marked texts are there, and write it.

        Raises BadInputFile for an annotation that does not read or where there is none at all,
        PartMissing, ModelBroken, DestinationNotWritable, Cancelled.
        """
        forms = []
        for done, known in enumerate(documents):
            cancel.raise_if_cancelled()
            yield Progress(Phase.EVALUATE, done, len(documents))
            if known.annotation is None or not known.annotation.exists():
                continue
            reading = yield from self._reading(known, cancel)
            marked = marked_texts(known.annotation)
            forms.append(KnownForm(known.name, reading.pages[0], marked, known.pairs))
        if len({one.fold for one in forms}) < 2:
            raise BadInputFile(path=target, line=None, detail="too few forms with annotations")
        fitted = fit_forms(forms)
        try:
            target.write_text(written(fitted.model), encoding="utf-8")
        except OSError as error:
            raise DestinationNotWritable(path=target, detail=str(error)) from error
        return fitted

    def _reading(
        self, known: KnownDocument, cancel: CancelToken
    ) -> Generator[Event, None, DocumentReading]:
        if known.path is not None:
            return (yield from self._reader.read(known.path, cancel))
        assert known.made is not None
        pages = [arranged(page, number) for number, page in enumerate(known.made.pages, start=1)]
        return DocumentReading(Path(known.name), "", MediaKind.PDF, len(pages), tuple(pages))


def score(extraction: Extraction, known: KnownDocument) -> list[Scored]:
    """Every field with a truth, and those told where there is none."""
    found = []
    for name, truth in known.truths.items():
        value = extraction.value(name)
        spec = known.schema.spec(name)
        kind = spec.type if spec else FieldType.TEXT
        writings = (value.raw, value.value) if value else ()
        found.append(
            Scored(
                ANY_KEY if known.kind == "form" else name,
                truth,
                value.raw if value else "",
                bool(truth) and exact(writings, truth, kind, extraction.locale),
                any(lenient(one, truth) for one in writings),
                max((anls(one, [truth]) for one in writings), default=0.0) if truth else 0.0,
                value.confidence if value else None,
            )
        )
    return found


def _examples(reading: DocumentReading, known: KnownDocument) -> list[Example]:
    layout = known.made.layout if known.made else f"real-{known.kind}/{known.name}"
    return examples_of(reading.pages, known.schema, known.truths, layout, known.name)


def _write(path: Path, examples: Sequence[Example]) -> None:
    """Keep them for `training.documents fit`. Raises DestinationNotWritable."""
    try:
        save_examples(path, examples)
    except OSError as error:
        raise DestinationNotWritable(path=path, detail=str(error)) from error
