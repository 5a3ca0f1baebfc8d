"""A contact sheet as one HTML page that opens anywhere, offline, for sighted people or not."""

import base64
import html
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.filework import SheetWords
from vlm_desktop.store.records import PhotoDetails

MOST_INSIDE = 400
"""Thumbnails are written into the page up to this many photos, some 15 MB; beside it beyond."""

_STYLE = """
:root { color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif; }
body { margin: 24px; }
h1 { font-size: 20px; font-weight: 600; margin: 0 0 4px; }
p { margin: 0 0 16px; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 16px;
  grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); }
figure { margin: 0; }
img, .none { display: block; width: 100%; aspect-ratio: 1; object-fit: contain;
  background: color-mix(in srgb, currentColor 8%, transparent); border-radius: 6px; }
.none { display: grid; place-items: center; }
figcaption { margin-top: 4px; overflow-wrap: anywhere; }
small { display: block; opacity: 0.8; }
@media print { body { margin: 0; } li { break-inside: avoid; } }
"""


@dataclass(frozen=True, slots=True)
class SheetPhoto:
    """`alt` is what stands for the picture: its alt text, else caption, title or name."""

    name: str
    alt: str
    caption: str
    facts: str
    jpeg: bytes | None

    @classmethod
    def of(cls, details: PhotoDetails, path: Path, jpeg: bytes | None) -> Self:
        said = details.metadata
        facts = [said.taken_at[:10], f"{details.size.width} × {details.size.height}"]
        return cls(
            name=path.name,
            alt=said.alt_text or said.caption or said.title or path.name,
            caption=said.title or said.caption,
            facts=" · ".join(fact for fact in facts if fact),
            jpeg=jpeg,
        )


def write_sheet(
    photos: Iterator[SheetPhoto | None],
    total: int,
    file: TextIO,
    words: SheetWords,
    put_beside: Callable[[str, bytes], str],
) -> Generator[Event, None, int]:
    """Write the page as the photos come; returns how many there are in it.

    `put_beside(name, jpeg)` stores a picture beside the page and returns its relative path.
    """
    title = html.escape(words.title)
    file.write(
        f'<!DOCTYPE html>\n<html lang="{html.escape(words.language)}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n<p>{html.escape(words.count)}</p>\n<ul>\n"
    )
    written = 0
    for done, photo in enumerate(photos):
        yield Progress(Phase.EXPORT, done, total)
        if photo is None:
            continue
        written += 1
        source = _source(photo.jpeg, written, total, put_beside)
        file.write(_figure(photo, source, words))
    file.write("</ul>\n</main>\n</body>\n</html>\n")
    return written


def _source(
    jpeg: bytes | None, number: int, total: int, put_beside: Callable[[str, bytes], str]
) -> str:
    """Where the page finds a picture; "" without one."""
    if jpeg is None:
        return ""
    if total <= MOST_INSIDE:
        return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"
    return put_beside(f"{number:05}.jpg", jpeg)


def _figure(photo: SheetPhoto, source: str, words: SheetWords) -> str:
    alt = html.escape(photo.alt)
    if source:
        picture = f'<img src="{html.escape(source)}" alt="{alt}" loading="lazy">'
    else:
        picture = f'<div class="none">{html.escape(words.no_picture)}</div>'
    caption = f"<small>{html.escape(photo.caption)}</small>" if photo.caption else ""
    return (
        f"<li><figure>{picture}<figcaption>{html.escape(photo.name)}{caption}"
        f"<small>{html.escape(photo.facts)}</small></figcaption></figure></li>\n"
    )
