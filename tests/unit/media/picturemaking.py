"""Small pictures and tag blocks for the media tests, made on the spot."""

import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.types import DecodedFile, DecodeLimits, DecodeRequest, RefusedFile
from vlm_desktop.media.decode import decode_file

LIMITS = DecodeLimits()


def picture(width: int = 320, height: int = 240) -> Image.Image:
    """Four flat quarters (red, green / blue, yellow): any turn or mirroring shows."""
    image = Image.new("RGB", (width, height))
    half_width, half_height = width // 2, height // 2
    for at, colour in {
        (0, 0): (220, 30, 30),
        (half_width, 0): (30, 200, 30),
        (0, half_height): (30, 30, 210),
        (half_width, half_height): (220, 210, 40),
    }.items():
        image.paste(colour, (*at, at[0] + half_width, at[1] + half_height))
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(path: Path, **wish: int) -> DecodedFile:
    """Decode or fail the test with the reason."""
    outcome = decode_file(DecodeRequest(path, **wish), LIMITS)
    assert isinstance(outcome, DecodedFile), outcome
    return outcome


def refused(path: Path, limits: DecodeLimits = LIMITS) -> RefusedFile:
    outcome = decode_file(DecodeRequest(path), limits)
    assert isinstance(outcome, RefusedFile), outcome
    return outcome


def quarters(pixels: PixelArray) -> list[tuple[int, int, int]]:
    """The colours in the middle of the four quarters, in reading order."""
    height, width = pixels.shape[:2]
    return [
        tuple(int(value) for value in pixels[height * y // 4, width * x // 4])
        for y in (1, 3)
        for x in (1, 3)
    ]


def difference(pixels: PixelArray, expected: Image.Image) -> float:
    """Mean absolute difference, in levels of 255."""
    other = np.asarray(expected.convert("RGB"), dtype=np.int16)
    assert pixels.shape == other.shape
    return float(np.abs(pixels.astype(np.int16) - other).mean())


def tiff_structure(entries: dict[int, tuple[int, int, bytes]], order: str = "<") -> bytes:
    """A TIFF structure with one directory of (type, count, data) entries."""
    mark = b"II*\x00" if order == "<" else b"MM\x00*"
    start = 8 + 2 + 12 * len(entries) + 4
    directory, values = struct.pack(f"{order}H", len(entries)), b""
    for tag, (kind, count, data) in sorted(entries.items()):
        if len(data) <= 4:
            field = data.ljust(4, b"\x00")
        else:
            field = struct.pack(f"{order}I", start + len(values))
            values += data + b"\x00" * (len(data) % 2)
        directory += struct.pack(f"{order}HHI", tag, kind, count) + field
    return mark + struct.pack(f"{order}I", 8) + directory + b"\x00" * 4 + values


def xmp_packet(body: str, attributes: str = "") -> bytes:
    """An XMP packet around the properties of one rdf:Description."""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
  xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:xmp="http://ns.adobe.com/xap/1.0/"
  xmlns:exif="http://ns.adobe.com/exif/1.0/"
  xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"
  xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
  xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
  xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0/"
  xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
  {attributes}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()


def bag(name: str, *words: str) -> str:
    items = "".join(f"<rdf:li>{word}</rdf:li>" for word in words)
    return f"<{name}><rdf:Bag>{items}</rdf:Bag></{name}>"


def alternatives(name: str, **texts: str) -> str:
    items = "".join(
        f'<rdf:li xml:lang="{language.replace("_", "-")}">{text}</rdf:li>'
        for language, text in texts.items()
    )
    return f"<{name}><rdf:Alt>{items}</rdf:Alt></{name}>"


def iptc_record(*fields: tuple[int, int, bytes]) -> bytes:
    return b"".join(
        bytes((0x1C, record, number)) + len(value).to_bytes(2, "big") + value
        for record, number, value in fields
    )


def photoshop_block(iptc: bytes) -> bytes:
    """An APP13 segment that holds an IPTC record."""
    resource = b"8BIM\x04\x04\x00\x00" + len(iptc).to_bytes(4, "big") + iptc
    body = b"Photoshop 3.0\x00" + resource + b"\x00" * (len(iptc) % 2)
    return b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body


def app1(body: bytes) -> bytes:
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """A JPEG with more segments right behind its start marker."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def text_pdf(*pages: str, width: int = 300, height: int = 200, title: str = "") -> bytes:
    """A PDF with one line of Helvetica per page."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index, text in enumerate(pages):
        stream = f"BT /F1 24 Tf 20 100 Td ({text}) Tj ET".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * index} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream")
    objects.append(f"<< /Title ({title}) /CreationDate (D:20200131120000+01'00') >>".encode())
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>"
    return (
        out
        + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
        + table
        + f"trailer\n{trailer}\nstartxref\n{len(out)}\n%%EOF\n".encode()
    )
