"""One import: pictures found, sizes compared, objects put beside those that are there."""

from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.groundexports import ObjectsImported
from vlm_desktop.base.grounding import GroundObject, PictureObjects, file_hash, page_hash, page_of
from vlm_desktop.base.types import DecodeRequest, Size
from vlm_desktop.engine.ground.formats.exchange import Faults, ReadPicture
from vlm_desktop.engine.ground.formats.readfiles import Annotations
from vlm_desktop.engine.ground.keeping import KeptObjects
from vlm_desktop.engine.ground.merging import Merged, merged
from vlm_desktop.engine.ground.picturefinding import PictureFinder
from vlm_desktop.engine.viewing import Viewer

_MOST_OBJECTS = 5_000
"""Of one picture: nobody marked more, and each is compared with all the others."""


@dataclass(slots=True)
class _Counts:
    pictures: int = 0
    added: int = 0
    offered: int = 0
    known: int = 0
    absent: list[str] = field(default_factory=list)
    before: list[PictureObjects] = field(default_factory=list)


class Import:
    """Takes in what was read of a file. One thread, once."""

    def __init__(
        self,
        keeping: KeptObjects,
        viewer: Viewer,
        read: Annotations,
        source: Path,
        cancel: CancelToken,
    ) -> None:
        self._keeping = keeping
        self._viewer = viewer
        self._read = read
        self._source = source
        self._cancel = cancel
        self._faults = Faults()
        self._counts = _Counts()

    def run(self, pictures_in: Path | None) -> Generator[Event, None, ObjectsImported]:
        """See `GroundExports.take_in`."""
        finder = PictureFinder(self._read.base, pictures_in, self._keeping, self._cancel)
        total = len(self._read.pictures)
        for done, one in enumerate(self._read.pictures):
            yield Progress(Phase.EDIT, done, total)
            self._cancel.raise_if_cancelled()
            path = finder.find(one)
            if path is None:
                self._counts.absent.append(one.name)
                self._faults.note("pictures-absent", one.name)
            else:
                self._take(one, path)
        yield Progress(Phase.EDIT, total, total)
        counts = self._counts
        return ObjectsImported(
            source=self._source,
            format=self._read.format,
            pictures=counts.pictures,
            added=counts.added,
            offered=counts.offered,
            known=counts.known,
            absent=tuple(counts.absent),
            notes=self._faults.notices(),
            before=tuple(counts.before),
        )

    def _take(self, one: ReadPicture, path: Path) -> None:
        try:
            content_hash, size = self._facts(path, one.content_hash)
        except MediaRefused:
            self._faults.note("pictures-unreadable", one.name)
            return
        if one.size is not None and one.size != size:
            self._faults.note("pictures-other-size", one.name)
            return
        brought = one.build(size, self._faults)
        if len(brought) > _MOST_OBJECTS:
            self._faults.note("objects-too-many", one.name, len(brought) - _MOST_OBJECTS)
        if not brought:
            return
        outcome = Merged(())

        def rule(objects: tuple[GroundObject, ...]) -> tuple[GroundObject, ...]:
            nonlocal outcome
            outcome = merged(objects, brought[:_MOST_OBJECTS])
            return outcome.objects

        empty = PictureObjects(path, content_hash, size, ())
        before, after = self._keeping.revise(empty, rule)
        self._counts.pictures += 1
        self._counts.added += outcome.added
        self._counts.offered += outcome.offered
        self._counts.known += outcome.known
        if before.objects != after.objects:
            self._counts.before.append(before)

    def _facts(self, path: Path, meant: str) -> tuple[str, Size]:
        """Hash and upright size of a picture, of a PDF those of the page that is meant. Raises
        MediaRefused."""
        decoded = self._viewer.decode(DecodeRequest(path, facts=True), self._cancel)
        assert decoded.facts is not None
        sizes = decoded.facts.sizes
        page = page_of(meant) if file_hash(meant) == decoded.content_hash else 0
        page = min(max(1, page), len(sizes))
        return page_hash(decoded.content_hash, page), sizes[page - 1]
