"""Pixels for exports and imports: what is cut out of pictures, and masks that are pictures."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.grounderrors import NoSuchObject
from vlm_desktop.base.grounding import GroundObject, PictureObjects, file_hash, page_of
from vlm_desktop.base.masks import Bits
from vlm_desktop.base.types import DecodedPage, DecodeRequest, Size
from vlm_desktop.engine.ground.formats.cutouts import INDEX, area_of, file_name, mask_of, opacity
from vlm_desktop.engine.ground.formats.exchange import Faults, NamedPicture, json_bytes
from vlm_desktop.engine.ground.formats.masks import ReadMask
from vlm_desktop.engine.ground.formats.rows import row
from vlm_desktop.engine.ground.keeping import KeptObjects
from vlm_desktop.engine.viewing import Viewer
from vlm_desktop.media.maskpictures import cutout_png

_WHOLE = 1 << 20
"""A shorter side, in pixels, that no picture has: nothing is made smaller."""
_HALF = 127


class ObjectPixels:
    """Reads pictures at their full size, by a decoder process. Any thread."""

    def __init__(self, keeping: KeptObjects, viewer: Viewer) -> None:
        self._keeping = keeping
        self._viewer = viewer

    def cutout(self, picture: PictureObjects, one: GroundObject, cancel: CancelToken) -> bytes:
        """A PNG of an object. Raises NoSuchObject, MediaRefused, DecoderUnavailable, Cancelled."""
        mask = mask_of(one, picture.size)
        if mask is None:
            raise NoSuchObject(path=picture.path)
        path = self._keeping.lies_at(picture)
        page = max(1, page_of(picture.content_hash))
        request = DecodeRequest(path, _WHOLE, 0, page=page, region=area_of(mask))
        decoded = self._viewer.decode(request, cancel)
        if decoded.content_hash != file_hash(picture.content_hash):
            raise MediaRefused(path=path, reason=Refusal.CHANGING)
        height, width = mask.bits.shape
        pixels = _part(decoded.pages[0], mask.left, mask.top, width, height)
        if pixels is None:
            raise MediaRefused(path=path, reason=Refusal.TOO_MANY_PIXELS)
        return cutout_png(pixels, opacity(mask.bits))

    def mask_reader(self, folder: Path, cancel: CancelToken) -> ReadMask:
        """What reads masks below a folder, and nothing elsewhere."""
        top = folder.resolve()

        def read(name: str, size: Size) -> Bits | None:
            inner = PurePosixPath(name.replace("\\", "/"))
            if inner.is_absolute() or ".." in inner.parts or "\0" in name:
                return None
            path = folder / inner
            if not path.resolve().is_relative_to(top):
                return None
            try:
                decoded = self._viewer.decode(DecodeRequest(path, _WHOLE, 0), cancel)
            except MediaRefused:
                return None
            pixels = decoded.pages[0].pixels
            return (
                pixels[:, :, 0] > _HALF if pixels.shape[:2] == (size.height, size.width) else None
            )

        return read


class CutoutFolder:
    """Writes a PNG for each object, and a line for each. Objects without a mask, an outline or a
    box are left out, and those of pictures that cannot be read."""

    def __init__(self, faults: Faults, pixels: ObjectPixels, cancel: CancelToken) -> None:
        self._faults = faults
        self._pixels = pixels
        self._cancel = cancel
        self._lines: list[bytes] = []

    def add(self, one: NamedPicture) -> Iterator[tuple[str, bytes]]:
        for each in one.picture.objects:
            try:
                data = self._pixels.cutout(one.picture, each, self._cancel)
            except NoSuchObject:
                self._faults.note("objects-without-place", one.name)
                continue
            except MediaRefused:
                self._faults.note("pictures-unreadable", one.name)
                continue
            name = file_name(one, each)
            yield name, data
            said = row(one, each, unnamed=True) or {}
            self._lines.append(json_bytes({"file": name, **said}) + b"\n")

    def end(self) -> Iterator[tuple[str, bytes]]:
        yield INDEX, b"".join(self._lines)


def _part(page: DecodedPage, left: int, top: int, width: int, height: int) -> PixelArray | None:
    """The pixels of a part of a picture, out of what was decoded; None where that is smaller."""
    across, down = (page.region.x0, page.region.y0) if page.region else (0.0, 0.0)
    shown_width = page.region.x1 - page.region.x0 if page.region else page.size.width
    shown_height = page.region.y1 - page.region.y0 if page.region else page.size.height
    if page.pixels.shape[:2] != (round(shown_height), round(shown_width)):
        return None
    x, y = left - round(across), top - round(down)
    part: PixelArray = page.pixels[y : y + height, x : x + width]
    return part if part.shape[:2] == (height, width) else None
