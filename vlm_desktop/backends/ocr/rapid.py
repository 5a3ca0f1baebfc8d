"""The text reader: PP-OCRv6 from the rapidocr wheel on ONNX Runtime, strictly offline.

rapidocr downloads models it does not find, so each model is named by its path in the wheel
and looked for first. Detection runs on a reduced picture, recognition on crops of the full
one. Which way up the page lies is found here (the wheel turns single lines only).
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import rapidocr
from numpy.typing import NDArray
from omegaconf import OmegaConf
from PIL import Image
from rapidocr.ch_ppocr_det import TextDetector
from rapidocr.ch_ppocr_rec import TextRecInput, TextRecognizer
from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError
from rapidocr.utils.process_img import get_rotate_crop_image

from vlm_desktop.backends.ocr import layout
from vlm_desktop.backends.ocr.decoding import TraceDecoder
from vlm_desktop.backends.ocr.spacing import LineText, line_text
from vlm_desktop.backends.runtime import ERRORS, first_line, session_options
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.errors import ModelBroken
from vlm_desktop.base.ocrtext import ReadLine, ReadPicture, ReadWord
from vlm_desktop.base.types import Box, OcrLine

MODEL_ID = "rapidocr"
_DETECTOR = "PP-OCRv6_det_small.onnx"
_RECOGNISER = "PP-OCRv6_rec_small.onnx"
LOOK_PIXELS = 640 * 480
"""Pixels of the picture in the first look, which only asks whether there is text."""
READ_PIXELS = 1_800_000
"""Pixels of the picture in which lines are found."""
LEAST_CONFIDENCE = 0.5
LEAST_CONFIDENCE_ALONE = 0.8
"""A single character is more often a stripe or a leaf than a text."""
_SURE = 0.85
"""Mean confidence of the sample above which the page is taken to be the right way up."""
_HALF_READ = 0.45
_SAMPLE = 5
_SECOND_SAMPLE = 25
_STEP = 32
_SMALLEST_SIDE = 8
_WIDEST = 8
_LINE_HEIGHT = 48
_UNLIMITED = 1 << 30
_LIBRARY_ERRORS: tuple[type[Exception], ...] = (*ERRORS, ONNXRuntimeError, OSError)


class RapidReader:
    """Reads printed text in Latin and Chinese script. One reader per thread; not thread-safe.

    `look_pixels` is the size of a quick first look that spares photos without text the full
    reading; 0 looks at every picture closely. `threads` is the number
    of threads of one network (0: ONNX Runtime decides). `models` holds the ONNX files; by
    default those in the rapidocr wheel.

    Raises `ModelBroken` when a file is missing or does not load. Nothing is ever fetched.
    """

    def __init__(
        self,
        *,
        threads: int = 0,
        look_pixels: int = LOOK_PIXELS,
        repair_spaces: bool = True,
        models: Path | None = None,
    ) -> None:
        self._look_pixels = look_pixels
        self._repair_spaces = repair_spaces
        self._detector, self._recogniser = open_networks(models, threads)
        self._recogniser.postprocess_op = TraceDecoder(self._recogniser.postprocess_op.character)

    def read(self, image: PixelArray) -> tuple[OcrLine, ...]:
        """Lines in reading order, boxes in pixels of `image`, whichever way up the page lies."""
        height, width = image.shape[:2]
        _, found = self._read(image)
        return tuple(
            OcrLine(text.text, layout.bounding_box(quad, width, height), text.confidence)
            for quad, text in found
        )

    def read_words(self, image: PixelArray) -> ReadPicture:
        """Lines in reading order with the place of each word, and how the page stands upright."""
        turns, found = self._read(image)
        return ReadPicture(turns, tuple(_with_words(quad, text) for quad, text in found))

    def read_at(self, image: PixelArray, boxes: Sequence[Box]) -> tuple[ReadLine, ...]:
        """What stands in each box of an upright picture; a line without words for nothing."""
        picture = np.ascontiguousarray(image[..., ::-1])
        quads = [layout.quad_of_box(box) for box in boxes]
        texts = self._recognise([_crop(picture, quad) for quad in quads])
        return tuple(
            _with_words(quad, text if text.confidence >= LEAST_CONFIDENCE else LineText("", 0.0))
            for quad, text in zip(quads, texts, strict=True)
        )

    def _read(self, image: PixelArray) -> tuple[int, list[tuple[NDArray[np.float32], LineText]]]:
        """Quarter turns that set the picture upright; lines and their quads in pixels of it."""
        height, width = image.shape[:2]
        if min(height, width) < _SMALLEST_SIDE:
            return 0, []
        picture, margin = _pad_strip(np.ascontiguousarray(image[..., ::-1]))
        quads = self._find(picture)
        if not len(quads):
            return 0, []
        turns, texts = self._upright(picture, quads)
        if turns:
            picture = np.ascontiguousarray(np.rot90(picture, turns))
            quads = self._detect_closely(picture)
            texts = {}
        rest = [i for i in range(len(quads)) if i not in texts]
        read = self._recognise([_crop(picture, quads[i]) for i in rest])
        texts |= dict(zip(rest, read, strict=True))
        in_order = [texts[i] for i in range(len(quads))]
        ordered = _kept_lines(quads, in_order, picture.shape[1], picture.shape[0])
        found = []
        for quad, text in ordered:
            upright = layout.quads_before_turn(quad[None], turns, width, height + 2 * margin)[0]
            upright[:, 1] -= margin
            found.append((upright, text))
        return turns, found

    def close(self) -> None:
        """Free the networks."""
        self._detector = None
        self._recogniser = None

    def _find(self, picture: PixelArray) -> NDArray[np.float32]:
        """Quads of text lines [n, 4, 2] in pixels of `picture`; empty after a vain first look."""
        scale = scale_to(picture, READ_PIXELS)
        look = scale_to(picture, self._look_pixels)
        if self._look_pixels and look < scale and not self._promising(picture, look):
            return _NO_QUADS
        return self._detect_closely(picture)

    def _promising(self, picture: PixelArray, scale: float) -> bool:
        """Whether a quick look finds a line that reads as more than one character.

        Leaves, fences and fur look like lines to the detector; reading the longest few costs
        a tenth of looking at the whole picture closely. Upside down is no hindrance: letters
        that stand on their head still read as something.
        """
        quads = self._detect(picture, scale)
        widths, heights = layout.quad_sides(quads)
        longest = np.argsort(-np.maximum(widths, heights))[:_SAMPLE]
        texts = self._recognise([_crop(picture, quads[i]) for i in longest])
        return any(len(t.text) > 1 and t.confidence >= _HALF_READ for t in texts)

    def _detect_closely(self, picture: PixelArray) -> NDArray[np.float32]:
        """Lines of the whole picture; a long strip that is too big to be looked at as it is, is
        looked at piece by piece: made smaller, its letters would not be seen."""
        scale = scale_to(picture, READ_PIXELS)
        if scale == 1:
            return self._detect(picture, scale)
        found = []
        for piece in layout.pieces_of(picture.shape[1], picture.shape[0]):
            part = picture[piece.top : piece.bottom, piece.left : piece.right]
            quads = self._detect(part, scale_to(part, READ_PIXELS))
            quads = quads + np.array([piece.left, piece.top], dtype=np.float32)
            found.append(quads[piece.owns(quads.mean(axis=1))])
        return np.concatenate(found)

    def _detect(self, picture: PixelArray, scale: float) -> NDArray[np.float32]:
        height, width = picture.shape[:2]
        small = reduced(picture, scale)
        small_height, small_width = small.shape[:2]
        assert self._detector is not None, "the reader is closed"
        try:
            found = self._detector(small)
        except _LIBRARY_ERRORS as error:
            raise ModelBroken(model=MODEL_ID, detail=first_line(error)) from error
        if found.boxes is None or not len(found.boxes):
            return _NO_QUADS
        factors = np.array([width / small_width, height / small_height], dtype=np.float32)
        return np.asarray(found.boxes, dtype=np.float32) * factors

    def _upright(
        self, picture: PixelArray, quads: NDArray[np.float32]
    ) -> tuple[int, dict[int, LineText]]:
        """How many quarter turns counter-clockwise set the page upright, and what was read.

        The run of the lines leaves two answers, half a turn apart: the longest few lines are
        read, and, when that goes badly, read upside down as well; then some more of them.
        """
        sideways = int(layout.mostly_tall(quads))
        widths, heights = layout.quad_sides(quads)
        longest = [int(i) for i in np.argsort(-np.maximum(widths, heights))]
        as_is: dict[int, LineText] = {}
        flipped: list[LineText] = []
        for sample in (longest[:_SAMPLE], longest[_SAMPLE:_SECOND_SAMPLE]):
            crops = [_crop(picture, quads[i]) for i in sample]
            as_is |= dict(zip(sample, self._recognise(crops), strict=True))
            standing = _mean_confidence(list(as_is.values()))
            if standing >= _SURE:
                return sideways, as_is
            flipped += self._recognise([np.rot90(crop, 2) for crop in crops])
            fallen = _mean_confidence(flipped)
            if max(standing, fallen) >= _SURE:
                break
        return sideways + (2 if fallen > standing else 0), as_is

    def _recognise(self, crops: Sequence[PixelArray]) -> list[LineText]:
        if not crops:
            return []
        assert self._recogniser is not None, "the reader is closed"
        try:
            read = self._recogniser(
                TextRecInput(img=[_line_sized(crop) for crop in crops], return_word_box=True)
            )
        except _LIBRARY_ERRORS as error:
            raise ModelBroken(model=MODEL_ID, detail=first_line(error)) from error
        return [
            line_text(trace, crop, repair_spaces=self._repair_spaces)
            for trace, crop in zip(read.word_results, crops, strict=True)
        ]


def open_networks(models: Path | None, threads: int) -> tuple[Any, Any]:
    """rapidocr's detector, which takes pictures as large as they come, and its recogniser.

    Raises `ModelBroken`.
    """
    folder = models if models is not None else Path(rapidocr.__file__).parent / "models"
    for name in (_DETECTOR, _RECOGNISER):
        if not (folder / name).is_file():
            raise ModelBroken(model=MODEL_ID, detail=f"{folder / name} is missing")
    _silence()
    try:
        defaults = rapidocr.RapidOCR(params={"Global.log_level": "critical"}).cfg
        detector = TextDetector(_section(defaults.Det, folder / _DETECTOR, threads))
        recogniser = TextRecognizer(_section(defaults.Rec, folder / _RECOGNISER, threads))
    except _LIBRARY_ERRORS as error:
        raise ModelBroken(model=MODEL_ID, detail=first_line(error)) from error
    detector.limit_type, detector.limit_side_len = "max", _UNLIMITED
    return detector, recogniser


def _section(defaults: Any, model: Path, threads: int) -> Any:
    """One network's part of rapidocr's configuration, with a session that we opened.

    Without a memory arena: every picture has another shape, and the arena keeps room for each.
    """
    options = session_options(threads)
    options.enable_cpu_mem_arena = False
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    values: Any = OmegaConf.to_container(defaults)
    section: Any = OmegaConf.create(values, flags={"allow_objects": True})
    section.update(session=session, font_path=None)
    return section


def _crop(picture: PixelArray, quad: NDArray[np.float32]) -> PixelArray:
    """The line within `quad`, straightened; a tall one is turned counter-clockwise to lie flat."""
    return np.asarray(get_rotate_crop_image(picture, quad.copy()))


def _line_sized(crop: PixelArray) -> PixelArray:
    """Crops of big letters are reduced smoothly: the recogniser's own resize would alias."""
    height, width = crop.shape[:2]
    if height <= 2 * _LINE_HEIGHT:
        return np.ascontiguousarray(crop)
    return _resize(crop, max(1, round(width * _LINE_HEIGHT / height)), _LINE_HEIGHT)


def reduced(picture: PixelArray, scale: float) -> PixelArray:
    """The picture at a scale, each side a multiple of what the detector halves."""
    height, width = picture.shape[:2]
    small_height = max(_STEP, round(height * scale / _STEP) * _STEP)
    small_width = max(_STEP, round(width * scale / _STEP) * _STEP)
    return _resize(picture, small_width, small_height)


def _resize(picture: PixelArray, width: int, height: int) -> PixelArray:
    if picture.shape[:2] == (height, width):
        return picture
    resized = Image.fromarray(picture).resize(
        (width, height), Image.Resampling.BILINEAR, reducing_gap=2.0
    )
    return np.asarray(resized)


def scale_to(picture: PixelArray, pixels: int) -> float:
    """The factor, at most 1, that brings the picture down to so many pixels."""
    height, width = picture.shape[:2]
    return min(1.0, float(np.sqrt(pixels / (height * width))))


def _pad_strip(picture: PixelArray) -> tuple[PixelArray, int]:
    """A strip gets a margin above and below: the detector misses text that touches the rim."""
    height, width = picture.shape[:2]
    if height >= _STEP and width <= _WIDEST * height:
        return picture, 0
    margin = max(_STEP, width // _WIDEST) // 2
    return np.pad(picture, ((margin, margin), (0, 0), (0, 0)), mode="edge"), margin


def _mean_confidence(texts: Sequence[LineText]) -> float:
    """Weighted by length: a lone character proves little."""
    letters = sum(len(text.text) for text in texts)
    return sum(t.confidence * len(t.text) for t in texts) / letters if letters else 0.0


def _kept_lines(
    quads: NDArray[np.float32], texts: Sequence[LineText], width: int, height: int
) -> list[tuple[NDArray[np.float32], LineText]]:
    """Believable lines in reading order."""
    kept = [
        (quad, text)
        for quad, text in zip(quads, texts, strict=True)
        if text.text
        and text.confidence >= (LEAST_CONFIDENCE if len(text.text) > 1 else LEAST_CONFIDENCE_ALONE)
    ]
    boxes = [layout.bounding_box(quad, width, height) for quad, _ in kept]
    return [kept[i] for i in layout.reading_order(boxes)]


def _with_words(quad: NDArray[np.float32], text: LineText) -> ReadLine:
    """Each word's part of the line's quad, which is drawn in to the height of the ink."""
    line = layout.part_of_quad(layout.quad_as_read(quad), 0.0, 1.0, text.top, text.bottom)
    words = [
        ReadWord(
            word.text,
            layout.as_quad(layout.part_of_quad(line, word.start, word.end)),
            word.confidence,
            word.characters,
            word.mended,
        )
        for word in text.words
    ]
    return ReadLine(layout.as_quad(line), tuple(words))


def _silence() -> None:
    """rapidocr writes to stderr through a handler of its own; the program's log is enough."""
    logger = logging.getLogger("RapidOCR")
    logger.handlers.clear()
    logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.CRITICAL)


_NO_QUADS: NDArray[np.float32] = np.zeros((0, 4, 2), dtype=np.float32)
