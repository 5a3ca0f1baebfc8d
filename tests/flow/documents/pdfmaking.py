"""PDFs for tests: pages of drawn text, scans, and everything a hostile sender thinks of."""

import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw, ImageFont

A4 = (595, 842)


def escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def drawn(*lines: tuple[float, float, str], size: float = 12, mode: int = 0) -> bytes:
    """A content stream with texts whose baselines begin at (x, y) of user space."""
    parts = [
        f"BT /F1 {size} Tf {mode} Tr {x} {y} Td ({escaped(text)}) Tj ET" for x, y, text in lines
    ]
    return "\n".join(parts).encode("latin-1")


def pdf_of(
    contents: Sequence[bytes], size: tuple[float, float] = A4, **page_keys: object
) -> pikepdf.Pdf:
    """A document with a page for each content stream, with Helvetica as /F1."""
    document = pikepdf.new()
    font = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1,
                           BaseFont=pikepdf.Name.Helvetica, Encoding=pikepdf.Name.WinAnsiEncoding)
    )  # fmt: skip
    for content in contents:
        document.add_blank_page(page_size=size)
        page = document.pages[-1]
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(content)
        for key, value in page_keys.items():
            page[f"/{key}"] = value
    return document


def picture_of(
    lines: Sequence[tuple[int, int, str]], size: tuple[int, int] = (1240, 1754)
) -> Image.Image:
    """A scanned page: black words on white, at 150 dpi."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=36)
    for x, y, text in lines:
        draw.text((x, y), text, "black", font=font)
    return image


def with_picture(document: pikepdf.Pdf, number: int, image: Image.Image) -> None:
    """Lay a JPEG over the whole page, under what is drawn there."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    page = document.pages[number - 1]
    stream = document.make_stream(
        buffer.getvalue(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image,
        Width=image.width, Height=image.height, ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    page.Resources.XObject = pikepdf.Dictionary(Im0=stream)
    width, height = (float(edge) for edge in list(page.MediaBox)[2:])
    under = f"q {width} 0 0 {height} 0 0 cm /Im0 Do Q\n".encode()
    page.Contents = document.make_stream(under + page.Contents.read_bytes())


def saved(document: pikepdf.Pdf, path: Path, **options: object) -> Path:
    document.save(path, **options)  # type: ignore[arg-type]
    return path
