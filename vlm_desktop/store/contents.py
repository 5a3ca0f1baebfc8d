"""Writing one content: its row, pages, texts and keywords."""

import sqlite3
import unicodedata

from vlm_desktop.base.types import DecodedFile, PhotoMetadata
from vlm_desktop.store.tags import FROM_FILE, write_tags

_COLUMNS = (
    "content_hash", "kind", "format", "width", "height", "short_side", "size_bytes", "page_count",
    "pixel_hash", "perceptual_hash", "taken_at", "latitude", "longitude", "altitude", "camera_id",
    "orientation", "rating", "title", "caption", "alt_text", "extended_description",
)  # fmt: skip
_UPSERT = (
    f"INSERT INTO contents ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    " ON CONFLICT (content_hash) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
)
_SIGN = 1 << 63


def clean(text: str) -> str:
    """Text as SQLite takes it: composed, without lone surrogates."""
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))


def hash_to_integer(digits: str) -> int | None:
    """16 hex digits -> SQLite's signed 64 bits."""
    return ((int(digits, 16) + _SIGN) % (1 << 64)) - _SIGN if digits else None


def write_content(connection: sqlite3.Connection, decoded: DecodedFile) -> int:
    """Add the content or refresh what is known of it; returns its id."""
    row = connection.execute(
        "SELECT id FROM contents WHERE content_hash = ?", (decoded.content_hash,)
    ).fetchone()
    cursor = connection.execute(_UPSERT, _values(connection, decoded))
    is_new = row is None
    content_id = int(cursor.lastrowid or 0) if is_new else int(row[0])
    _write_pages(connection, content_id, decoded)
    _write_texts(connection, content_id, decoded.metadata, is_new=is_new)
    keywords = tuple(clean(keyword) for keyword in decoded.metadata.keywords)
    if keywords or not is_new:
        write_tags(connection, content_id, FROM_FILE, [(name, None) for name in keywords])
    return content_id


def _values(connection: sqlite3.Connection, decoded: DecodedFile) -> tuple[object, ...]:
    said = decoded.metadata
    size = decoded.pages[0].size if decoded.pages else None
    width, height = (size.width, size.height) if size else (0, 0)
    return (
        decoded.content_hash,
        decoded.kind.value,
        decoded.format,
        width,
        height,
        min(width, height),
        decoded.size_bytes,
        len(decoded.pages),
        decoded.pixel_hash or None,
        hash_to_integer(decoded.perceptual_hash),
        clean(said.taken_at) or None,
        said.latitude,
        said.longitude,
        said.altitude,
        _camera_id(connection, said),
        said.orientation,
        said.rating,
        clean(said.title),
        clean(said.caption),
        clean(said.alt_text),
        clean(said.extended_description),
    )


def _camera_id(connection: sqlite3.Connection, said: PhotoMetadata) -> int | None:
    names = (clean(said.make), clean(said.model), clean(said.lens))
    if not any(names):
        return None
    row = connection.execute(
        "SELECT id FROM cameras WHERE make = ? AND model = ? AND lens = ?", names
    ).fetchone()
    if row is not None:
        return int(row[0])
    folded = "\n".join(names).casefold()
    return connection.execute(
        "INSERT INTO cameras (make, model, lens, folded) VALUES (?, ?, ?, ?)", (*names, folded)
    ).lastrowid


def _write_pages(connection: sqlite3.Connection, content_id: int, decoded: DecodedFile) -> None:
    """A page's own text layer stands in for reading it; a page read before stays read."""
    connection.executemany(
        "INSERT INTO pages (content_id, page, width, height, ocr_done) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (content_id, page) DO UPDATE SET width = excluded.width,"
        " height = excluded.height, ocr_done = max(ocr_done, excluded.ocr_done)",
        (
            (content_id, page.number, page.size.width, page.size.height, bool(page.text.strip()))
            for page in decoded.pages
        ),
    )
    for page in decoded.pages:
        if page.text.strip():
            replace_text(connection, content_id, "ocr", page.number, clean(page.text))


def _write_texts(
    connection: sqlite3.Connection, content_id: int, said: PhotoMetadata, *, is_new: bool
) -> None:
    description = "\n".join(part for part in (said.alt_text, said.extended_description) if part)
    texts = {
        "title": said.title,
        "caption": said.caption,
        "alt": description,
        "keyword": "\n".join(said.keywords),
    }
    for kind, text in texts.items():
        if text or not is_new:
            replace_text(connection, content_id, kind, 0, clean(text))


def replace_text(
    connection: sqlite3.Connection, content_id: int, kind: str, page: int, text: str
) -> None:
    """Make `text` the content's only text of this kind and page; an empty one removes it."""
    rows = connection.execute(
        "SELECT id, text FROM texts WHERE content_id = ? AND kind = ? AND page = ?",
        (content_id, kind, page),
    ).fetchall()
    if [stored for _, stored in rows] == ([text] if text else []):
        return
    connection.executemany("DELETE FROM texts WHERE id = ?", ((row_id,) for row_id, _ in rows))
    if text:
        connection.execute(
            "INSERT INTO texts (content_id, kind, page, text) VALUES (?, ?, ?, ?)",
            (content_id, kind, page, text),
        )
