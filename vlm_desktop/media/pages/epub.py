"""E-books: the pages of XHTML in the order they are read.

Sources: EPUB 3.3 (package document, OCF container), EPUB 2.0.1.
"""

import posixpath
import urllib.parse
from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from vlm_desktop.base.altpages import Page, PageFormat, PageImage
from vlm_desktop.base.pageerrors import (
    PageDamaged,
    PageEncrypted,
    PageTooLarge,
    PageUnknown,
    PageWithEntities,
)
from vlm_desktop.media.pages import words
from vlm_desktop.media.pages.html import scanned_page, spotted
from vlm_desktop.media.pages.htmlscan import MOST_IMAGES
from vlm_desktop.media.pages.loaded import Loaded, Reading
from vlm_desktop.media.pages.package import elements
from vlm_desktop.media.pages.references import Places, Resolved, resolve
from vlm_desktop.media.pages.targets import Target
from vlm_desktop.media.pages.textfile import Kind, TextFile, Undecodable, decode
from vlm_desktop.media.pages.zipparts import Archive

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_SIGNATURES = "META-INF/signatures.xml"
_XHTML = "application/xhtml+xml"
_MOST_TEXT = 256 * 1024 * 1024


def load(reading: Reading, archive: Archive) -> Loaded:
    """Raises as `Archive` does, and PageUnknown, PageWithEntities, Cancelled."""
    return _Book(reading, archive).loaded()


class _Book:
    def __init__(self, reading: Reading, archive: Archive) -> None:
        self._reading = reading
        self._archive = archive
        if not archive.has(_CONTAINER):
            raise PageUnknown(path=reading.path)
        roots = [one.get("full-path", "") for one in elements(self._xml(_CONTAINER), "rootfile")]
        if not roots:
            raise PageDamaged(path=reading.path, detail="it names no package")
        self._folder = posixpath.dirname(roots[0])
        self._package = self._xml(roots[0])
        self._sources: dict[str, TextFile] = {}
        self._places = Places()
        self._copied: dict[str, Resolved] = {}

    def loaded(self) -> Loaded:
        title, language = self._said("title"), self._said("language")
        pages = self._pages()
        locked = self._locked()
        if locked.intersection(pages):
            raise PageEncrypted(path=self._reading.path)
        images: list[PageImage] = []
        targets: dict[str, Target] = {}
        length = 0
        for part in pages:
            for image, target in self._images(part):
                if title and not image.context.page_title:
                    image = replace(image, context=replace(image.context, page_title=title))
                images.append(image)
                targets[image.place] = target
            length += len(self._sources[part].text)
            if len(images) > MOST_IMAGES or length > _MOST_TEXT:
                detail = f"more than {MOST_IMAGES:,} images or {_MOST_TEXT >> 20} MB of text"
                raise PageTooLarge(path=self._reading.path, detail=detail)
        page = Page(
            path=self._reading.path,
            format=PageFormat.EPUB,
            title=title,
            language=language,
            content_hash=self._reading.content_hash,
            images=tuple(images),
        )
        return Loaded(page, self._sources, targets, self._archive.has(_SIGNATURES))

    def _images(self, part: str) -> Iterator[tuple[PageImage, Target]]:
        try:
            source = decode(self._archive.read(part), Kind.XML)
        except Undecodable as error:
            detail = f"{part} is no text in {error}"
            raise PageDamaged(path=self._reading.path, detail=detail) from error
        if "<!ENTITY" in source.text[:20_000]:
            raise PageWithEntities(path=self._reading.path, part=part)
        self._sources[part] = source
        scanned = scanned_page(self._reading, source.text, xml=True)
        base = posixpath.dirname(part)
        return spotted(
            self._reading, scanned, self._places, part, lambda one: self._resolved(one, base)
        )

    def _resolved(self, reference: str, folder: str) -> Resolved:
        """The copy of an image of the book; None for those of other machines."""
        if reference[:5].lower() == "data:":
            return resolve(reference, self._reading.path, "", self._reading.copies)
        try:
            parts = urllib.parse.urlsplit(reference.strip())
        except ValueError:
            return Resolved()
        if parts.scheme or parts.netloc or not parts.path:
            return Resolved()
        name = _member(folder, parts.path)
        if name not in self._copied:
            data = self._archive.picture(name)
            if data is None:
                self._copied[name] = Resolved(missing=True)
            else:
                self._copied[name] = Resolved(self._reading.copies.keep(data))
        return self._copied[name]

    def _pages(self) -> list[str]:
        """Pages in the order they are read, then those that are only linked to."""
        items = {
            one.get("id", ""): _member(self._folder, one.get("href", ""))
            for one in elements(self._package, "item")
            if one.get("media-type") == _XHTML
        }
        order = [items.get(one.get("idref", ""), "") for one in elements(self._package, "itemref")]
        names = dict.fromkeys([*order, *items.values()])
        return [name for name in names if name and self._archive.has(name)]

    def _locked(self) -> set[str]:
        """Members that are encrypted; fonts are in many books, pages in protected ones."""
        if not self._archive.has(_ENCRYPTION):
            return set()
        found = elements(self._xml(_ENCRYPTION), "CipherReference")
        return {_member("", one.get("URI", "")) for one in found}

    def _said(self, name: str) -> str:
        return next((words.line(one.text or "") for one in elements(self._package, name)), "")

    def _xml(self, part: str) -> Element:
        try:
            root: Element = fromstring(self._archive.read(part))
        except DefusedXmlException as error:
            raise PageWithEntities(path=self._reading.path, part=part) from error
        except (ParseError, ValueError, LookupError) as error:
            raise PageDamaged(path=self._reading.path, detail=f"{part}: {error}") from error
        return root


def _member(folder: str, reference: str) -> str:
    """The name of a member that a page or package in `folder` refers to."""
    path = urllib.parse.unquote(reference.partition("#")[0])
    return posixpath.normpath(posixpath.join(folder, path)).lstrip("/")
