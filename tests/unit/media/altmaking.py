"""Pictures in every container that alt text is written into, made on the spot."""

import hashlib
import io
import struct
from pathlib import Path

from PIL import Image

from tests.unit.media.picturemaking import encoded, picture
from vlm_desktop.base.altfiles import AltWords
from vlm_desktop.media.source import Source, read_source
from vlm_desktop.media.xmpalt import AltTexts
from vlm_desktop.media.xmpembed import check, planned, read_embedded
from vlm_desktop.media.xmpembed_common import spliced
from vlm_desktop.media.xmpembed_jpeg import EXTENSION, STANDARD, guid_of

WORDS = {"en": AltWords("A dog & <a cat>", "Long"), "de": AltWords("Ein Hund")}
FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40
"""Stands for the film that phones append to a photo."""
_ROWS = 50
"""Where the rows of `multi_picture` lie behind its header."""


def words(alt: str | None = None, extended: str | None = None) -> dict[str, AltWords]:
    return {"x-default": AltWords(alt, extended)}


def with_exif(kind: str = "JPEG", **options: object) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", "Model"
    exif.get_ifd(0x8769)[0x9003] = "2024:01:02 03:04:05"
    return encoded(picture(64, 48), kind, exif=exif, **options)


def xmp_packet(inside: str = "", attributes: str = "") -> bytes:
    """A packet as another program writes it."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"'
        f' xmlns:xmpNote="http://ns.adobe.com/xmp/note/" {attributes}>'
        f"<dc:creator><rdf:Seq><rdf:li>Ada</rdf:li></rdf:Seq></dc:creator>{inside}"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def alt_property(*items: tuple[str, str], name: str = "AltTextAccessibility") -> str:
    listed = "".join(f'<rdf:li xml:lang="{one}">{text}</rdf:li>' for one, text in items)
    return f"<Iptc4xmpCore:{name}><rdf:Alt>{listed}</rdf:Alt></Iptc4xmpCore:{name}>"


def segment(body: bytes, marker: int = 0xE1) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def with_segments(jpeg: bytes, *segments: bytes, behind: bytes = b"") -> bytes:
    """A JPEG with more segments, right behind the first one."""
    at = 4 + int.from_bytes(jpeg[4:6], "big")
    return jpeg[:at] + b"".join(segments) + jpeg[at:] + behind


def extended_segments(extended: bytes, size: int = 1000) -> list[bytes]:
    head = EXTENSION + guid_of(extended) + len(extended).to_bytes(4, "big")
    return [
        segment(head + at.to_bytes(4, "big") + extended[at : at + size])
        for at in range(0, len(extended), size)
    ]


def with_extended(extended: bytes, inside: str = "", *, whole: bool = True) -> bytes:
    """A JPEG whose main packet names a second one."""
    main = xmp_packet(inside, f'xmpNote:HasExtendedXMP="{guid_of(extended).decode()}"')
    parts = extended_segments(extended)
    return with_segments(with_exif(), segment(STANDARD + main), *(parts if whole else parts[:-1]))


def multi_picture(order: str = "<", *, xmp_last: bool = False) -> bytes:
    """A JPEG with a list of two pictures, the second of them behind the first (CIPA DC-007)."""
    first, second = with_exif(quality=80), encoded(picture(32, 24), "JPEG")
    mark = b"II*\x00" if order == "<" else b"MM\x00*"

    def listed(size: int, place: int) -> bytes:
        entries = (
            struct.pack(f"{order}HHI4s", 0xB000, 7, 4, b"0100")
            + struct.pack(f"{order}HHII", 0xB001, 4, 1, 2)
            + struct.pack(f"{order}HHII", 0xB002, 7, 32, _ROWS)
        )
        ifd = struct.pack(f"{order}IH", 8, 3) + entries + struct.pack(f"{order}I", 0)
        rows = struct.pack(
            f"{order}IIIHHIIIHH", 0x30000, size, 0, 0, 0, 0, len(second), place, 0, 0
        )
        return segment(b"MPF\x00" + mark + ifd + rows, 0xE2)

    after = [segment(STANDARD + xmp_packet())] if xmp_last else []
    whole = with_segments(first, listed(0, 0), *after)
    header = whole.index(b"MPF\x00") + 4
    return with_segments(first, listed(len(whole), len(whole) - header), *after) + second


def second_picture(data: bytes) -> bytes:
    """The second picture, by the list."""
    header = data.index(b"MPF\x00") + 4
    order = "little" if data[header : header + 2] == b"II" else "big"
    place = int.from_bytes(data[header + _ROWS + 24 : header + _ROWS + 28], order)
    size = int.from_bytes(data[header + _ROWS + 20 : header + _ROWS + 24], order)
    return data[header + place : header + place + size]


def first_size(data: bytes) -> int:
    header = data.index(b"MPF\x00") + 4
    order = "little" if data[header : header + 2] == b"II" else "big"
    return int.from_bytes(data[header + _ROWS + 4 : header + _ROWS + 8], order)


def animated(kind: str) -> bytes:
    frames = [picture(40, 30), picture(40, 30).rotate(180)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)


def tiff(mode: str = "RGB", **options: object) -> bytes:
    """A TIFF with two pages; mode "I;16B" makes it big-endian."""
    image = picture(50, 40)
    if mode != "RGB":
        image = image.convert("L").convert("I").point(lambda value: value * 200)
        image = image.convert("I;16B") if mode == "I;16B" else image
    buffer = io.BytesIO()
    more = {} if mode == "I;16B" else {"save_all": True, "append_images": [image.rotate(90)]}
    image.save(buffer, "TIFF", **more, **options)
    return buffer.getvalue()


def big_endian_bigtiff() -> bytes:
    """8 x 8 grey pixels. Pillow neither writes nor reads such a file."""
    tags = [(256, 3, 8), (257, 3, 8), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 16, 16),
            (277, 3, 1), (278, 3, 8), (279, 4, 64)]  # fmt: skip
    size = {3: 2, 4: 4, 16: 8}
    entries = b"".join(
        struct.pack(">HHQ", tag, kind, 1) + value.to_bytes(size[kind], "big").ljust(8, b"\x00")
        for tag, kind, value in tags
    )
    head = b"MM\x00+" + struct.pack(">HHQ", 8, 0, 16 + 64)
    return head + bytes(range(64)) + struct.pack(">Q", len(tags)) + entries + b"\x00" * 8


SAMPLES = {
    "plain.jpg": lambda: encoded(picture(64, 48), "JPEG"),
    "exif.jpg": with_exif,
    "progressive.jpg": lambda: with_exif(progressive=True, quality=70),
    "cmyk.jpg": lambda: encoded(picture(64, 48).convert("CMYK"), "JPEG"),
    "xmp.jpg": lambda: with_segments(with_exif(), segment(STANDARD + xmp_packet())),
    "motion.jpg": lambda: with_exif() + FILM,
    "mpf.jpg": multi_picture,
    "mpf-big.jpg": lambda: multi_picture(">"),
    "mpf-before-xmp.jpg": lambda: multi_picture(xmp_last=True),
    "extended.jpg": lambda: with_extended(b"<x>" + b"y" * 3000 + b"</x>"),
    "plain.png": lambda: encoded(picture(64, 48), "PNG"),
    "exif.png": lambda: with_exif("PNG"),
    "palette.png": lambda: encoded(picture(64, 48).convert("P"), "PNG"),
    "animated.png": lambda: animated("PNG"),
    "behind.png": lambda: encoded(picture(64, 48), "PNG") + b"rubbish",
    "lossy.webp": lambda: encoded(picture(64, 48), "WEBP"),
    "odd.webp": lambda: encoded(picture(65, 47), "WEBP", quality=33),
    "lossless.webp": lambda: encoded(picture(64, 48), "WEBP", lossless=True),
    "alpha.webp": lambda: encoded(picture(64, 48).convert("RGBA"), "WEBP", lossless=True),
    "exif.webp": lambda: with_exif("WEBP"),
    "animated.webp": lambda: animated("WEBP"),
    "little.tif": lambda: tiff(),
    "packed.tif": lambda: tiff(compression="tiff_deflate"),
    "big-endian.tif": lambda: tiff("I;16B"),
    "bigtiff.tif": lambda: tiff(big_tiff=True),
    "exif.tif": lambda: with_exif("TIFF"),
}  # fmt: skip


def sample(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(SAMPLES[name]())
    return path


def save(folder: Path, name: str, data: bytes) -> Source:
    path = folder / name
    path.write_bytes(data)
    return read_source(path)


def embedded(folder: Path, data: bytes, said: dict[str, AltWords], name: str) -> bytes:
    """The file with the words in it, checked against the plan."""
    source = save(folder, name, data)
    plan = planned(source, said)
    written = b"".join(spliced(data, plan.splices))
    if plan.splices:
        check(plan, save(folder, f"written-{name}", written), source.path)
    return written


def texts(folder: Path, data: bytes, name: str) -> AltTexts:
    return read_embedded(save(folder, f"read-{name}", data)).texts


def pixels(data: bytes) -> list[str]:
    """A digest of every frame of a picture."""
    found = []
    with Image.open(io.BytesIO(data)) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(hashlib.sha256(image.convert("RGBA").tobytes()).hexdigest())
    return found
