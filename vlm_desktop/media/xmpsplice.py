"""Splicing bytes into an XMP packet: finding properties, setting and adding them.

Everything that is not touched stays byte for byte as whoever wrote the packet wrote it.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from vlm_desktop.media.xmptree import Attribute, Node, XmpUnreadable, parse

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
CONTAINERS = (f"{RDF}Alt", f"{RDF}Bag", f"{RDF}Seq")

NEW_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="VLM Desktop">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()
_DESCRIPTION = """
  <rdf:Description rdf:about="{about}"
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"{namespaces}>
{properties}
  </rdf:Description>"""


def xml(text: str) -> bytes:
    """`text` between tags. A carriage return would be read as a line feed, so it is spelled out."""
    return escape(text, {"\r": "&#13;"}).encode("utf-8")


class PacketEditor:
    """Collects splices over one packet; positions are those of the packet as it was.

    `namespaces` are the (prefix, address) pairs that new properties are written with. Raises
    `XmpUnreadable` for what is no XMP.
    """

    def __init__(self, packet: bytes, namespaces: Sequence[tuple[str, str]]) -> None:
        self._packet = packet
        self._namespaces = namespaces
        self._splices: list[tuple[int, int, bytes]] = []
        self._new: list[str] = []
        root = parse(packet)
        found = next((node for node in root.walk() if node.name == f"{RDF}RDF"), None)
        if found is None:
            raise XmpUnreadable("it holds no rdf:RDF")
        self._rdf = found
        self._descriptions = [node for node in found.children if node.name == f"{RDF}Description"]

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
            self._splice(*attribute.value_at, xml(text))
        for element in elements:
            self._set_text(element, text)
        return bool(attributes or elements)

    def _set_text(self, node: Node, text: str) -> None:
        if node.is_empty_tag:
            opening = self._packet[node.start : node.open_end - 2].rstrip() + b">"
            closing = b"</" + node.raw + b">"
            self._splice(node.start, node.end, opening + xml(text) + closing)
        else:
            self._splice(node.open_end, node.close_start, xml(text))

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
            b"<" + tag + attribute + b">" + xml(text) + b"</" + tag + b">" for text in texts
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

    def _add_description(self) -> None:
        """Put new properties first, where every reader meets them before anything nested."""
        said = (node.attribute(f"{RDF}about") for node in self._descriptions)
        about = next((one for one in said if one is not None), None)
        raw = self._packet[slice(*about.value_at)].decode("utf-8") if about else ""
        block = _DESCRIPTION.format(
            about=raw.replace('"', "&quot;"),
            namespaces="".join(f'\n    xmlns:{name}="{at}"' for name, at in self._namespaces),
            properties="\n".join(self._new),
        ).encode("utf-8")
        rdf = self._rdf
        if rdf.is_empty_tag:
            opening = self._packet[rdf.start : rdf.open_end - 2].rstrip() + b">"
            self._splice(rdf.start, rdf.end, opening + block + b"\n</" + rdf.raw + b">")
        else:
            self._splice(rdf.open_end, rdf.open_end, block)


def container_of(element: Node) -> Node | None:
    """The list inside a property, if it is one."""
    return next((child for child in element.children if child.name in CONTAINERS), None)


def items_of(container: Node) -> list[Node]:
    return [child for child in container.children if child.name == f"{RDF}li"]


def language_of(item: Node) -> str:
    """The language of an item in lower case, "" where it says none."""
    language = item.attribute(LANG)
    return language.value.lower() if language else ""
