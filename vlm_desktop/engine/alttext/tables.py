"""Tables of alt texts read in, and matched to images of a page or of a set."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vlm_desktop.base.altkeeping import ImportedText
from vlm_desktop.base.altpages import AltChange, AltRow, Page
from vlm_desktop.base.alttext import AltImage, AltState, Decision
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.engine.destinations import unharmed

_MOST_BYTES = 64 * 1024 * 1024
_NAMES = {
    "name": ("name", "file", "filename", "file name", "image", "src", "source"),
    "alt": ("alt", "alt text", "alt_text", "alttext", "alternative text"),
    "extended": ("extended", "description", "long description", "longdesc", "extended description"),
    "decision": ("decision", "role", "purpose"),
    "state": ("state", "status"),
    "language": ("language", "lang", "locale"),
    "path": ("path", "file path"),
    "document": ("document", "page"),
    "place": ("place",),
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names}
_TRUSTED = (AltState.APPROVED, AltState.EMPTY)
"""States that are taken by default; a table of others' has none at all."""


def read_table(path: Path) -> tuple[AltRow, ...]:
    """Rows of a CSV, JSON or JSON-lines file, as `export_rows` writes it or with columns that are
    named alike. Raises BadInputFile.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInputFile(path=path, line=None, detail="it is larger than 64 MB")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        detail = getattr(error, "strerror", None) or "it is no UTF-8"
        raise BadInputFile(path=path, line=None, detail=detail) from error
    if path.suffix.lower() in (".json", ".jsonl", ".ndjson"):
        return tuple(_row(path, None, entry) for entry in _json_entries(path, text))
    return tuple(_csv_rows(path, text))


def _csv_rows(path: Path, text: str) -> Iterator[AltRow]:
    head = text.partition("\n")[0]
    comma = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    try:
        columns = [_FIELDS.get(cell.strip().casefold(), "") for cell in next(reader, [])]
        if "alt" not in columns:
            raise BadInputFile(path=path, line=1, detail='it has no column "alt"')
        for cells in reader:
            said = zip(columns, map(unharmed, cells), strict=False)
            if any(cells):
                yield _row(path, reader.line_num, {name: cell for name, cell in said if name})
    except csv.Error as error:
        raise BadInputFile(path=path, line=reader.line_num, detail=str(error)) from error


def _json_entries(path: Path, text: str) -> Iterator[Mapping[str, Any]]:
    """Objects of a list, of "images" in an object, or one a line; or {"a.jpg": "its text"}."""
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        try:
            document = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError) as error:
            raise BadInputFile(path=path, line=None, detail="it is no JSON") from error
    if isinstance(document, dict) and isinstance(document.get("images"), list):
        document = document["images"]
    elif isinstance(document, dict) and "alt" in document:
        document = [document]
    elif isinstance(document, dict):
        document = [{"name": name, "alt": alt} for name, alt in document.items()]
    if not isinstance(document, list):
        raise BadInputFile(path=path, line=None, detail="it is no list of images")
    for entry in document:
        if not isinstance(entry, dict):
            raise BadInputFile(path=path, line=None, detail="an entry is no object")
        named = ((_FIELDS.get(str(name).casefold(), ""), value) for name, value in entry.items())
        yield {name: value for name, value in named if name}


def _row(path: Path, line: int | None, entry: Mapping[str, Any]) -> AltRow:
    said = {name: "" if value is None else value for name, value in entry.items()}
    for name, value in said.items():
        if not isinstance(value, str):
            raise BadInputFile(path=path, line=line, detail=f'"{name}" is no text')
    name = said.get("name", "") or said.get("path", "")
    try:
        decision = Decision(said.get("decision", ""))
        state = AltState(said.get("state", "") or AltState.EMPTY)
    except ValueError as error:
        raise BadInputFile(path=path, line=line, detail=str(error)) from error
    if not (name or said.get("place")):
        raise BadInputFile(path=path, line=line, detail="an image has no name")
    return AltRow(
        name=name.replace("\\", "/").rpartition("/")[2],
        alt=said.get("alt", ""),
        extended=said.get("extended", ""),
        decision=decision,
        state=state,
        language=said.get("language", ""),
        path=said.get("path", "") or (name if "/" in name or "\\" in name else ""),
        document=said.get("document", ""),
        place=said.get("place", ""),
    )


# --- matching ----------------------------------------------------------------------------


def changes_from(
    page: Page, rows: Iterable[AltRow], *, drafts: bool = False, language: str = ""
) -> tuple[AltChange, ...]:
    """What the rows say of a page's images: by place, else path or source, else by file name.

    Rows that are not approved count with `drafts` only. Of several languages that of the page
    counts, or the one named.
    """
    usable = [
        row for row in rows if (row.alt or row.decorative) and (drafts or row.state in _TRUSTED)
    ]
    find = _Finder(usable, language or page.language)
    changes = []
    for image in page.images:
        path = str(image.path) if image.path else ""
        found = find(page.path.name, image.place, (path, image.source), image.name)
        found = found or (find("", "", (), image.path.name) if image.path else None)
        if found is not None:
            changes.append(AltChange(image.place, None if found.decorative else found.alt))
    return tuple(changes)


def texts_from(images: Iterable[AltImage], rows: Sequence[AltRow]) -> tuple[ImportedText, ...]:
    """What the rows say of a set's images, in every language, for `AltSets.import_texts`."""
    by_language: dict[str, list[AltRow]] = {}
    for row in rows:
        by_language.setdefault(row.language or "en", []).append(row)
    images = tuple(images)
    texts = []
    for language, said in by_language.items():
        find = _Finder(said, language)
        for image in images:
            document = image.document.name if image.document else ""
            path = str(image.path) if image.path else ""
            found = find(document, image.place, (path,), image.name)
            found = found or (find("", "", (), image.path.name) if image.path else None)
            if found is not None and (found.alt or found.extended):
                texts.append(
                    ImportedText(image.id, language, found.alt or None, found.extended or None)
                )
    return tuple(texts)


def names_without_image(images: Iterable[AltImage], rows: Sequence[AltRow]) -> tuple[str, ...]:
    """The files that rows name and a set has none of, in the rows' order."""
    known = {name for image in images for name in (image.name, image.path and image.path.name)}
    return tuple(dict.fromkeys(row.name for row in rows if row.name and row.name not in known))


class _Finder:
    """Rows by what they may be found by: place, path, name.

    A row with a place says nothing of other places. Where rows of one name and language differ,
    the name alone finds none.
    """

    def __init__(self, rows: Sequence[AltRow], language: str) -> None:
        wanted = language.partition("-")[0].casefold()

        def rank(row: AltRow) -> int:
            same = row.language.casefold() == language.casefold()
            return 0 if same else 1 if row.language.partition("-")[0].casefold() == wanted else 2

        rows = sorted(rows, key=rank)
        self._places = _first(rows, lambda row: (row.document, row.place) if row.place else None)
        self._paths = _first(rows, lambda row: row.path or None)
        self._names = _first(rows, lambda row: row.name if not row.place else None)
        for row in rows:
            first = self._names.get(row.name)
            if first and not row.place and row.language == first.language and row.alt != first.alt:
                del self._names[row.name]

    def __call__(self, document: str, place: str, paths: Sequence[str], name: str) -> AltRow | None:
        for key in ((document, place), ("", place)):
            if place and key in self._places:
                return self._places[key]
        for path in paths:
            if path and path in self._paths:
                return self._paths[path]
        return self._names.get(name)


def _first(rows: Sequence[AltRow], key: Callable[[AltRow], Any]) -> dict[Any, AltRow]:
    found: dict[Any, AltRow] = {}
    for row in rows:
        name = key(row)
        if name is not None:
            found.setdefault(name, row)
    return found
