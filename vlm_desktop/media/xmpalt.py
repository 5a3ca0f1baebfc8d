"""Alt text and extended description in an XMP packet, in every language.

Both are language alternatives (rdf:Alt) of IPTC Core. "x-default" is what a reader shows that
looks for no language. It follows the language whose text it repeats; where it repeats none, the
first language that is new to the packet takes it over. Source: IPTC Photo Metadata Standard
2023.1; XMP specification part 1, 8.2.2.4.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vlm_desktop.base.altfiles import X_DEFAULT, AltSaid, AltWords
from vlm_desktop.media.text import clean_text
from vlm_desktop.media.xmp import alternatives, xmp_rows
from vlm_desktop.media.xmpsplice import (
    LANG,
    NEW_PACKET,
    RDF,
    PacketEditor,
    container_of,
    items_of,
    xml,
)
from vlm_desktop.media.xmptree import Node, XmpUnreadable, as_utf8, parse

_ADDRESS = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
PREFIX = "Iptc4xmpCore"
ALT, EXTENDED = "AltTextAccessibility", "ExtDescrAccessibility"
_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LETTERS_OF_SCRIPT = 4

Texts = dict[str, str]
"""Language -> text, in the packet's order."""


@dataclass(frozen=True, slots=True)
class AltTexts:
    """What a packet says: both properties by language.

    One that is there without any text is in `emptied`: in a sidecar it takes away what the file
    says.
    """

    alt: Texts
    extended: Texts
    emptied: frozenset[str] = frozenset()

    @property
    def speaks(self) -> bool:
        """Whether it says anything, and be it that there is nothing to say."""
        return bool(self.alt or self.extended or self.emptied)

    def of(self, name: str) -> Texts:
        """The texts of `ALT` or `EXTENDED`."""
        return self.alt if name == ALT else self.extended

    def with_texts(self, name: str, texts: Texts) -> "AltTexts":
        return replace(self, alt=texts) if name == ALT else replace(self, extended=texts)

    def over(self, below: "AltTexts") -> "AltTexts":
        """This, and of what `below` says the properties that this one does not speak of."""
        return AltTexts(
            self.alt if self.alt or ALT in self.emptied else below.alt,
            self.extended if self.extended or EXTENDED in self.emptied else below.extended,
        )

    def said(self) -> tuple[AltSaid, ...]:
        languages = dict.fromkeys((*self.alt, *self.extended))
        return tuple(
            AltSaid(language, self.alt.get(language, ""), self.extended.get(language, ""))
            for language in languages
        )


def tidy(text: str) -> str:
    """`text` as it can be written and will be read: no control characters, lines end in \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWRITABLE.sub("", text).strip()


def canonical(language: str) -> str | None:
    """A language tag as it is usually written: "pt-BR", "zh-Hant"; None for what is none."""
    if language.casefold() == X_DEFAULT:
        return X_DEFAULT
    if not _TAG.fullmatch(language):
        return None
    first, *others = language.split("-")
    parts = [first.lower()]
    for part in others:
        if len(part) == _LETTERS_OF_SCRIPT and part.isalpha():
            parts.append(part.title())
        else:
            parts.append(part.upper() if len(part) == 2 else part.lower())
    return "-".join(parts)


def read_alt(packet: bytes) -> AltTexts:
    """What the packet says; nothing where it cannot be read. Never raises."""
    texts, emptied = {}, set()
    for name in (ALT, EXTENDED):
        found = alternatives(packet, f"{PREFIX}:{name}")
        if found is None:
            texts[name] = Texts()
            continue
        said = Texts()
        for language, text in found:
            shown = canonical(language) or X_DEFAULT
            if text.strip():
                said.setdefault(shown, text.strip())
        texts[name] = said
        if not said:
            emptied.add(name)
    return AltTexts(texts[ALT], texts[EXTENDED], frozenset(emptied))


def is_damaged(packet: bytes) -> bool:
    """Whether there is a packet of which nothing can be read."""
    if not packet.strip(b"\x00 \r\n\t") or xmp_rows(packet):
        return False
    try:
        parse(as_utf8(packet).rstrip(b"\x00"))
    except XmpUnreadable:
        return True
    return False


def shown(texts: Texts) -> str:
    """What the library shows of texts in many languages: the default one, else English."""
    english = (text for one, text in texts.items() if one.split("-")[0] == "en")
    first = next(iter(texts.values()), "")
    return clean_text(texts.get(X_DEFAULT) or next(english, first))


def settled(before: Texts, changes: Mapping[str, str]) -> Texts:
    """The texts once `changes` are made; "" takes a language away. See the module's first lines."""
    default = before.get(X_DEFAULT, "")
    twins = [one for one, text in before.items() if one != X_DEFAULT and default == text]
    after = {X_DEFAULT: default, **before, **changes}
    if X_DEFAULT not in changes:
        after[X_DEFAULT] = _new_default(before, changes, after, twins)
    else:
        after |= {twin: changes[X_DEFAULT] for twin in twins if twin not in changes}
    return {language: text for language, text in after.items() if text}


def _new_default(
    before: Texts, changes: Mapping[str, str], after: Texts, twins: Sequence[str]
) -> str:
    """What is shown to who looks for no language, where nobody said it."""
    texts = [text for one, text in after.items() if one != X_DEFAULT and text]
    given = [text for text in changes.values() if text]
    changed_twins = [after[twin] for twin in twins if twin in changes]
    if twins:
        first = changed_twins[:1] or [before[X_DEFAULT]]
    elif before.get(X_DEFAULT):
        new = [text for one, text in changes.items() if one not in before and text]
        first = new or [before[X_DEFAULT]]
    else:
        first = given
    return next((text for text in (*first, *given, *texts) if text), "")


def edited_alt(
    packet: bytes,
    words: Mapping[str, AltWords],
    *,
    said: AltTexts | None = None,
    hiding: frozenset[str] = frozenset(),
) -> bytes:
    """`packet` saying `words` by language, in UTF-8; an empty one becomes a new packet.

    `said` is what counts as said before, by default what the packet says. Of the properties in
    `hiding` nothing may show through from elsewhere: where no text is left, an empty one is
    written. Raises `XmpUnreadable`; a packet that is not whole is never written over.
    """
    packet = as_utf8(packet).rstrip(b"\x00") if packet.strip(b"\x00 \r\n\t") else NEW_PACKET
    editor = AltEditor(packet)
    said = said or read_alt(packet)
    after = changed(said, words)
    for name in changed_properties(words):
        editor.say(name, said.of(name), after.of(name), hide=name in hiding)
    return editor.result()


def changed(said: AltTexts, words: Mapping[str, AltWords]) -> AltTexts:
    """What is said once `words` are written."""
    for name in changed_properties(words):
        said = said.with_texts(name, settled(said.of(name), _changes(words, name)))
    return AltTexts(said.alt, said.extended)


def changed_properties(words: Mapping[str, AltWords]) -> tuple[str, ...]:
    """Which of `ALT` and `EXTENDED` any language of `words` speaks of."""
    return tuple(name for name in (ALT, EXTENDED) if _changes(words, name))


def _changes(words: Mapping[str, AltWords], name: str) -> Texts:
    """The changes of one property by canonical language."""
    found = Texts()
    for language, one in words.items():
        text = one.alt if name == ALT else one.extended
        if text is not None:
            found[canonical(language) or language] = tidy(text)
    return found


class AltEditor(PacketEditor):
    """Sets the two properties, with each language's item spliced on its own where it can be."""

    def __init__(self, packet: bytes) -> None:
        super().__init__(packet, ((PREFIX, _ADDRESS),))

    def say(self, name: str, before: Texts, after: Texts, *, hide: bool = False) -> None:
        """Make the property say `after`; without any text it goes, or is left empty to `hide`."""
        full = f"{{{_ADDRESS}}}{name}"
        elements = self._elements(full)
        items = self._items(elements) if not self._attributes(full) else None
        if after and items is not None:
            self._change(elements[0], items, before, after)
            return
        self._drop_attributes(full)
        for element in elements:
            self._splice(element.start, element.end, b"")
        if after or hide:
            texts = after or {X_DEFAULT: ""}
            listed = b"".join(_item(b"rdf:li", one, text) for one, text in texts.items())
            prop = f"{PREFIX}:{name}"
            block = f"   <{prop}><rdf:Alt>{listed.decode('utf-8')}</rdf:Alt></{prop}>"
            self._new.append(block)

    def take_out(self, name: str) -> None:
        """Remove the property whole."""
        self.say(name, {}, {})

    def _items(self, elements: list[Node]) -> dict[str, Node] | None:
        """The items by language, where there is one list with a language on each of them."""
        container = container_of(elements[0]) if len(elements) == 1 else None
        if container is None or container.name != f"{RDF}Alt" or container.is_empty_tag:
            return None
        found: dict[str, Node] = {}
        for item in items_of(container):
            tag = item.attribute(LANG)
            language = canonical(tag.value) if tag else None
            if language is None or language in found or item.children:
                return None
            found[language] = item
        return found

    def _change(self, element: Node, items: dict[str, Node], before: Texts, after: Texts) -> None:
        container = container_of(element)
        assert container is not None
        tag = container.raw.rpartition(b":")[0] + b":li" if b":" in container.raw else b"li"
        for language, text in after.items():
            if language not in items:
                at = container.open_end if language == X_DEFAULT else container.close_start
                self._splice(at, at, _item(tag, language, text))
            elif before.get(language) != text:
                self._set_text(items[language], text)
        for language, item in items.items():
            if language not in after:
                self._splice(item.start, item.end, b"")


def _item(tag: bytes, language: str, text: str) -> bytes:
    return b'<%b xml:lang="%b">%b</%b>' % (tag, language.encode("ascii"), xml(text), tag)
