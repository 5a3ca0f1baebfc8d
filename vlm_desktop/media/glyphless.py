"""A font without ink, for text that is found and copied but not seen.

It has one glyph, and every character is shown by it. What the characters mean is said by a
ToUnicode map, so any script can be searched (ISO 32000-1, 9.10.3). Tesseract's and OCRmyPDF's
text layers are made the same way; but their glyph has no extent, and PDFium drops vertical lines
of such. This one is a line across its cell and back: it has an extent, and no area to fill.
"""

import struct

import pikepdf

UNITS = 1000
_BLANK = 1
_ON_CURVE = 1
_CHECK_SUM_MAGIC = 0xB1B0AFBA
_MOST_RANGES = 100
"""Lines of one block of a character map, by the standard."""


class GlyphlessFont:
    """The font of one document. Give it words by `codes`, then `write` it once."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def codes(self, text: str) -> bytes:
        """The text as the bytes that a content stream shows; two for each character."""
        return b"".join(
            self._codes.setdefault(letter, len(self._codes) + 1).to_bytes(2, "big")
            for letter in text
            if letter in self._codes or len(self._codes) < 0xFFFE
        )

    def write(self, document: pikepdf.Pdf) -> pikepdf.Object:
        """The font as an object of the document."""
        name = pikepdf.Name
        program = document.make_stream(_true_type(), Length1=len(_true_type()))
        descriptor = pikepdf.Dictionary(
            Type=name.FontDescriptor, FontName=name.GlyphLessFont, Flags=5,
            FontBBox=[0, 0, UNITS, UNITS], ItalicAngle=0, Ascent=UNITS, Descent=0,
            CapHeight=UNITS, StemV=80, FontFile2=program,
        )  # fmt: skip
        to_blank = document.make_stream(_BLANK.to_bytes(2, "big") * (len(self._codes) + 1))
        descendant = pikepdf.Dictionary(
            Type=name.Font, Subtype=name.CIDFontType2, BaseFont=name.GlyphLessFont,
            CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            FontDescriptor=document.make_indirect(descriptor), DW=UNITS, CIDToGIDMap=to_blank,
        )  # fmt: skip
        return document.make_indirect(
            pikepdf.Dictionary(
                Type=name.Font,
                Subtype=name.Type0,
                BaseFont=name.GlyphLessFont,
                Encoding=pikepdf.Name("/Identity-H"),
                DescendantFonts=[document.make_indirect(descendant)],
                ToUnicode=document.make_stream(self._meanings()),
            )  # fmt: skip
        )

    def _meanings(self) -> bytes:
        lines = [
            f"<{code:04X}> <{letter.encode('utf-16-be').hex().upper()}>"
            for letter, code in self._codes.items()
        ]
        blocks = []
        for start in range(0, len(lines), _MOST_RANGES):
            block = lines[start : start + _MOST_RANGES]
            blocks += [f"{len(block)} beginbfchar", *block, "endbfchar"]
        return "\n".join(
            [
                "/CIDInit /ProcSet findresource begin",
                "12 dict begin",
                "begincmap",
                "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
                "/CMapName /Adobe-Identity-UCS def",
                "/CMapType 2 def",
                "1 begincodespacerange",
                "<0000> <FFFF>",
                "endcodespacerange",
                *blocks,
                "endcmap",
                "CMapName currentdict /CMap defineresource pop",
                "end",
                "end",
            ]
        ).encode("ascii")


def _true_type() -> bytes:
    """A TrueType program with an empty .notdef and the glyph (OpenType 1.9, chapter 5)."""
    glyphs = 2
    outline = struct.pack(
        ">5hHH2B4h", 1, 0, 0, UNITS, UNITS, 1, 0, _ON_CURVE, _ON_CURVE, 0, UNITS, 0, UNITS
    )
    tables = {
        b"glyf": outline,
        b"head": struct.pack(
            ">HHIIIHHQQhhhhHHhhh",
            1, 0, 0x10000, 0, 0x5F0F3CF5, 0, UNITS, 0, 0, 0, 0, UNITS, UNITS, 0, 8, 2, 0, 0,
        ),
        b"hhea": struct.pack(
            ">HHhhhHhhhhhhhhhhhH",
            1, 0, UNITS, 0, 0, UNITS, 0, 0, UNITS, 1, 0, 0, 0, 0, 0, 0, 0, glyphs,
        ),
        b"hmtx": struct.pack(">Hh", UNITS, 0) * glyphs,
        b"loca": struct.pack(">3H", 0, 0, len(outline) // 2),
        b"maxp": struct.pack(">IH13H", 0x10000, glyphs, 2, 1, *([0] * 11)),
    }  # fmt: skip
    at = 12 + 16 * len(tables)
    records, bodies = b"", b""
    for tag, body in sorted(tables.items()):
        padded = body + bytes(-len(body) % 4)
        records += struct.pack(">4sIII", tag, _sum(padded), at + len(bodies), len(body))
        bodies += padded
    whole = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 32) + records + bodies
    head = at + sum(len(tables[tag]) + -len(tables[tag]) % 4 for tag in (b"glyf",))
    adjusted = (_CHECK_SUM_MAGIC - _sum(whole)) & 0xFFFFFFFF
    return whole[: head + 8] + adjusted.to_bytes(4, "big") + whole[head + 12 :]


def _sum(data: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 4}I", data)
    return sum(words) & 0xFFFFFFFF
