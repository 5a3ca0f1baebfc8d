"""rapidocr by itself, to measure our reading against (`bench ocr`)."""

import time
from typing import Any

import numpy as np
import rapidocr
from PIL import Image, ImageDraw, ImageFont
from rapidocr.ch_ppocr_rec import TextRecInput
from rapidocr.utils.process_img import get_rotate_crop_image

from vlm_desktop.backends.ocr.rapid import READ_PIXELS, open_networks, reduced, scale_to
from vlm_desktop.base.arrays import PixelArray

_PAGES = 4
_WORDS = (
    "Invoice Number Date Total Amount Customer Address Street Order Quantity Price Discount "
    "Payment Delivery Account Reference Service Product Description Subtotal Balance"
)


class BareReader:
    """The same networks as `RapidReader`, run as rapidocr runs them; texts are thrown away.

    `detect_and_recognise` gives both networks what our reader gives them; `wheel` is the wheel's
    own pipeline with its own settings, without its turning of single lines. Both return seconds.
    """

    def __init__(self) -> None:
        self._detector, self._recogniser = open_networks(None, 0)
        self._wheel: Any = rapidocr.RapidOCR(
            params={"Global.log_level": "critical", "Global.use_cls": False}
        )

    def detect_and_recognise(self, image: PixelArray) -> float:
        started = time.perf_counter()
        picture = np.ascontiguousarray(image[..., ::-1])
        small = reduced(picture, scale_to(picture, READ_PIXELS))
        found = self._detector(small).boxes
        if found is not None and len(found):
            factors = np.array(picture.shape[1::-1]) / np.array(small.shape[1::-1])
            quads = (np.asarray(found) * factors).astype(np.float32)
            crops = [get_rotate_crop_image(picture, quad) for quad in quads]
            self._recogniser(TextRecInput(img=crops))
        return time.perf_counter() - started

    def wheel(self, image: PixelArray) -> float:
        started = time.perf_counter()
        self._wheel(np.ascontiguousarray(image[..., ::-1]))
        return time.perf_counter() - started


def drawn_pages() -> list[PixelArray]:
    """Pages like invoices, drawn for the purpose."""
    return [_page(seed) for seed in range(_PAGES)]


def _page(seed: int) -> PixelArray:
    random = np.random.default_rng(seed)
    picture = Image.new("RGB", (1_654, 2_339), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(30)
    for row in range(38):
        y = 120 + 54 * row
        words = " ".join(random.choice(_WORDS.split(), size=int(random.integers(2, 7))))
        draw.text((120, y), words, fill="black", font=font)
        draw.text((1_300, y), f"{random.integers(1, 99_999) / 100:.2f}", fill="black", font=font)
        if row % 6 == 0:
            draw.line((110, y - 10, 1_540, y - 10), fill="black", width=2)
    return np.asarray(picture)
