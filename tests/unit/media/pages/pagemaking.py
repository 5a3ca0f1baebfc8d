"""Documents for the tests of pages, made by the libraries that others use."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import docx
import pptx
from docx.shared import Inches as WordInches
from PIL import Image
from pptx.util import Inches

from vlm_desktop.base.altpages import AltChange, Page, PagePlan, PageWritten
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.media.pages.opening import open_page
from vlm_desktop.media.pages.writing import plan_page, write_page

CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" '
    'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
    'full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles>'
    "</container>"
)
OPF = (
    '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
    '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A book</dc:title>'
    "<dc:language>fr</dc:language></metadata><manifest>"
    '<item id="b" href="two.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="a" href="one.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="i" href="pic%20ture.png" media-type="image/png"/></manifest>'
    '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
)
ONE = (
    '<?xml version="1.0" encoding="utf-8"?>\r\n<!DOCTYPE html>\r\n'
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><h1>One &amp; all</h1>'
    "<p>Words <!-- <img src='no.png'/> --><img src='pic%20ture.png'/> after"
    "<![CDATA[ <img src='neither.png'/> ]]></p></body></html>\r\n"
)
TWO = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Two</title></head><body>'
    '<img src="pic%20ture.png" alt="old"/></body></html>'
)


def png(colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(made, "PNG")
    return made.getvalue()


def word(path: Path) -> Path:
    """Two pictures under a heading, one in the header."""
    document = docx.Document()
    document.core_properties.title = "Quarterly report"
    document.add_heading("Results", 1)
    document.add_paragraph("Sales rose in spring.")
    document.add_picture(io.BytesIO(png("red")), width=WordInches(1))
    document.add_paragraph("Figure 1: sales", style="Caption")
    document.add_picture(io.BytesIO(png("blue")), width=WordInches(1))
    header = document.sections[0].header.paragraphs[0]
    header.add_run("Company ").add_picture(io.BytesIO(png("green")))
    document.save(str(path))
    return path


def slides(path: Path) -> Path:
    """A slide with a title, a picture, two pictures in a group, and notes."""
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Our garden"
    slide.shapes.add_picture(io.BytesIO(png("red")), Inches(1), Inches(1))
    group = slide.shapes.add_group_shape()
    group.shapes.add_picture(io.BytesIO(png("blue")), Inches(2), Inches(2))
    group.shapes.add_picture(io.BytesIO(png("green")), Inches(3), Inches(2))
    slide.notes_slide.notes_text_frame.text = "Say that it blooms in May."
    deck.save(str(path))
    return path


def book(path: Path, more: Mapping[str, str] | None = None) -> Path:
    members = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": OPF,
        "OEBPS/two.xhtml": TWO,
        "OEBPS/one.xhtml": ONE,
    } | dict(more or {})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, text in members.items():
            archive.writestr(name, text, zipfile.ZIP_DEFLATED)
        archive.writestr("OEBPS/pic ture.png", png(), zipfile.ZIP_STORED)
        archive.comment = b"kept"
    return path


def opened(path: Path) -> Page:
    return open_page(path, path.parent / "copies", CancelToken())


def planned(path: Path, changes: Mapping[str, str | None]) -> PagePlan:
    wanted = [AltChange(place, alt) for place, alt in changes.items()]
    return plan_page(path, opened(path).content_hash, wanted, path.parent / "copies", CancelToken())


def written(path: Path, *alts: str | None, backup: bool = False) -> PageWritten:
    """Give the images of a page these texts, in order."""
    places = [image.place for image in opened(path).images]
    plan = planned(path, dict(zip(places, alts, strict=False)))
    return write_page(plan, path.parent / "copies", CancelToken(), backup=backup)


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
