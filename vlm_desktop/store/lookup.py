"""From content ids to paths and details, and back."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.errors import NotInLibrary
from vlm_desktop.base.types import MediaKind, PhotoMetadata, Size
from vlm_desktop.store.inventory import find_file
from vlm_desktop.store.part import Part, chunks, marks, read_ids
from vlm_desktop.store.pathcodec import decode_path, join_stored
from vlm_desktop.store.records import (
    INDEXED,
    MISSING,
    PENDING,
    ContentFile,
    Located,
    PhotoDetails,
    Tag,
)
from vlm_desktop.store.volumes import is_online

_PREFERENCE = {INDEXED: 0, PENDING: 1, MISSING: 2}


class LookupPart(Part):
    """Where contents lie and what is known of them."""

    def locate(self, content_ids: Sequence[int]) -> dict[int, Located]:
        """The best path of each content: online first, then indexed, then the oldest.

        Contents without any file are left out.
        """
        found: dict[int, Located] = {}
        with self._db.snapshot() as connection:
            for content_id, files in _files_of(connection, content_ids).items():
                found[content_id] = min(files, key=_preference)
        return found

    def all_paths(self, content_ids: Sequence[int]) -> tuple[Path, ...]:
        """Every path of the contents, copies and missing files included."""
        with self._db.snapshot() as connection:
            found = _files_of(connection, content_ids)
        return tuple(file.path for files in found.values() for file in files)

    def content_of(self, path: Path) -> int | None:
        """The content of a file by its path; None when it is unknown or was not decoded."""
        with self._db.reading() as connection:
            file_id = find_file(connection, path)
            if file_id is None:
                return None
            row = connection.execute(
                "SELECT content_id FROM files WHERE id = ?", (file_id,)
            ).fetchone()
        return None if row is None else row[0]

    def hidden_contents(self) -> NDArray[np.int64]:
        """Ids, ascending, of contents all of whose files went missing or were replaced.

        An offline root hides nothing: its files count as being there.
        """
        with self._db.reading() as connection:
            ids = read_ids(connection, "SELECT id FROM contents WHERE present = 0")
        return np.sort(ids)

    def contents_without_vectors(
        self, model_id: str, after_id: int = 0, limit: int = 1000
    ) -> list[ContentFile]:
        """The next contents above `after_id` that lack vectors of the model and can be read.

        Contents whose files are all offline or gone are passed over. `pages` are all pages.
        """
        lacking = (
            "NOT EXISTS (SELECT 1 FROM embeddings JOIN models ON models.id = model_id"
            " WHERE content_id = contents.id AND models.name = ?)"
        )
        return self._to_do(lacking, "1", (model_id,), after_id, limit)

    def contents_without_ocr(self, after_id: int = 0, limit: int = 1000) -> list[ContentFile]:
        """The next contents above `after_id` with pages no text was looked for on.

        `pages` are those pages: a PDF page with its own text layer is not among them.
        """
        lacking = "EXISTS (SELECT 1 FROM pages WHERE content_id = contents.id AND ocr_done = 0)"
        return self._to_do(lacking, "ocr_done = 0", (), after_id, limit)

    def readable_contents(self, after_id: int = 0, limit: int = 1000) -> list[ContentFile]:
        """The next contents above `after_id` that lie on a drive that is there."""
        return self._to_do("1", "1", (), after_id, limit)

    def _to_do(
        self, lacking: str, page: str, values: tuple[object, ...], after_id: int, limit: int
    ) -> list[ContentFile]:
        found: list[ContentFile] = []
        last = after_id
        with self._db.snapshot() as connection:
            while len(found) < limit:
                rows = connection.execute(
                    "SELECT id, content_hash, kind FROM contents"
                    f" WHERE id > ? AND present > 0 AND {lacking} ORDER BY id LIMIT ?",
                    (last, *values, limit - len(found)),
                ).fetchall()
                if not rows:
                    break
                last = rows[-1][0]
                found.extend(_readable(connection, rows, page))
        return found

    def details(self, content_id: int) -> PhotoDetails:
        """All that is known of one content. Raises `NotInLibrary` for an unknown id."""
        with self._db.snapshot() as connection:
            return _details(connection, content_id)


def _preference(file: Located) -> tuple[bool, int]:
    return (not file.online, _PREFERENCE[file.state])


def _files_of(
    connection: sqlite3.Connection, content_ids: Iterable[int]
) -> dict[int, list[Located]]:
    """Every file of the contents, oldest first."""
    roots = {
        root_id: (path, is_online(Path(decode_path(path)), volume))
        for root_id, path, volume in connection.execute("SELECT id, path, volume FROM roots")
    }
    found: dict[int, list[Located]] = {}
    for some in chunks([int(content_id) for content_id in content_ids]):
        for content_id, root_id, folder, name, state, content_hash, kind in connection.execute(
            "SELECT content_id, root_id, folders.path, name, state, content_hash, kind FROM files"
            " JOIN folders ON folders.id = folder_id JOIN contents ON contents.id = content_id"
            f" WHERE content_id IN ({marks(some)}) ORDER BY files.id",
            some,
        ):
            root, online = roots[root_id]
            path = join_stored(root, folder, name)
            found.setdefault(content_id, []).append(
                Located(path, online, state, content_hash, MediaKind(kind))
            )
    return found


def _readable(
    connection: sqlite3.Connection, rows: Sequence[tuple[int, str, str]], page: str
) -> list[ContentFile]:
    """The contents of (id, hash, kind) rows that have an online file, with their open pages."""
    ids = [content_id for content_id, _, _ in rows]
    files = _files_of(connection, ids)
    pages: dict[int, list[int]] = {}
    for some in chunks(ids):
        for content_id, number in connection.execute(
            f"SELECT content_id, page FROM pages WHERE content_id IN ({marks(some)}) AND {page}"
            " ORDER BY content_id, page",
            some,
        ):
            pages.setdefault(content_id, []).append(number)
    found = []
    for content_id, content_hash, kind in rows:
        there = [
            file for file in files.get(content_id, ()) if file.online and file.state != MISSING
        ]
        if there:
            best = min(there, key=_preference)
            numbers = tuple(pages.get(content_id, ()))
            found.append(ContentFile(content_id, content_hash, best.path, MediaKind(kind), numbers))
    return found


def _details(connection: sqlite3.Connection, content_id: int) -> PhotoDetails:
    row = connection.execute(
        "SELECT content_hash, kind, format, width, height, size_bytes, page_count, taken_at,"
        " latitude, longitude, altitude, make, cameras.model, lens, orientation, rating, title,"
        " caption, alt_text, extended_description"
        " FROM contents LEFT JOIN cameras ON cameras.id = camera_id WHERE contents.id = ?",
        (content_id,),
    ).fetchone()
    if row is None:
        raise NotInLibrary(path=Path(f"#{content_id}"))
    content_hash, kind, file_format, width, height, size_bytes, page_count, *said = row
    tags = tuple(
        Tag(*tag)
        for tag in connection.execute(
            "SELECT name, source, probability FROM content_tags JOIN tags ON tags.id = tag_id"
            " WHERE content_id = ? ORDER BY source, position, name",
            (content_id,),
        )
    )
    return PhotoDetails(
        content_id=content_id,
        content_hash=content_hash,
        kind=MediaKind(kind),
        format=file_format,
        size=Size(width, height),
        size_bytes=size_bytes,
        page_count=page_count,
        metadata=_metadata(said, tuple(tag.name for tag in tags if tag.source == "file")),
        files=tuple(_files_of(connection, [content_id]).get(content_id, ())),
        tags=tags,
        albums=_column(
            connection,
            "SELECT name FROM album_contents JOIN albums ON albums.id = album_id"
            " WHERE content_id = ? ORDER BY folded",
            content_id,
        ),
        ocr=tuple(
            connection.execute(
                "SELECT page, text FROM texts WHERE content_id = ? AND kind = 'ocr' ORDER BY page",
                (content_id,),
            ).fetchall()
        ),
        models=_column(
            connection,
            "SELECT DISTINCT name FROM embeddings JOIN models ON models.id = model_id"
            " WHERE content_id = ? ORDER BY name",
            content_id,
        ),
    )


def _column(connection: sqlite3.Connection, query: str, content_id: int) -> tuple[str, ...]:
    return tuple(value for (value,) in connection.execute(query, (content_id,)))


def _metadata(said: Sequence[object], keywords: tuple[str, ...]) -> PhotoMetadata:
    taken_at, latitude, longitude, altitude, make, model, lens, orientation, rating, *texts = said
    title, caption, alt_text, extended_description = (str(text) for text in texts)
    return PhotoMetadata(
        taken_at=str(taken_at or ""),
        latitude=_number(latitude),
        longitude=_number(longitude),
        altitude=_number(altitude),
        make=str(make or ""),
        model=str(model or ""),
        lens=str(lens or ""),
        orientation=int(str(orientation)),
        rating=None if rating is None else int(str(rating)),
        keywords=keywords,
        title=title,
        caption=caption,
        alt_text=alt_text,
        extended_description=extended_description,
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
