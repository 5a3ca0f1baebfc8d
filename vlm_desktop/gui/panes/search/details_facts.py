"""What is known of a photo, put in words: (label, value) rows. No widgets here."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from PySide6.QtCore import QDate, QDateTime, QLocale, Qt

from vlm_desktop.base.language import fill
from vlm_desktop.base.types import MediaKind
from vlm_desktop.gui.strings import photo as strings

if TYPE_CHECKING:
    from vlm_desktop.base.types import Exposure, PhotoMetadata
    from vlm_desktop.engine.photos import PhotoFacts

Rows: TypeAlias = list[tuple[str, str]]
_MEGA = 1_000_000
_KILO = 1_000


class _File(Protocol):
    """One of the files that hold a photo."""

    @property
    def path(self) -> Path: ...
    @property
    def online(self) -> bool: ...
    @property
    def state(self) -> str: ...


def file_rows(facts: "PhotoFacts") -> Rows:
    """The file: its name, folder, kind and size."""
    details = facts.details
    rows = [(strings.FILE, facts.path.name), (strings.FOLDER, str(facts.path.parent))]
    if details.kind == MediaKind.PDF:
        kind = strings.KIND_PDF
    else:
        form = strings.KIND_RAW if details.kind == MediaKind.RAW else strings.KIND_PHOTO
        kind = fill(form, format=details.format)
    rows.append((strings.KIND, kind))
    rows.append((strings.SIZE, f"{dimensions(facts)}\n{size_text(details.size_bytes)}"))
    return rows


def dimensions(facts: "PhotoFacts") -> str:
    size, pages = facts.details.size, facts.details.page_count
    if facts.details.kind == MediaKind.PDF:
        text = fill(strings.POINTS, width=size.width, height=size.height)
        return f"{text}\n{fill(strings.PAGES, pages=pages)}" if pages > 1 else text
    mega = size.width * size.height / _MEGA
    form = strings.MEGAPIXELS if mega >= 1 else strings.DIMENSIONS
    return fill(form, width=size.width, height=size.height, mega=mega)


def size_text(size: int) -> str:
    if size < _KILO:
        return fill(strings.BYTES, size=size)
    if size < _MEGA:
        return fill(strings.KILOBYTES, size=size / _KILO)
    return fill(strings.MEGABYTES, size=size / _MEGA)


def library_rows(facts: "PhotoFacts") -> Rows:
    """What the library keeps: when it came, copies, albums, models, hash."""
    details = facts.details
    rows = [(strings.ADDED, moment(facts.added_at))]
    others = [_with_state(file) for file in details.files if file.path != facts.path]
    if others:
        rows.append((strings.COPIES, "\n".join(others)))
    if facts.copies:
        rows.append((strings.SAME_PICTURE, "\n".join(str(copy.path) for copy in facts.copies)))
    if details.albums:
        rows.append((strings.ALBUMS, ", ".join(details.albums)))
    if details.models:
        rows.append((strings.INDEXED_WITH, ", ".join(details.models)))
    rows.append((strings.HASH, details.content_hash))
    return rows


def _with_state(file: _File) -> str:
    state = ""
    if not file.online:
        state = strings.STATE_OFFLINE
    elif file.state == "missing":
        state = strings.STATE_MISSING
    elif file.state == "pending":
        state = strings.STATE_PENDING
    path = str(file.path)
    return fill(strings.STATE_CHANGED, path=path, state=state) if state else path


def moment(text: str) -> str:
    """An ISO 8601 date in the words of the window's language; local time as it was written."""
    locale = QLocale()
    day, _, clock = text.partition("T")
    parts = [int(part) for part in day.split("-") if part.isdigit()]
    if len(parts) == 1:
        return str(parts[0])
    if len(parts) == 2:
        return locale.toString(QDate(parts[0], parts[1], 1), strings.MONTH_FORM)
    when = QDate.fromString(day, Qt.DateFormat.ISODate)
    if not clock:
        return locale.toString(when, strings.DATE_FORM) if when.isValid() else text
    # Without its offset, so that a photo shows the clock on the wall where it was taken.
    at = QDateTime.fromString(text[:19], Qt.DateFormat.ISODate)
    return locale.toString(at, strings.DATE_TIME_FORM) if at.isValid() else text


def place(said: "PhotoMetadata") -> str:
    """ "48.2082° N 16.3738° E", "" for none."""
    if said.latitude is None or said.longitude is None:
        return ""
    latitude = strings.NORTH if said.latitude >= 0 else strings.SOUTH
    longitude = strings.EAST if said.longitude >= 0 else strings.WEST
    return fill(
        strings.PLACE,
        latitude=fill(latitude, degrees=abs(said.latitude)),
        longitude=fill(longitude, degrees=abs(said.longitude)),
    )


def place_rows(said: "PhotoMetadata") -> Rows:
    rows = [(strings.TAKEN, moment(said.taken_at))] if said.taken_at else []
    if said.altitude is not None:
        rows.append(("", fill(strings.ALTITUDE, metres=said.altitude)))
    return rows


def camera_rows(said: "PhotoMetadata", taken: "Exposure | None") -> Rows:
    """Camera, lens and how it was taken; `taken` comes from the file and may be late."""
    camera = said.model if said.model.startswith(said.make) else f"{said.make} {said.model}"
    rows = [(strings.CAMERA, camera.strip()), (strings.LENS, said.lens)]
    if taken is not None:
        rows.append((strings.EXPOSURE, "  ".join(_exposure(taken))))
    return [(label, value) for label, value in rows if value]


def _exposure(taken: "Exposure") -> Iterator[str]:
    if taken.seconds is not None:
        if taken.seconds < 0.4:
            yield fill(strings.SHUTTER_PART, part=1 / taken.seconds)
        else:
            yield fill(strings.SHUTTER, seconds=taken.seconds)
    if taken.f_number is not None:
        yield fill(strings.APERTURE, number=taken.f_number)
    if taken.iso is not None:
        yield fill(strings.ISO, iso=taken.iso)
    if taken.focal_length is not None:
        full = taken.focal_length_35
        differs = full is not None and abs(full - taken.focal_length) >= 1
        form = strings.FOCAL_LENGTH_35 if differs else strings.FOCAL_LENGTH
        yield fill(form, length=taken.focal_length, full=full)
    if taken.flash:
        yield strings.FLASH
