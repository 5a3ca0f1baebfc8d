"""`services.ground.exports`: objects of pictures leave as files of the field, and come back.

What is written appears whole or not at all; what is brought is put beside what is there, never
over it. Lane "io". Pictures are read by a decoder process of its own.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.grounderrors import NoSuchObject
from vlm_desktop.base.groundexports import (
    ONE_FILE,
    ObjectsExported,
    ObjectsFormat,
    ObjectsImported,
)
from vlm_desktop.base.grounding import GroundObject, ObjectState, PictureObjects
from vlm_desktop.base.groundkeeping import KeptPicture
from vlm_desktop.engine.destinations import writing_to
from vlm_desktop.engine.ground.exportfiles import (
    NewFolder,
    beside,
    names_for,
    new_folder,
    put_data,
)
from vlm_desktop.engine.ground.formats.coco import Instances
from vlm_desktop.engine.ground.formats.cutouts import mask_of
from vlm_desktop.engine.ground.formats.exchange import Faults, NamedPicture, Writer
from vlm_desktop.engine.ground.formats.labelme import Documents
from vlm_desktop.engine.ground.formats.masks import MaskFolder
from vlm_desktop.engine.ground.formats.readfiles import Helpers, read_annotations
from vlm_desktop.engine.ground.formats.refcoco import References
from vlm_desktop.engine.ground.formats.rows import Rows
from vlm_desktop.engine.ground.formats.voc import Annotations
from vlm_desktop.engine.ground.formats.yolo import DataSet
from vlm_desktop.engine.ground.importing import Import
from vlm_desktop.engine.ground.keeping import KeptObjects
from vlm_desktop.engine.ground.objectpixels import CutoutFolder, ObjectPixels
from vlm_desktop.engine.viewing import Viewer
from vlm_desktop.media.maskpictures import bits_of_png, mask_png
from vlm_desktop.media.pool import DecodePool

PICTURES_IN = {
    ObjectsFormat.YOLO: "images/",
    ObjectsFormat.YOLO_SEGMENT: "images/",
    ObjectsFormat.REFCOCO: "images/",
    ObjectsFormat.MASKS: "images/",
    ObjectsFormat.VOC: "JPEGImages/",
    ObjectsFormat.LABELME: "",
}
"""Where a folder of a format holds copies of the pictures."""


class GroundExports:
    """See the module. Any thread, one at a time. `open_pool` makes a pool of one worker."""

    def __init__(self, keeping: KeptObjects, open_pool: Callable[[], DecodePool]) -> None:
        self._keeping = keeping
        self._viewer = Viewer(open_pool)
        self._pixels = ObjectPixels(keeping, self._viewer)

    # --- out -----------------------------------------------------------------------------

    def export(
        self,
        kind: ObjectsFormat,
        target: Path,
        cancel: CancelToken,
        *,
        hashes: Sequence[str] | None = None,
        states: Sequence[ObjectState] = (ObjectState.ACCEPTED,),
        with_pictures: bool = False,
    ) -> Generator[Event, None, ObjectsExported]:
        """Write objects in some states, of pictures by their hashes or of all.

        COCO and JSON lines are one file, which is written over; the others a folder, which must
        be new or empty. `with_pictures` puts copies of the pictures into the folder, but for
        cut-outs. Raises DestinationNotWritable, DiskFull, ExportFolderFull, Cancelled.
        """
        target = target.absolute()
        kept = self._keeping.pictures(*states, hashes=hashes)
        kept = tuple(sorted(kept, key=lambda one: one.path.as_posix()))
        faults = Faults()
        run = _Run(self._keeping, kept, frozenset(states), cancel)
        with writing_to(target):
            if kind in ONE_FILE:
                folder = target.parent if kind is ObjectsFormat.JSONL else None
                writer: Writer = Rows(faults) if folder else Instances(faults)
                made: list[bytes] = []
                yield from run.write(writer, lambda _, data: made.append(data), beside_in=folder)
                put_data(target, b"".join(made))
            else:
                with new_folder(target) as made_folder:
                    writer = self._writer(kind, faults, cancel)
                    copy = _copier(made_folder, PICTURES_IN.get(kind), faults, with_pictures)
                    yield from run.write(writer, made_folder.write, copy)
                    made_folder.finish()
        left_out = sum(faults.counts[code] for code in _LEFT_OUT)
        return ObjectsExported(
            target, kind, len(kept), run.objects - left_out, left_out, faults.notices()
        )

    def cutout_png(self, picture: PictureObjects, number: int, cancel: CancelToken) -> bytes:
        """An object cut out of its picture, as a PNG with transparency.

        Raises NoSuchObject, MediaRefused, DecoderUnavailable, Cancelled.
        """
        return self._pixels.cutout(picture, _object_of(picture, number), cancel)

    def save_cutout(
        self, picture: PictureObjects, number: int, target: Path, cancel: CancelToken
    ) -> Path:
        """Write `cutout_png`. Raises also DestinationNotWritable, DiskFull."""
        data = self.cutout_png(picture, number, cancel)
        with writing_to(target):
            put_data(target, data)
        return target

    def save_mask(self, picture: PictureObjects, number: int, target: Path) -> Path:
        """Write the mask of an object as a PNG of the picture's size, white where it belongs.

        Raises NoSuchObject, DestinationNotWritable, DiskFull.
        """
        mask = mask_of(_object_of(picture, number), picture.size)
        if mask is None:
            raise NoSuchObject(path=picture.path)
        with writing_to(target):
            put_data(target, mask_png(mask.full()))
        return target

    # --- in ------------------------------------------------------------------------------

    def take_in(
        self, source: Path, cancel: CancelToken, *, pictures_in: Path | None = None
    ) -> Generator[Event, None, ObjectsImported]:
        """Put objects that a file or folder brings beside those that are there.

        Pictures are found by their bytes where the file tells those, else beside it, else in
        `pictures_in`. Each is kept when it is done. Raises BadInputFile, AnnotationsTooLarge,
        AnnotationsUnknown, DecoderUnavailable, LibraryError, Cancelled.
        """
        yield Progress(Phase.EDIT, 0, None)
        helpers = Helpers(bits_of_png, lambda folder: self._pixels.mask_reader(folder, cancel))
        read = read_annotations(source.absolute(), helpers)
        return (
            yield from Import(self._keeping, self._viewer, read, source, cancel).run(pictures_in)
        )

    def close(self) -> None:
        """End the decoder process."""
        self._viewer.close()

    # --- within --------------------------------------------------------------------------

    def _writer(self, kind: ObjectsFormat, faults: Faults, cancel: CancelToken) -> Writer:
        makers: dict[ObjectsFormat, Callable[[], Writer]] = {
            ObjectsFormat.YOLO: lambda: DataSet(faults, outlines=False),
            ObjectsFormat.YOLO_SEGMENT: lambda: DataSet(faults, outlines=True),
            ObjectsFormat.LABELME: lambda: Documents(faults, mask_png),
            ObjectsFormat.VOC: lambda: Annotations(faults),
            ObjectsFormat.MASKS: lambda: MaskFolder(faults),
            ObjectsFormat.CUTOUTS: lambda: CutoutFolder(faults, self._pixels, cancel),
            ObjectsFormat.REFCOCO: lambda: References(faults),
        }
        return makers[kind]()


_LEFT_OUT = (
    "objects-without-place", "objects-without-outline", "objects-without-words",
    "labels-too-many", "pictures-unreadable",
)  # fmt: skip
"""Notes of an export that count objects that are not in it."""


class _Run:
    """The pictures of one export, read one by one."""

    def __init__(
        self,
        keeping: KeptObjects,
        kept: Sequence[KeptPicture],
        states: frozenset[ObjectState],
        cancel: CancelToken,
    ) -> None:
        self._keeping = keeping
        self._kept = kept
        self._states = states
        self._cancel = cancel
        self.objects = 0

    def write(
        self,
        writer: Writer,
        put: Callable[[str, bytes], object],
        copy: Callable[[NamedPicture], None] | None = None,
        *,
        beside_in: Path | None = None,
    ) -> Generator[Event, None, None]:
        paths = [self._keeping.lies_at(one) for one in self._kept]
        names = names_for(paths)
        for done, (one, path, name) in enumerate(zip(self._kept, paths, names, strict=True)):
            yield Progress(Phase.EXPORT, done, len(paths))
            self._cancel.raise_if_cancelled()
            picture = self._keeping.of_hash(one.content_hash)
            if picture is None:
                continue
            objects = tuple(each for each in picture.objects if each.state in self._states)
            self.objects += len(objects)
            named = NamedPicture(
                beside(path, beside_in) if beside_in else name,
                replace(picture, path=path, objects=objects),
            )
            for part, data in writer.add(named):
                put(part, data)
            if copy is not None:
                copy(named)
        for part, data in writer.end():
            put(part, data)
        yield Progress(Phase.EXPORT, len(paths), len(paths))


def _copier(
    folder: NewFolder, inside: str | None, faults: Faults, wanted: bool
) -> Callable[[NamedPicture], None] | None:
    """What puts copies of pictures into a folder; None where nobody wants them."""
    if inside is None or not wanted:
        return None

    def copy(one: NamedPicture) -> None:
        if not folder.copy(one.picture.path, inside + one.name):
            faults.note("pictures-absent", one.name)

    return copy


def _object_of(picture: PictureObjects, number: int) -> GroundObject:
    found = next((one for one in picture.objects if one.number == number), None)
    if found is None:
        raise NoSuchObject(path=picture.path)
    return found
