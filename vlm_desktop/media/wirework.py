"""How work on documents travels to a decoder process and back: JSON, as all of `media.wire`."""

import base64
import os
from pathlib import Path
from typing import Any

from vlm_desktop.base.documentexports import RedactArea
from vlm_desktop.base.pdfwork import (
    AddText,
    Attachment,
    CutOut,
    FindTexts,
    PageWords,
    PdfWork,
    ReadAttachments,
    WorkDone,
)
from vlm_desktop.base.types import Box


def work_out(work: PdfWork) -> dict[str, Any]:
    """A piece of work as JSON."""
    if isinstance(work, AddText):
        pages = [
            [page.page, page.turns, [[text, *_edges(box)] for text, box in page.words]]
            for page in work.pages
        ]
        return {"is": "add-text", "target": os.fsencode(work.target).hex(), "pages": pages}
    if isinstance(work, CutOut):
        areas = [[area.page, *_edges(area.box)] for area in work.areas]
        return {
            "is": "cut-out",
            "target": os.fsencode(work.target).hex(),
            "areas": areas,
            "pages": list(work.pages),
            "format": work.format,
        }
    if isinstance(work, FindTexts):
        return {"is": "find", "texts": list(work.texts)}
    return {"is": "attachments"}


def work_in(said: dict[str, Any]) -> PdfWork:
    """The inverse of `work_out`. Raises KeyError, ValueError, TypeError for what is none."""
    if said["is"] == "add-text":
        pages = tuple(
            PageWords(page, tuple((text, Box(*box)) for text, *box in words), turns)
            for page, turns, words in said["pages"]
        )
        return AddText(_path(said["target"]), pages)
    if said["is"] == "cut-out":
        areas = tuple(RedactArea(page, Box(*box)) for page, *box in said["areas"])
        return CutOut(_path(said["target"]), areas, tuple(said["pages"]), said["format"])
    if said["is"] == "find":
        return FindTexts(tuple(said["texts"]))
    return ReadAttachments()


def done_out(done: WorkDone) -> dict[str, Any]:
    """What was done as JSON."""
    attached = [[one.name, base64.b64encode(one.data).decode("ascii")] for one in done.attachments]
    return {"pages": list(done.pages), "attachments": attached, "found": list(done.found)}


def done_in(said: dict[str, Any]) -> WorkDone:
    """The inverse of `done_out`. Raises KeyError, ValueError, TypeError for what is none."""
    attached = tuple(Attachment(name, base64.b64decode(data)) for name, data in said["attachments"])
    return WorkDone(tuple(said["pages"]), attached, tuple(said["found"]))


def _edges(box: Box) -> list[float]:
    return [round(edge, 3) for edge in (box.x0, box.y0, box.x1, box.y1)]


def _path(text: str) -> Path:
    return Path(os.fsdecode(bytes.fromhex(text)))
