"""Packages of parts with relationships: what Word and PowerPoint documents are made of.

Source: ECMA-376 part 2 (Open Packaging Conventions).
"""

import posixpath
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from vlm_desktop.base.pageerrors import (
    PageDamaged,
    PageTooLarge,
    PageUnknown,
    PageWithEntities,
    PageWithMacros,
)
from vlm_desktop.media.pages import words
from vlm_desktop.media.pages.loaded import Reading
from vlm_desktop.media.pages.references import Resolved, file_name, resolve
from vlm_desktop.media.pages.textfile import Kind, TextFile, Undecodable, decode
from vlm_desktop.media.pages.xmlscan import EntitiesDeclared, Handler, XmlRefused, read_xml
from vlm_desktop.media.pages.zipparts import Archive

_TYPES = "[Content_Types].xml"
_MOST_RELATIONS = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Relation:
    """`target` is a part's name, or the address as written where it is outside."""

    kind: str
    target: str
    external: bool


class Package:
    """The parts of one document. Raises as `Archive` does, and PageWithMacros, PageUnknown."""

    def __init__(self, reading: Reading, archive: Archive) -> None:
        self._reading = reading
        self._archive = archive
        self._kept: dict[str, bytes] = {}
        self._types = self._content_types()
        if any("macroEnabled" in kind or "vbaProject" in kind for kind in self._types.values()):
            raise PageWithMacros(path=reading.path)
        main = [one for one in self.relations("").values() if one.kind == "officeDocument"]
        if not main or not archive.has(main[0].target):
            raise PageUnknown(path=reading.path)
        self.main = main[0].target
        self.signed = any(name.startswith("_xmlsignatures/") for name in archive.names)

    def of_type(self, ending: str) -> list[str]:
        """Parts whose content type ends so, in the archive's order."""
        return [name for name in self._archive.names if self._types.get(name, "").endswith(ending)]

    def xml(self, part: str) -> Element:
        """A small part as a tree. Raises PageDamaged, PageWithEntities, PageTooLarge."""
        data = self._archive.read(part)
        if len(data) > _MOST_RELATIONS:
            raise PageTooLarge(path=self._reading.path, detail=f"{part}: {len(data):,} bytes")
        try:
            root: Element = fromstring(data, forbid_dtd=True)
        except DefusedXmlException as error:
            raise PageWithEntities(path=self._reading.path, part=part) from error
        except (ParseError, ValueError, LookupError) as error:
            raise PageDamaged(path=self._reading.path, detail=f"{part}: {error}") from error
        return root

    def scan(self, part: str, handler: Handler, source: TextFile) -> None:
        """Raises PageDamaged, PageWithEntities, Cancelled."""
        try:
            read_xml(source.text, handler, self._reading.cancel)
        except EntitiesDeclared as error:
            raise PageWithEntities(path=self._reading.path, part=part) from error
        except XmlRefused as error:
            raise PageDamaged(path=self._reading.path, detail=f"{part}: {error}") from error

    def text(self, part: str) -> TextFile:
        """Raises PageDamaged, PageTooLarge."""
        try:
            return decode(self._archive.read(part), Kind.XML)
        except Undecodable as error:
            detail = f"{part} is no text in {error}"
            raise PageDamaged(path=self._reading.path, detail=detail) from error

    def relations(self, part: str) -> dict[str, Relation]:
        """What a part refers to, by the ids it uses."""
        folder, name = posixpath.split(part)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self._archive.has(where):
            return {}
        found = {}
        for one in self.xml(where):
            target, external = one.get("Target", ""), one.get("TargetMode") == "External"
            if not external:
                target = _absolute(folder, target)
            kind = one.get("Type", "").rstrip("/").rpartition("/")[2]
            found[one.get("Id", "")] = Relation(kind, target, external)
        return found

    def image(self, relation: Relation | None) -> tuple[str, Resolved]:
        """The name of a picture, and where its bytes are: a copy, or the file it refers to."""
        if relation is None:
            return "", Resolved()
        if relation.external:
            address = relation.target.replace("\\", "/")
            return file_name(address), resolve(
                address, self._reading.path, "", self._reading.copies
            )
        data = self._archive.picture(relation.target)
        if data is None:
            return file_name(relation.target), Resolved(missing=True)
        return file_name(relation.target), Resolved(self._reading.copies.keep(data))

    def property(self, name: str) -> str:
        """A core property such as "title"; "" where it is not given."""
        for one in self.relations("").values():
            if one.kind == "core-properties" and self._archive.has(one.target):
                for element in self.xml(one.target):
                    if element.tag.rpartition("}")[2] == name:
                        return words.line(element.text or "")
        return ""

    def _content_types(self) -> dict[str, str]:
        if not self._archive.has(_TYPES):
            raise PageUnknown(path=self._reading.path)
        defaults, overrides = {}, {}
        for one in self.xml(_TYPES):
            kind = one.get("ContentType", "")
            if one.tag.endswith("}Default"):
                defaults[one.get("Extension", "").lower()] = kind
            elif one.tag.endswith("}Override"):
                overrides[one.get("PartName", "").lstrip("/")] = kind
        return {
            name: overrides.get(name) or defaults.get(name.rpartition(".")[2].lower(), "")
            for name in self._archive.names
        }


def _absolute(folder: str, target: str) -> str:
    """The name of a part that another one in `folder` refers to."""
    target = urllib.parse.unquote(target.partition("#")[0])
    joined = target if target.startswith("/") else posixpath.join(folder, target)
    return posixpath.normpath(joined).lstrip("/")


def elements(root: Element, local: str) -> Iterator[Element]:
    """All elements of that local name below."""
    return (one for one in root.iter() if one.tag.rpartition("}")[2] == local)
