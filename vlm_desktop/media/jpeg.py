"""Half a JPEG that pretends to be whole."""

import io

from PIL import Image, JpegImagePlugin

_GREY = (128, 128)
_END = b"\xff\xd9"
_FILLER = bytes(range(1, 251)) * 256  # any bytes but 0xFF: Huffman codes without a marker


def is_cut_off(data: bytes | None, image: JpegImagePlugin.JpegImageFile) -> bool:
    """Whether the lower part of a decoded picture was not in the file.

    Where the coded data end before the picture does, libjpeg goes on in exact mid-grey and
    only warns, which Pillow does not pass on. So when the last row is nothing but that grey,
    decode again with rubbish put between data and end marker: a whole picture is complete
    before it gets there, a cut one shows the rubbish.
    """
    if data is None or image.mode not in ("L", "RGB") or not _ends_in_grey(image):
        return False
    again = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    assert again.fp is not None
    end = data.find(_END, again.fp.tell())
    if end < 0:
        return False
    again = JpegImagePlugin.JpegImageFile(io.BytesIO(data[:end] + _FILLER + _END))
    if again.size != image.size:
        again.draft(None, image.size)
    try:
        again.load()
    except OSError:
        return True
    return again.tobytes() != image.tobytes()


def _ends_in_grey(image: Image.Image) -> bool:
    row = image.crop((0, image.height - 1, image.width, image.height))
    return all(band.getextrema() == _GREY for band in row.split())
