"""Alt text in the two packets of a JPEG: what does not fit into the main one goes into the other.

The main packet is what every reader looks at, so the alt text goes out of it last. The second
one has a name, its MD5, which the main one states. Source: XMP specification part 3, 1.1.3.1.
"""

from collections.abc import Mapping
from dataclasses import replace

from vlm_desktop.base.altfiles import AltWords
from vlm_desktop.media.xmpalt import (
    ALT,
    EXTENDED,
    AltEditor,
    changed_properties,
    edited_alt,
    read_alt,
)
from vlm_desktop.media.xmpembed_common import NoRoom, Packets, trimmed
from vlm_desktop.media.xmpembed_jpeg import MOST_MAIN, guid_of
from vlm_desktop.media.xmpsplice import RDF, PacketEditor
from vlm_desktop.media.xmptree import XmpUnreadable, parse

_NOTE = "http://ns.adobe.com/xmp/note/"
_HAS_EXTENDED = f"{{{_NOTE}}}HasExtendedXMP"
_NEW_EXTENSION = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="VLM Desktop">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 </rdf:RDF>
</x:xmpmeta>"""


def edited_packets(packets: Packets, words: Mapping[str, AltWords]) -> Packets:
    """Both packets saying `words`; the second is the same bytes where it need not change.

    Raises `XmpUnreadable`, and `NoRoom` where the main packet is full of other things.
    """
    main, extended = packets.main, packets.extended
    said = read_alt(main)
    if extended and packets.extended_whole:
        aside = read_alt(extended)
        for name in changed_properties(words):
            if not said.of(name) and aside.of(name):
                said = said.with_texts(name, aside.of(name))
                extended = _without(extended, name)
    main = edited_alt(main, words, said=said)
    for name in (EXTENDED, ALT):
        if len(_naming(trimmed(main), extended)) <= MOST_MAIN:
            break
        if not packets.extended_whole:
            raise XmpUnreadable("a part of its extended XMP is missing")
        main, extended = _moved(main, extended, name)
    if extended != packets.extended:
        main = _naming(main, extended)
    if len(trimmed(main)) > MOST_MAIN:
        raise NoRoom(f"{MOST_MAIN:,} bytes at most, and other metadata fills them")
    return replace(packets, main=main, extended=extended)


def _moved(main: bytes, extended: bytes, name: str) -> tuple[bytes, bytes]:
    texts = read_alt(main).of(name)
    if not texts:
        return main, extended
    taking = AltEditor(main)
    taking.take_out(name)
    giving = AltEditor(extended or _NEW_EXTENSION)
    giving.take_out(name)
    giving.say(name, {}, texts)
    return taking.result(), giving.result()


def _without(extended: bytes, name: str) -> bytes:
    """The second packet without a property; nothing at all where that was its only one."""
    editor = AltEditor(extended)
    editor.take_out(name)
    left = editor.result()
    says_more = any(
        node.children or any(_says(one.name) for one in node.attributes)
        for node in parse(left).walk()
        if node.name == f"{RDF}Description"
    )
    return left if says_more else b""


def _says(attribute: str) -> bool:
    """Whether an attribute is a property: neither RDF's or XML's own, nor a namespace."""
    return attribute.startswith("{") and not attribute.startswith(
        ("{http://www.w3.org/", "{xmlns}")
    )


def _naming(main: bytes, extended: bytes) -> bytes:
    """The main packet with the name of the second one, or without where there is none."""
    editor = _NoteEditor(main, (("xmpNote", _NOTE),))
    editor.name(guid_of(extended).decode("ascii") if extended else "")
    return editor.result()


class _NoteEditor(PacketEditor):
    def name(self, guid: str) -> None:
        if not guid:
            self._drop_attributes(_HAS_EXTENDED)
            for element in self._elements(_HAS_EXTENDED):
                self._splice(element.start, element.end, b"")
        elif not self._set_simple(_HAS_EXTENDED, guid):
            self._new.append(f"   <xmpNote:HasExtendedXMP>{guid}</xmpNote:HasExtendedXMP>")
