"""The text layer of a PDF's page as words with boxes, and whether it can be trusted.

PDFium tells characters one by one, in the order of the file, with boxes in the page's own user
space; here they become words in points of the page as a person sees it, origin top left.
"""

import ctypes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from pypdfium2 import raw as pdfium_c

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.documentfiles import MOST_LAYER_WORDS, LayerVerdict, LayerWord, TextLayer
from vlm_desktop.base.types import Box
from vlm_desktop.media.text import clean_line

_MOST_CHARACTERS = 500_000
_MOST_WORD = 500
"""Characters of one word; scripts without spaces write whole lines as one."""
_MOST_OBJECTS = 20_000
_FAR = 1.5
"""A gap, in heights of the taller of two characters, beyond which a new word begins without a
space: a full stop is low, and in fonts of one width there is much room beside it."""
_LINE_HYPHEN = 2
"""What PDFium says for a hyphen at the end of a line."""
_FLAT = 0.05
"""Points: a box less wide or high than this is none."""
_STEPS = 64
_SPAN = 1000.0

_UNMAPPED_SHARE = 0.1
_ASTRAY_SHARE = 0.2
_UNSEEN_SHARE = 0.3
_INVISIBLE_SHARE = 0.5
_COVER_SHARE = 0.4
_LEAST_CONTRAST = 24
"""Of 255, between the darkest and the lightest pixel at a word's place."""


@dataclass(slots=True)
class _Character:
    text: str
    left: float
    bottom: float
    right: float
    top: float
    is_invisible: bool
    is_unmapped: bool

    @property
    def height(self) -> float:
        return self.top - self.bottom


def read_layer(
    page: pdfium.PdfPage, width: float, height: float, pixels: PixelArray | None
) -> TextLayer:
    """The words of `page`, whose visible size in points is given, and a verdict.

    `pixels` show the whole page; without them nothing is said about ink.
    """
    layer = page.get_textpage()
    try:
        count = layer.count_chars()
        words, unmapped, characters = _words(layer, min(count, _MOST_CHARACTERS))
    finally:
        layer.close()
    if not words:
        return TextLayer()
    is_cut = count > _MOST_CHARACTERS or len(words) > MOST_LAYER_WORDS
    words = words[:MOST_LAYER_WORDS]
    boxes = _seen_from_above(page, width, height, words)
    ink = _ink(boxes, width, height, pixels)
    found = tuple(
        LayerWord(text, Box(*map(float, box)), is_invisible, bool(has_ink))
        for (text, _, is_invisible), box, has_ink in zip(words, boxes, ink, strict=True)
    )
    cover = _pictures_cover(page, width, height)
    verdict, doubts = _judge(found, boxes, (width, height), unmapped / characters, cover)
    return TextLayer(found, verdict, doubts, is_cut)


_RawWord = tuple[str, tuple[float, float, float, float], bool]
"""Text, box in user space (left, bottom, right, top), whether it is drawn without ink."""


def _words(layer: pdfium.PdfTextPage, count: int) -> tuple[list[_RawWord], int, int]:
    """Words, how many characters have no meaning, and how many there are."""
    words: list[_RawWord] = []
    current: list[_Character] = []
    unmapped = total = 0
    for character in _characters(layer, count):
        if character is None:
            _close(current, words)
            continue
        total += 1
        unmapped += character.is_unmapped
        if current and (_is_apart(current[-1], character) or len(current) >= _MOST_WORD):
            _close(current, words)
        current.append(character)
        if len(words) > MOST_LAYER_WORDS:
            break
    _close(current, words)
    return words, unmapped, max(total, 1)


def _characters(layer: pdfium.PdfTextPage, count: int) -> Iterator[_Character | None]:
    """Each character, None for what parts words. Surrogates come as one character."""
    raw = layer.raw
    edges = [ctypes.c_double() for _ in range(4)]
    places = [ctypes.byref(edge) for edge in edges]
    left, right, bottom, top = edges
    room = pdfium_c.FS_RECTF()
    modes: dict[int, bool] = {}
    high = 0
    for index in range(count):
        code = pdfium_c.FPDFText_GetUnicode(raw, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        text = "-" if code == _LINE_HYPHEN else chr(code) if 0 < code < 0x110000 else "\ufffd"
        if text.isspace() or text in "\u200b\ufeff":
            yield None
            continue
        if not pdfium_c.FPDFText_GetCharBox(raw, index, *places):
            continue
        box = left.value, bottom.value, right.value, top.value
        if min(box[2] - box[0], box[3] - box[1]) < _FLAT:
            # A letter without ink, as in the fonts of OCR layers: the room it takes instead.
            if not pdfium_c.FPDFText_GetLooseCharBox(raw, index, ctypes.byref(room)):
                continue
            box = room.left, room.bottom, room.right, room.top
        yield _Character(
            text,
            *box,
            _is_invisible(raw, index, modes),
            pdfium_c.FPDFText_HasUnicodeMapError(raw, index) == 1 or _is_meaningless(text),
        )


def _is_invisible(raw: object, index: int, modes: dict[int, bool]) -> bool:
    """Whether the object that draws the character leaves no ink."""
    drawn = pdfium_c.FPDFText_GetTextObject(raw, index)
    if not drawn:
        return False
    address = ctypes.addressof(drawn.contents)
    known = modes.get(address)
    if known is None:
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(drawn)
        known = mode in (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)
        modes[address] = known
    return known


def _is_meaningless(text: str) -> bool:
    return text == "\ufffd" or unicodedata.category(text) in ("Co", "Cn", "Cc", "Cs")


def _is_apart(before: _Character, after: _Character) -> bool:
    """Whether the next character stands elsewhere although no space is said."""
    reach = _FAR * max(before.height, after.height, before.right - before.left, 1.0)
    return (
        after.left - before.right > reach
        or before.left - after.right > reach
        or after.bottom - before.top > reach
        or before.bottom - after.top > reach
    )


def _close(current: list[_Character], words: list[_RawWord]) -> None:
    text = unicodedata.normalize("NFC", "".join(one.text for one in current))
    text = clean_line("".join(map(_plain, text)), _MOST_WORD)
    if text:
        box = (
            min(one.left for one in current),
            min(one.bottom for one in current),
            max(one.right for one in current),
            max(one.top for one in current),
        )
        words.append((text, box, all(one.is_invisible for one in current)))
    current.clear()


def _plain(letter: str) -> str:
    """Ligatures and Arabic presentation forms as the letters they stand for."""
    code = ord(letter)
    if 0xFB00 <= code <= 0xFB06 or 0xFB50 <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFC:
        return unicodedata.normalize("NFKC", letter)
    return letter


def _seen_from_above(
    page: pdfium.PdfPage, width: float, height: float, words: list[_RawWord]
) -> NDArray[np.float64]:
    """Boxes [n, 4] in points of the page as seen: PDFium's own transform, taken at three points."""
    origin, along, up = (
        _to_device(page, width, height, *point) for point in ((0, 0), (_SPAN, 0), (0, _SPAN))
    )
    across = (along - origin) / _SPAN
    upward = (up - origin) / _SPAN
    raw = np.array([box for _, box, _ in words], dtype=np.float64)
    first = origin + raw[:, :1] * across + raw[:, 1:2] * upward
    last = origin + raw[:, 2:3] * across + raw[:, 3:4] * upward
    return np.concatenate([np.minimum(first, last), np.maximum(first, last)], axis=1)


def _to_device(
    page: pdfium.PdfPage, width: float, height: float, x: float, y: float
) -> NDArray[np.float64]:
    column, row = ctypes.c_int(), ctypes.c_int()
    size = (round(width * _STEPS), round(height * _STEPS))
    pdfium_c.FPDF_PageToDevice(
        page.raw, 0, 0, *size, 0, x, y, ctypes.byref(column), ctypes.byref(row)
    )
    return np.array([column.value * width / size[0], row.value * height / size[1]])


def _ink(
    boxes: NDArray[np.float64], width: float, height: float, pixels: PixelArray | None
) -> NDArray[np.bool_]:
    """Whether something is seen at each box: paper of one colour is none."""
    if pixels is None:
        return np.ones(len(boxes), dtype=np.bool_)
    rows, columns = pixels.shape[:2]
    scale = np.array([columns / width, rows / height] * 2)
    low = np.floor(boxes * scale)[:, :2].clip(0, [columns, rows]).astype(int)
    high = np.ceil(boxes * scale)[:, 2:].clip(0, [columns, rows]).astype(int)
    found = np.zeros(len(boxes), dtype=np.bool_)
    for index, ((left, top), (right, bottom)) in enumerate(zip(low, high, strict=True)):
        # A word may be as large as the page, and there may be many such: a thousand pixels do.
        step_x, step_y = 1 + (right - left) // 256, 1 + (bottom - top) // 64
        part = pixels[top:bottom:step_y, left:right:step_x]
        found[index] = part.size > 0 and int(np.ptp(part.max(axis=2))) >= _LEAST_CONTRAST
        if part.size and not found[index]:
            found[index] = int(np.ptp(part.reshape(-1, 3), axis=0).max()) >= _LEAST_CONTRAST
    return found


def _pictures_cover(page: pdfium.PdfPage, width: float, height: float) -> float:
    """Share of the page under its pictures, overlaps counted twice, at most 1."""
    area = 0.0
    for number, drawn in enumerate(
        page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=4)
    ):
        if number >= _MOST_OBJECTS:
            break
        left, bottom, right, top = drawn.get_bounds()
        area += max(0.0, right - left) * max(0.0, top - bottom)
    return min(1.0, area / (width * height))


def _judge(
    words: tuple[LayerWord, ...],
    boxes: NDArray[np.float64],
    size: tuple[float, float],
    unmapped: float,
    cover: float,
) -> tuple[LayerVerdict, tuple[str, ...]]:
    extent = boxes[:, 2:] - boxes[:, :2]
    middle = (boxes[:, 2:] + boxes[:, :2]) / 2
    outside = ((middle < 0) | (middle > size)).any(axis=1)
    unseen = np.array([not word.has_ink for word in words]) & ~outside
    reasons = {
        "unmapped": unmapped > _UNMAPPED_SHARE,
        "flat": bool((extent <= 0).all(axis=1).mean() > _ASTRAY_SHARE),
        "outside": bool(outside.mean() > _ASTRAY_SHARE),
        "unseen": bool(unseen.mean() > _UNSEEN_SHARE),
    }
    doubts = [code for code, holds in reasons.items() if holds]
    if doubts:
        return LayerVerdict.INSANE, tuple(doubts)
    covered = cover > _COVER_SHARE
    remarks = [code for code, holds in (("unseen", unseen.any()), ("pictures", covered)) if holds]
    if np.mean([word.is_invisible for word in words]) > _INVISIBLE_SHARE:
        return LayerVerdict.SCAN, tuple(remarks)
    return LayerVerdict.MIXED if covered else LayerVerdict.SANE, tuple(remarks)
