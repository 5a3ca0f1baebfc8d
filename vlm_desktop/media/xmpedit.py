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
from vlm_desktop.media.xmptree import Attribute, Node, XmpUnreadable, as_utf8, parse

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
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
_CONTAINERS = (f"{_RDF}Alt", f"{_RDF}Bag", f"{_RDF}Seq")
_PERCENT_OF_STARS = (0, 1, 25, 50, 75, 99)

_NEW_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="VLM Desktop">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()
_DESCRIPTION = """
  <rdf:Description rdf:about="{about}"
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/">
{properties}
  </rdf:Description>"""


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
    packet = as_utf8(packet) if packet.strip() else _NEW_PACKET
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


def _xml(text: str) -> bytes:
    return escape(text).encode("utf-8")


class _Editor:
    """Collects splices over one packet; positions are those of the packet as it was."""

    def __init__(self, packet: bytes) -> None:
        self._packet = packet
        self._splices: list[tuple[int, int, bytes]] = []
        self._new: list[str] = []
        root = parse(packet)
        found = next((node for node in root.walk() if node.name == f"{_RDF}RDF"), None)
        if found is None:
            raise XmpUnreadable("it holds no rdf:RDF")
        self._rdf = found
        self._descriptions = [node for node in found.children if node.name == f"{_RDF}Description"]

    def rate(self, stars: int) -> None:
        if not self._set_simple(_RATING, str(stars)):
            self._new.append(f"   <xmp:Rating>{stars}</xmp:Rating>")
        for name in _PERCENTS:
            self._set_simple(name, str(_PERCENT_OF_STARS[max(0, stars)]))

    def say(self, local: str, text: str) -> None:
        """Set the default language of dc:title or dc:description."""
        elements = self._elements(f"{_DC}{local}")
        self._drop_attributes(f"{_DC}{local}")
        container = _container(elements[0]) if elements else None
        for element in elements[0 if container is None else 1 :]:
            self._splice(element.start, element.end, b"")
        if container is None:
            item = f'<rdf:li xml:lang="x-default">{escape(text)}</rdf:li>'
            self._new.append(f"   <dc:{local}><rdf:Alt>{item}</rdf:Alt></dc:{local}>")
            return
        default = next((item for item in _items(container) if _language(item) == "x-default"), None)
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
        container = _container(elements[0]) if elements else None
        for element in elements[0 if container is None else 1 :]:
            self._splice(element.start, element.end, b"")
        kept = set()
        for item in _items(container) if container else ():
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

    def result(self) -> bytes:
        """The packet with all splices done."""
        if self._new:
            self._add_description()
        parts, at = [], 0
        for start, end, new in sorted(self._splices, key=lambda splice: splice[:2]):
            parts += [self._packet[at:start], new]
            at = end
        return b"".join([*parts, self._packet[at:]])

    # --- finding -----------------------------------------------------------------------

    def _elements(self, name: str) -> list[Node]:
        return [
            child
            for description in self._descriptions
            for child in description.children
            if child.name == name
        ]

    def _attributes(self, name: str) -> list[Attribute]:
        found = (description.attribute(name) for description in self._descriptions)
        return [attribute for attribute in found if attribute is not None]

    # --- splicing ----------------------------------------------------------------------

    def _splice(self, start: int, end: int, new: bytes) -> None:
        self._splices.append((start, end, new))

    def _drop_attributes(self, name: str) -> None:
        for attribute in self._attributes(name):
            self._splice(attribute.start, attribute.end, b"")

    def _set_simple(self, name: str, text: str) -> bool:
        """Set a property that is one value, wherever it stands; False when it stands nowhere."""
        attributes, elements = self._attributes(name), self._elements(name)
        for attribute in attributes:
            self._splice(*attribute.value_at, _xml(text))
        for element in elements:
            self._set_text(element, text)
        return bool(attributes or elements)

    def _set_text(self, node: Node, text: str) -> None:
        if node.is_empty_tag:
            opening = self._packet[node.start : node.open_end - 2].rstrip() + b">"
            closing = b"</" + node.raw + b">"
            self._splice(node.start, node.end, opening + _xml(text) + closing)
        else:
            self._splice(node.open_end, node.close_start, _xml(text))

    def _insert(
        self,
        container: Node,
        texts: Sequence[str],
        attribute: bytes = b"",
        *,
        at_front: bool = False,
    ) -> None:
        """Add items to a list, named with the prefix that the list itself uses."""
        prefix = container.raw.rpartition(b":")[0]
        tag = prefix + b":li" if prefix else b"li"
        items = b"".join(
            b"<" + tag + attribute + b">" + _xml(text) + b"</" + tag + b">" for text in texts
        )
        if not items:
            return
        if container.is_empty_tag:
            opening = self._packet[container.start : container.open_end - 2].rstrip() + b">"
            closing = b"</" + container.raw + b">"
            self._splice(container.start, container.end, opening + items + closing)
        else:
            at = container.open_end if at_front else container.close_start
            self._splice(at, at, items)

    def _prune_trees(self, removed: set[str]) -> set[str]:
        """Cut removed keywords out of the trees; returns the words that stay in them, folded."""
        staying: set[str] = set()
        for name, separator in _TREES.items():
            for element in self._elements(name):
                container = _container(element)
                for item in _items(container) if container else ():
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

    def _add_description(self) -> None:
        """Put new properties first, where every reader meets them before anything nested."""
        said = (node.attribute(f"{_RDF}about") for node in self._descriptions)
        about = next((one for one in said if one is not None), None)
        raw = self._packet[slice(*about.value_at)].decode("utf-8") if about else ""
        block = _DESCRIPTION.format(
            about=raw.replace('"', "&quot;"), properties="\n".join(self._new)
        ).encode("utf-8")
        rdf = self._rdf
        if rdf.is_empty_tag:
            opening = self._packet[rdf.start : rdf.open_end - 2].rstrip() + b">"
            self._splice(rdf.start, rdf.end, opening + block + b"\n</" + rdf.raw + b">")
        else:
            self._splice(rdf.open_end, rdf.open_end, block)


def _container(element: Node) -> Node | None:
    return next((child for child in element.children if child.name in _CONTAINERS), None)


def _items(container: Node) -> list[Node]:
    return [child for child in container.children if child.name == f"{_RDF}li"]


def _language(item: Node) -> str:
    language = item.attribute(_LANG)
    return language.value.lower() if language else ""
