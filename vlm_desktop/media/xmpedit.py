"""Changing what an XMP packet says of a photo, and nothing else in it.

Titles and captions are language alternatives: the default one (x-default) is set, those in
other languages stay. Keywords keep the trees other programs keep them in (Lightroom, digiKam,
Windows); a keyword that is taken off is cut out of these, too.
Source: Adobe XMP specification, parts 1 and 2.
"""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from vlm_desktop.base.types import PhotoChanges
from vlm_desktop.media.text import clean_line, clean_text
from vlm_desktop.media.xmp import read_xmp
from vlm_desktop.media.xmpsplice import (
    NEW_PACKET,
    PacketEditor,
    container_of,
    items_of,
    language_of,
)
from vlm_desktop.media.xmptree import as_utf8

_DC = "{http://purl.org/dc/elements/1.1/}"
_RATING = "{http://ns.adobe.com/xap/1.0/}Rating"
_PERCENTS = (
    "{http://ns.microsoft.com/photo/1.0/}Rating",
    "{http://ns.microsoft.com/photo/1.0}Rating",
)
_SUBJECT = f"{_DC}subject"
_TREES = {
    "{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject": "|",
    "{http://www.digikam.org/ns/1.0/}TagsList": "/",
    "{http://ns.microsoft.com/photo/1.0/}LastKeywordXMP": "/",
    "{http://ns.microsoft.com/photo/1.0}LastKeywordXMP": "/",
}
_PERCENT_OF_STARS = (0, 1, 25, 50, 75, 99)
_NAMESPACES = (
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("xmp", "http://ns.adobe.com/xap/1.0/"),
)


def tidy(changes: PhotoChanges) -> PhotoChanges:
    """`changes` as a reader will give them back: no control characters, keywords on one line.

    Lists of keywords lose repetitions and empty words.
    """
    return PhotoChanges(
        rating=None if changes.rating is None else min(5, max(-1, changes.rating)),
        title=None if changes.title is None else clean_text(changes.title),
        caption=None if changes.caption is None else clean_text(changes.caption),
        add_keywords=_words(changes.add_keywords),
        remove_keywords=_words(changes.remove_keywords),
    )


def edited(packet: bytes, changes: PhotoChanges, keywords: Sequence[str] = ()) -> bytes:
    """`packet` with the changes, in UTF-8; an empty one becomes a new packet.

    `keywords` are those the photo itself carries: a sidecar's keywords replace them, so the
    first ones written into it must take them along. Raises `XmpUnreadable`; a packet that is
    not whole is never written over.
    """
    packet = as_utf8(packet) if packet.strip() else NEW_PACKET
    changes = tidy(changes)
    editor = _Editor(packet)
    if changes.rating is not None:
        editor.rate(changes.rating)
    if changes.title is not None:
        editor.say("title", changes.title)
    if changes.caption is not None:
        editor.say("description", changes.caption)
    if changes.add_keywords or changes.remove_keywords:
        editor.tag(changes, keywords)
    return editor.result()


def _words(words: Iterable[str]) -> tuple[str, ...]:
    cleaned = (clean_line(word) for word in words)
    return tuple({word.casefold(): word for word in cleaned if word}.values())


class _Editor(PacketEditor):
    """What a person may change of a photo's words."""

    def __init__(self, packet: bytes) -> None:
        super().__init__(packet, _NAMESPACES)

    def rate(self, stars: int) -> None:
        if not self._set_simple(_RATING, str(stars)):
            self._new.append(f"   <xmp:Rating>{stars}</xmp:Rating>")
        for name in _PERCENTS:
            self._set_simple(name, str(_PERCENT_OF_STARS[max(0, stars)]))

    def say(self, local: str, text: str) -> None:
        """Set the default language of dc:title or dc:description."""
        elements = self._elements(f"{_DC}{local}")
        self._drop_attributes(f"{_DC}{local}")
        container = container_of(elements[0]) if elements else None
        for element in elements[0 if container is None else 1 :]:
            self._splice(element.start, element.end, b"")
        if container is None:
            item = f'<rdf:li xml:lang="x-default">{escape(text)}</rdf:li>'
            self._new.append(f"   <dc:{local}><rdf:Alt>{item}</rdf:Alt></dc:{local}>")
            return
        default = next(
            (item for item in items_of(container) if language_of(item) == "x-default"), None
        )
        if default is not None:
            self._set_text(default, text)
        else:
            self._insert(container, [text], b' xml:lang="x-default"', at_front=True)

    def tag(self, changes: PhotoChanges, embedded: Sequence[str]) -> None:
        """Set dc:subject and cut what was removed out of the trees of keywords."""
        removed = {word.casefold() for word in changes.remove_keywords}
        before = _words(read_xmp(self._packet).keywords) or _words(embedded)
        wanted = {word.casefold(): word for word in before if word.casefold() not in removed}
        for word in changes.add_keywords:
            wanted.setdefault(word.casefold(), word)
        in_trees = self._prune_trees(removed)
        elements = self._elements(_SUBJECT)
        self._drop_attributes(_SUBJECT)
        container = container_of(elements[0]) if elements else None
        for element in elements[0 if container is None else 1 :]:
            self._splice(element.start, element.end, b"")
        kept = set()
        for item in items_of(container) if container else ():
            folded = clean_line(item.text).casefold()
            if folded in wanted and folded not in kept:
                kept.add(folded)
            else:
                self._splice(item.start, item.end, b"")
        added = {word.casefold() for word in changes.add_keywords}
        missing = [
            word
            for folded, word in wanted.items()
            if folded not in kept and (folded in added or folded not in in_trees)
        ]
        if container is not None:
            self._insert(container, missing)
            return
        items = "".join(f"<rdf:li>{escape(word)}</rdf:li>" for word in missing)
        self._new.append(f"   <dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>")

    def _prune_trees(self, removed: set[str]) -> set[str]:
        """Cut removed keywords out of the trees; returns the words that stay in them, folded."""
        staying: set[str] = set()
        for name, separator in _TREES.items():
            for element in self._elements(name):
                container = container_of(element)
                for item in items_of(container) if container else ():
                    parts = [clean_line(part) for part in item.text.split(separator)]
                    folded = [part.casefold() for part in parts]
                    cut = next((at for at, part in enumerate(folded) if part in removed), None)
                    if cut is None:
                        staying.update(folded)
                    elif cut:
                        staying.update(folded[:cut])
                        self._set_text(item, separator.join(parts[:cut]))
                    else:
                        self._splice(item.start, item.end, b"")
        return staying
