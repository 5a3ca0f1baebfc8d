"""The text reader on drawn pages and on real receipts, with the network shut off."""

import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
import rapidocr
from PIL import Image, ImageDraw, ImageFont

from vlm_desktop.backends.ocr.rapid import RapidReader
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.errors import ModelBroken
from vlm_desktop.base.types import OcrLine

TEXT = (
    "Blue harbour boats at dawn",
    "leave the old stone pier",
    "while seven gulls look on",
    "and nobody says a word",
)


@pytest.fixture(autouse=True, scope="module")
def network_off() -> Iterator[None]:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("the reader asked for the network")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        yield


@pytest.fixture(scope="module")
def reader(network_off: None) -> Iterator[RapidReader]:
    made = RapidReader(threads=1)
    yield made
    made.close()


def page(lines: tuple[str, ...] = TEXT, *, size: int = 26, width: int = 520) -> PixelArray:
    image = Image.new("RGB", (width, (len(lines) + 1) * size * 2), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size)
    for row, line in enumerate(lines):
        draw.text((40, size + row * size * 2), line, fill=(20, 20, 40), font=font)
    return np.asarray(image)


def words(lines: tuple[OcrLine, ...]) -> list[str]:
    return " ".join(line.text for line in lines).split()


def test_a_page_is_read_in_order_with_boxes(reader: RapidReader) -> None:
    lines = reader.read(page())
    assert tuple(line.text for line in lines) == TEXT
    tops = [line.box.y0 for line in lines]
    assert tops == sorted(tops)
    for row, line in enumerate(lines):
        assert abs(line.box.x0 - 40) < 12
        assert line.box.y0 < 26 + row * 52 + 13 < line.box.y1
        assert line.confidence > 0.9


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_the_page_may_lie_any_way_up(reader: RapidReader, turns: int) -> None:
    upright = page()
    turned = np.rot90(upright, turns)
    lines = reader.read(turned)
    assert tuple(line.text for line in lines) == TEXT
    first = lines[0].box
    height, width = turned.shape[:2]
    inside = turned[int(first.y0) : int(first.y1), int(first.x0) : int(first.x1)]
    assert (inside < 128).any(), "the box lies where the ink is"
    corner = {
        1: (first.x0 < width / 4, first.y1 > height * 0.8),
        2: (first.x1 > width * 0.8, first.y1 > height * 0.8),
        3: (first.x1 > width * 0.8, first.y0 < height / 4),
    }
    assert all(corner[turns]), first


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_small_text_on_a_big_page_survives_the_first_look(reader: RapidReader, turns: int) -> None:
    big = np.full((1500, 1500, 3), 255, dtype=np.uint8)
    small = page(size=22)
    big[200 : 200 + small.shape[0], 300 : 300 + small.shape[1]] = small
    lines = reader.read(np.rot90(big, turns))
    assert tuple(line.text for line in lines) == TEXT


def test_a_picture_without_text_gives_nothing(reader: RapidReader) -> None:
    ramp = np.linspace(40, 200, 900, dtype=np.uint8)
    picture = np.broadcast_to(ramp[None, :, None], (700, 900, 3))
    assert reader.read(picture) == ()


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (400, 3), (32, 32), (9, 2000)])
def test_tiny_and_thin_pictures_are_no_trouble(reader: RapidReader, shape: tuple[int, int]) -> None:
    assert reader.read(np.full((*shape, 3), 127, dtype=np.uint8)) == ()


def test_a_strip_is_read_although_its_text_touches_the_rim(reader: RapidReader) -> None:
    strip = page((TEXT[0],), size=24)[20:56]
    lines = reader.read(strip)
    assert words(lines) == TEXT[0].split()
    assert lines[0].box.y0 >= 0
    assert lines[0].box.y1 <= strip.shape[0]


def test_the_input_is_left_alone(reader: RapidReader) -> None:
    picture = page()
    before = picture.copy()
    picture.flags.writeable = False
    reader.read(picture)
    assert np.array_equal(picture, before)


def test_a_missing_model_is_said_and_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(ModelBroken) as caught:
        RapidReader(models=tmp_path)
    assert "PP-OCRv6_det_small.onnx" in str(caught.value)


def test_an_altered_model_is_said(tmp_path: Path) -> None:
    for file in (Path(rapidocr.__file__).parent / "models").glob("PP-OCRv6*.onnx"):
        (tmp_path / file.name).write_bytes(b"not a network")
    with pytest.raises(ModelBroken):
        RapidReader(models=tmp_path)


def test_nothing_is_written_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    reader = RapidReader(threads=1)
    reader.read(page())
    reader.read(np.zeros((64, 64, 3), dtype=np.uint8))
    reader.close()
    written = capfd.readouterr()
    assert (written.out, written.err) == ("", "")


def _upper(text: str) -> str:
    return text.upper()


@pytest.mark.parametrize("receipt", ["035", "341", "566"])
def test_receipts_are_read_and_their_spaces_repaired(
    reader: RapidReader, shared_data: Path, receipt: str
) -> None:
    folder = shared_data / "sroie_receipts"
    truth: Counter[str] = Counter()
    for row in (folder / "box" / f"{receipt}.csv").read_text(encoding="utf-8").splitlines():
        truth.update(_upper(row.split(",", 8)[8]).split())
    with Image.open(folder / "images" / f"{receipt}.jpg") as image:
        pixels = np.asarray(image.convert("RGB"))

    def recall(lines: tuple[OcrLine, ...]) -> float:
        read = Counter(_upper(" ".join(line.text for line in lines)).split())
        return sum((truth & read).values()) / sum(truth.values())

    plain = RapidReader(threads=1, repair_spaces=False)
    repaired = recall(reader.read(pixels))
    assert repaired > 0.85
    assert repaired >= recall(plain.read(pixels))
    plain.close()
