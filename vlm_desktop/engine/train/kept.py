"""Examples of what the library keeps: approved texts, corrected documents, accepted boxes, votes.

Each function reads what a person decided, and nothing that a model only proposed. What has no
picture that can be trained on is told as skipped.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from vlm_desktop.base.documentkeeping import DocumentState
from vlm_desktop.base.documents import FieldValue
from vlm_desktop.base.grounding import GroundObject, ObjectState
from vlm_desktop.base.training import Example, ExampleKind, Exchange
from vlm_desktop.base.trainingdata import (
    ExamplesRead,
    OnHand,
    PhotoText,
    SkippedRow,
    SkipReason,
    TrainSource,
)
from vlm_desktop.engine.documents.sheets import standing
from vlm_desktop.engine.ground.formats.coco import place_of
from vlm_desktop.engine.train.formats.plainrows import box_said, fields_asked
from vlm_desktop.engine.train.phototexts import text_of_photos
from vlm_desktop.media.scan import is_image_name
from vlm_desktop.store.docrecords import ALL_ROWS, DocumentRecord
from vlm_desktop.store.library import Library

_Found = Iterator[Example | SkippedRow]
_LiesAt = Callable[[Path, str], Path | None]
"""Where a picture lies now, by the path it was seen at and the hash of its bytes."""


def approved_texts(library: Library, lies_at: _LiesAt, language: str = "") -> ExamplesRead:
    """Alt texts that a person approved, of one language or of all; never a draft."""

    def found() -> _Found:
        for pair in library.alt_training_pairs():
            if language and pair.language != language:
                continue
            where = f"image {pair.image_id}"
            path = pair.path and lies_at(pair.path, pair.content_hash)
            if path is None:
                yield _absent(where, pair.path)
                continue
            turns = (Exchange("", pair.approved),)
            yield _example(path, turns, TrainSource.ALT_TEXTS, where, content=pair.content_hash)

    return _read(TrainSource.ALT_TEXTS, found())


def corrected_documents(library: Library, lies_at: _LiesAt) -> ExamplesRead:
    """Fields of documents that are pictures: all of those that were reviewed, else the fields that
    a person said or accepted. The question names the fields that are to be read."""

    def found() -> _Found:
        for kept in library.documents():
            where = f"document {kept.id}"
            fields = _fields(library.document_record(kept.id))
            if not fields:
                yield SkippedRow(where, SkipReason.UNTOLD, kept.path.name)
                continue
            path = lies_at(kept.path, kept.content_hash)
            if path is None:
                yield _absent(where, kept.path)
                continue
            if kept.pages > 1:
                yield SkippedRow(where, SkipReason.SEVERAL_PICTURES, kept.path.name)
                continue
            answer = json.dumps(fields, ensure_ascii=False)
            turns = (Exchange(fields_asked(list(fields)), answer),)
            yield _example(
                path, turns, TrainSource.DOCUMENTS, where,
                kind=ExampleKind.FIELDS, content=kept.content_hash,
            )  # fmt: skip

    return _read(TrainSource.DOCUMENTS, found())


def accepted_objects(library: Library, lies_at: _LiesAt) -> ExamplesRead:
    """Boxes that a person accepted, one example for each phrase that names one."""

    def found() -> _Found:
        for kept in library.ground_pictures((ObjectState.ACCEPTED,)):
            picture = library.picture_objects(kept.content_hash)
            path = lies_at(kept.path, kept.content_hash)
            if picture is None or path is None:
                yield _absent(str(kept.path.name), kept.path)
                continue
            for one in picture.objects:
                if one.state is ObjectState.ACCEPTED:
                    yield from _boxes(path, kept.content_hash, one)

    return _read(TrainSource.OBJECTS, found())


def voted_answers(library: Library, lies_at: _LiesAt) -> ExamplesRead:
    """Answers with a thumb up, to questions about one whole picture."""

    def found() -> _Found:
        for one in library.voted_answers():
            path = lies_at(Path(one.image), one.content)
            if path is None:
                yield _absent(one.source, Path(one.image))
            elif not one.turns[0].answer.strip():
                yield SkippedRow(one.source, SkipReason.NO_TEXT)
            else:
                yield _example(
                    path, one.turns, TrainSource.CHAT, one.source,
                    kind=ExampleKind.QUESTION, content=one.content,
                )  # fmt: skip

    return _read(TrainSource.CHAT, found())


def chosen_photos(
    library: Library,
    lies_at: _LiesAt,
    content_ids: Sequence[int],
    *,
    text: str = "",
    label: str = "",
    own: PhotoText | None = None,
    language: str = "",
    texts: Mapping[int, str] | None = None,
) -> ExamplesRead:
    """Photos of the library, each with its own of `texts` (by content id), the same text or label,
    or a text of its `own`, an approved one of `language`."""
    text_of = text_of_photos(
        library, text=text, label=label, own=own, language=language, texts=texts
    )

    def found() -> _Found:
        for content_id in content_ids:
            details = library.details(content_id)
            where = f"photo {content_id}"
            paths = [lies_at(one.path, details.content_hash) for one in details.files[:1]]
            said = text_of(details)
            if not paths or paths[0] is None:
                yield _absent(where, details.files[0].path if details.files else None)
            elif not said:
                yield SkippedRow(where, SkipReason.NO_TEXT, paths[0].name)
            else:
                yield _example(
                    paths[0], (Exchange("", said),), TrainSource.LIBRARY, where,
                    content=details.content_hash, label=label,
                )  # fmt: skip

    return _read(TrainSource.LIBRARY, found())


def on_hand(library: Library) -> OnHand:
    """How much of each kind there is. Looks for no file."""
    languages = Counter(one.language for one in library.alt_training_pairs())
    objects = library.ground_pictures((ObjectState.ACCEPTED,))
    return OnHand(
        tuple(languages.most_common()),
        sum(1 for one in library.documents() if _fields(library.document_record(one.id))),
        sum(one.accepted for one in objects),
        len(library.voted_answers()),
    )


# --- within ------------------------------------------------------------------------------


def _boxes(path: Path, content_hash: str, one: GroundObject) -> _Found:
    box = one.box or place_of(one)
    phrases = tuple(dict.fromkeys(filter(None, (*one.expressions, one.label))))
    where = f"{path.name}, object {one.number}"
    if box is None:
        yield SkippedRow(where, SkipReason.NO_PLACE)
    elif not phrases:
        yield SkippedRow(where, SkipReason.NO_TEXT)
    for phrase in phrases if box is not None else ():
        made = Example(
            key="",
            image=str(path),
            turns=(Exchange(phrase, box_said(box)),),
            kind=ExampleKind.BOX,
            content=content_hash,
            label=one.label,
            source=f"{TrainSource.OBJECTS.value}: {where}",
            box=box,
        )
        yield made


def _fields(record: DocumentRecord) -> dict[str, object]:
    """Values by their names; rows of a table or group as a list."""
    document = record.document
    extraction = standing(
        document.path, document.content_hash, record.schema, record.read, record.said
    )
    reviewed = document.state is DocumentState.REVIEWED
    said = {place for place, one in record.said.items() if one.value is not None}
    whole = {name for (name, row), one in record.said.items() if row == ALL_ROWS and one.rows}

    def settled(one: FieldValue) -> bool:
        head = one.name.partition("/")[0]
        return reviewed or one.accepted or (one.name, one.row) in said or head in whole

    fields: dict[str, object] = {}
    for one in extraction.values:
        if not one.value or not settled(one):
            continue
        head, _, member = one.name.partition("/")
        if not member:
            fields[head] = one.value
            continue
        rows = fields.setdefault(head, {})
        assert isinstance(rows, dict)
        rows.setdefault(one.row, {})[member] = one.value
    return {
        name: [value[row] for row in sorted(value)] if isinstance(value, dict) else value
        for name, value in fields.items()
    }


def _example(
    path: Path,
    turns: tuple[Exchange, ...],
    source: TrainSource,
    where: str,
    *,
    kind: ExampleKind = ExampleKind.CAPTION,
    content: str = "",
    label: str = "",
) -> Example | SkippedRow:
    if not is_image_name(path.name):
        return SkippedRow(where, SkipReason.NO_PICTURE, path.name)
    return Example(
        key="",
        image=str(path),
        turns=turns,
        kind=kind,
        content=content,
        label=label,
        source=f"{source.value}: {where}",
    )


def _absent(where: str, path: Path | None) -> SkippedRow:
    if path is None:
        return SkippedRow(where, SkipReason.NO_PICTURE)
    return SkippedRow(where, SkipReason.PICTURE_ABSENT, path.name)


def _read(source: TrainSource, found: Iterable[Example | SkippedRow]) -> ExamplesRead:
    everything = list(found)
    return ExamplesRead(
        source,
        None,
        tuple(one for one in everything if isinstance(one, Example)),
        tuple(one for one in everything if isinstance(one, SkippedRow)),
    )
