"""What a file is, told from its first bytes. Extensions only break ties that bytes leave open."""

from dataclasses import dataclass
from enum import StrEnum

from vlm_desktop.media.tiff import TiffData, TiffReader

HEAD_BYTES = 4096
"""How much of a file `sniff` looks at; a TIFF's first directory may lie further on."""

_RAW = """3fr ari arw bay cap cr2 cr3 crw dcr dcs dng drf eip erf fff gpr iiq k25 kdc mdc mef mos
    mrw nef nrw orf pef ptx pxn r3d raf raw rw2 rwl rwz sr2 srf srw x3f"""
RAW_EXTENSIONS: frozenset[str] = frozenset(_RAW.split())


class Decoder(StrEnum):
    """Which reader takes the file."""

    PILLOW = "pillow"
    HEIF = "heif"
    RAW = "raw"
    PDF = "pdf"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FileType:
    """`name` is the format's usual name ("JPEG"); with `Decoder.NONE` it is known but not read.

    An unknown file has an empty name.
    """

    name: str
    decoder: Decoder


UNKNOWN = FileType("", Decoder.NONE)

_MAGIC: tuple[tuple[int, bytes, FileType], ...] = (
    (0, b"\xff\xd8\xff", FileType("JPEG", Decoder.PILLOW)),
    (0, b"\x89PNG\r\n\x1a\n", FileType("PNG", Decoder.PILLOW)),
    (0, b"GIF87a", FileType("GIF", Decoder.PILLOW)),
    (0, b"GIF89a", FileType("GIF", Decoder.PILLOW)),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", FileType("JPEG2000", Decoder.PILLOW)),
    (0, b"\xff\x4f\xff\x51", FileType("JPEG2000", Decoder.PILLOW)),
    (0, b"qoif", FileType("QOI", Decoder.PILLOW)),
    (0, b"\x00\x00\x01\x00", FileType("ICO", Decoder.PILLOW)),
    (0, b"FUJIFILMCCD-RAW", FileType("RAF", Decoder.RAW)),
    (0, b"IIU\x00", FileType("RW2", Decoder.RAW)),
    (0, b"IIRO", FileType("ORF", Decoder.RAW)),
    (0, b"IIRS", FileType("ORF", Decoder.RAW)),
    (0, b"MMOR", FileType("ORF", Decoder.RAW)),
    (0, b"FOVb", FileType("X3F", Decoder.RAW)),
    (0, b"\x00MRM", FileType("MRW", Decoder.RAW)),
    (6, b"HEAPCCDR", FileType("CRW", Decoder.RAW)),
    (0, b"\xff\x0a", FileType("JPEG XL", Decoder.NONE)),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", FileType("JPEG XL", Decoder.NONE)),
    (0, b"8BPS", FileType("Photoshop document", Decoder.NONE)),
    (0, b"\x76\x2f\x31\x01", FileType("OpenEXR", Decoder.NONE)),
    (0, b"#?RADIANCE", FileType("Radiance HDR", Decoder.NONE)),
    (0, b"#?RGBE", FileType("Radiance HDR", Decoder.NONE)),
    (0, b"farbfeld", FileType("farbfeld", Decoder.NONE)),
    (0, b"\x00\x00\x02\x00", FileType("Windows cursor", Decoder.NONE)),
    (0, b"DDS ", FileType("DirectDraw surface", Decoder.NONE)),
    (0, b"icns", FileType("Apple icon", Decoder.NONE)),
    (0, b"%!PS", FileType("PostScript", Decoder.NONE)),
    (0, b"\xc5\xd0\xd3\xc6", FileType("PostScript", Decoder.NONE)),
    (0, b"\xd7\xcd\xc6\x9a", FileType("Windows metafile", Decoder.NONE)),
    (40, b" EMF", FileType("Windows metafile", Decoder.NONE)),
    (0, b"SIMPLE  =", FileType("FITS", Decoder.NONE)),
    (0, b"gimp xcf", FileType("GIMP document", Decoder.NONE)),
    (0, b"AT&TFORM", FileType("DjVu", Decoder.NONE)),
    (0, b"BPG\xfb", FileType("BPG", Decoder.NONE)),
    (0, b"/* XPM */", FileType("XPM", Decoder.NONE)),
    (0, b"\x08\xf2\xa6\xb6", FileType("VIPS", Decoder.NONE)),
    (0, b"\xb6\xa6\xf2\x08", FileType("VIPS", Decoder.NONE)),
    (0, b"PK\x03\x04", FileType("ZIP archive", Decoder.NONE)),
    (0, b"\x1a\x45\xdf\xa3", FileType("video", Decoder.NONE)),
)

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})


def sniff(data: TiffData, extension: str = "") -> FileType:
    """Name the type of a file by its first bytes (or all); `extension` comes without its dot."""
    extension = extension.lower()
    head = data[:HEAD_BYTES]
    if extension == "tga" and _plausible_tga(head):
        return FileType("TGA", Decoder.PILLOW)
    for offset, magic, found in _MAGIC:
        if head.startswith(magic, offset):
            return found
    if head[:2] in (b"II", b"MM") and head[2:4] in (b"*\x00", b"\x00*", b"+\x00", b"\x00+"):
        return _tiff_or_raw(data, extension)
    if head[4:8] == b"ftyp":
        return _boxed(head)
    if head[:4] == b"RIFF":
        if head[8:12] == b"WEBP":
            return FileType("WEBP", Decoder.PILLOW)
        return FileType("video", Decoder.NONE)
    if b"%PDF-" in head[:1024]:
        return FileType("PDF", Decoder.PDF)
    if head[:2] == b"BM" and len(head) > 14:
        return FileType("BMP", Decoder.PILLOW)
    if head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace():
        return FileType("PPM", Decoder.PILLOW)
    if _looks_like_svg(head):
        return FileType("SVG", Decoder.NONE)
    return UNKNOWN


def _boxed(head: bytes) -> FileType:
    """ISO base media: AVIF, HEIF, Canon CR3 or a film, by major and compatible brands."""
    length = int.from_bytes(head[:4], "big")
    box = head[8 : min(max(length, 16), len(head))]
    brands = {box[:4]} | {box[at : at + 4] for at in range(8, len(box) - 3, 4)}
    if brands & _AVIF_BRANDS and not (brands & _HEIF_BRANDS - {b"mif1", b"msf1"}):
        return FileType("AVIF", Decoder.PILLOW)
    if brands & _HEIF_BRANDS:
        return FileType("HEIF", Decoder.HEIF)
    if b"crx " in brands:
        return FileType("CR3", Decoder.RAW)
    if brands & {b"jp2 ", b"jpx "}:
        return FileType("JPEG2000", Decoder.PILLOW)
    return FileType("video", Decoder.NONE)


def _tiff_or_raw(data: TiffData, extension: str) -> FileType:
    """Most cameras' own formats are TIFF inside; the tags of the first directory tell."""
    if data[8:10] == b"CR":
        return FileType("CR2", Decoder.RAW)
    directory = TiffReader(data).first_directory()
    if 0xC612 in directory:
        return FileType("DNG", Decoder.RAW)
    if extension in RAW_EXTENSIONS:
        return FileType(extension.upper(), Decoder.RAW)
    subfile = directory.get(0x00FE)
    is_reduced = subfile is not None and subfile.integer() == 1
    if is_reduced and 0x014A in directory and 0x010F in directory:
        return FileType("camera RAW", Decoder.RAW)
    return FileType("TIFF", Decoder.PILLOW)


def _looks_like_svg(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:4].lower() == b"<svg" or (start[:1] == b"<" and b"<svg" in head.lower())


def _plausible_tga(head: bytes) -> bool:
    """TGA has no magic number: check each field of its header for a lawful value."""
    return (
        len(head) >= 18
        and head[1] <= 1
        and head[2] in (1, 2, 3, 9, 10, 11)
        and head[16] in (1, 8, 15, 16, 24, 32)
    )
