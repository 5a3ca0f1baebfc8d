"""The bench measures what it says."""

import io

from PIL import Image

from vlm_desktop.media.bench import measure_decode, photo_like_jpeg


def test_figures() -> None:
    figures = measure_decode(width=1200, height=900, repeats=3)
    assert (figures.width, figures.height) == (1200, 900)
    assert (figures.decoded_width, figures.decoded_height) == (600, 450)
    assert 0 < figures.libjpeg < 1
    assert figures.ratio == figures.pixels / figures.libjpeg > 0
    assert figures.ratio_from_disk == figures.pixels_from_disk / figures.libjpeg
    assert figures.ratio_whole == figures.whole / figures.libjpeg


def test_the_picture_has_a_cameras_bit_rate() -> None:
    data = photo_like_jpeg(800, 600)
    assert Image.open(io.BytesIO(data)).size == (800, 600)
    assert 1.0 < 8 * len(data) / (800 * 600) < 4.0
