"""Markdown: CommonMark with tables and strikethrough, HTML inside it, front matter before it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from vlm_desktop.base.altpages import Page, PageFormat, PageImage, Spot
from vlm_desktop.base.alttext import PageContext
from vlm_desktop.base.pageerrors import PageEncodingRefused, PageTooLarge
from vlm_desktop.media.pages import words
from vlm_desktop.media.pages.html import Lines, scanned_page, spotted
from vlm_desktop.media.pages.htmlscan import MOST_IMAGES
from vlm_desktop.media.pages.loaded import Loaded, Reading
from vlm_desktop.media.pages.markdownscan import Candidate, Form, Scanned, scan_inline
from vlm_desktop.media.pages.references import Places, file_name, resolve, shortened
from vlm_desktop.media.pages.targets import AttributeTarget, Splice, Target
from vlm_desktop.media.pages.textfile import Kind, TextFile, Undecodable, decode

_LONGEST = 50_000
"""Paragraphs with images beyond this are refused: the parser's time grows with their square."""
_NEAR = 4_000
_MOST_BLOCKS = 100
_FRONT = re.compile(
    r"(---|\+\+\+)[ \t]*(?:\r\n?|\n)(.*?)(?:\r\n?|\n)\1[ \t]*(?=[\r\n]|$)", re.DOTALL
)
_FIELD = r"^{name}[ \t]*[:=][ \t]*([^\r\n]+)"
_LINE_END = re.compile(r"\r\n?|\n")
_SAME = re.compile(r"\s*[\r\n][\s>]*")
_ALWAYS = re.compile(r"[\\\[\]`<>]")
_PUNCTUATION = re.compile(r"[\\`*_\[\]<>&!~|$]")
# A backslash does not keep these from ending code or a tag that began before the image.
_NAMED = {"`": "&#96;", "<": "&lt;", ">": "&gt;"}

_parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_blocks = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_blocks.core.ruler.disable("inline")


@dataclass(frozen=True, slots=True)
class MarkdownTarget:
    """The alt text of ![alt](address), from `alt_start` to `alt_end`."""

    start: int
    end: int
    alt_start: int
    alt_end: int
    form: Form
    in_table: bool
    part: str = ""
    one_line: bool = True

    @property
    def regions(self) -> tuple[tuple[int, int], ...]:
        return ((self.start, self.end),)

    def splices(self, source: TextFile, alt: str | None) -> tuple[Splice, ...]:
        text = _escaped(alt or "", source, in_table=self.in_table)
        if self.form is Form.INLINE:
            return (Splice(self.alt_start, self.alt_end, text),)
        label = source.text[self.alt_start : self.alt_end]  # it names the address, so it stays
        return (Splice(self.start, self.end, f"![{text}][{label}]"),)


@dataclass(slots=True)
class _Block:
    """A paragraph, heading or cell, from `first` up to the line `last`."""

    content: str
    first: int
    last: int
    heading: bool = False
    in_table: bool = False
    said: str | None = None


@dataclass(slots=True)
class _Shown:
    """An image as the parser sees it, with the words before and after it in its paragraph."""

    token: Token
    before: str
    link: str = ""
    link_start: int = -1
    link_end: int = -1
    after: str = ""
    link_text: str = ""


@dataclass(slots=True)
class _Document:
    blocks: list[_Block] = field(default_factory=list)
    html: list[tuple[int, int]] = field(default_factory=list)
    """Lines, from and up to."""
    references: dict[str, Any] = field(default_factory=dict)


def load(reading: Reading, data: bytes) -> Loaded:
    """Raises PageEncodingRefused, PageTooLarge, Cancelled."""
    try:
        source = decode(data, Kind.PLAIN)
    except Undecodable as error:
        raise PageEncodingRefused(path=reading.path, encoding=str(error)) from error
    loader = _Loader(reading, source.text)
    images, targets = loader.spotted()
    page = Page(
        path=reading.path,
        format=PageFormat.MARKDOWN,
        title=loader.title,
        language=loader.front("lang") or loader.front("language"),
        content_hash=reading.content_hash,
        images=images,
    )
    return Loaded(page, {"": source}, targets)


class _Loader:
    def __init__(self, reading: Reading, text: str) -> None:
        self._reading = reading
        self._text = text
        front = _FRONT.match(text)
        self._front = front[2] if front else ""
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(text)), len(text)]
        blank = "\n" * len(_LINE_END.findall(front[0])) if front else ""
        body = blank + (text[front.end() :] if front else text)
        self._document = _parsed(body)
        self._headings: list[int] = []
        for at, block in enumerate(self._document.blocks):
            last = self._headings[-1] if self._headings else -1
            self._headings.append(at if block.heading else last)
        self._places = Places()
        named = (self._said(one) for one in self._document.blocks if one.heading)
        self.title = self.front("title") or next(named, "")

    def front(self, name: str) -> str:
        """A field of the front matter."""
        found = re.search(_FIELD.format(name=name), self._front, re.MULTILINE)
        return words.line(found[1].strip().strip("\"'")) if found else ""

    def spotted(self) -> tuple[tuple[PageImage, ...], dict[str, Target]]:
        pairs: list[tuple[PageImage, Target | None]] = []
        last_line = len(self._starts) - 1
        tags = [
            (self._starts[first], self._starts[min(last, last_line)])
            for first, last in self._document.html
        ]
        groups: dict[tuple[int, int], list[int]] = {}
        for at, block in enumerate(self._document.blocks):
            groups.setdefault((block.first, block.last), []).append(at)
        for (first, last), group in groups.items():
            self._reading.cancel.raise_if_cancelled()
            start, end = self._starts[first], self._starts[min(last, last_line)]
            if self._may_show(start, end):
                scanned = scan_inline(self._text, start, end, self._document.references)
                pairs += self._shown(group, scanned)
                tags += self._tags(group, scanned)
        pairs += self._html(tags)
        if len(pairs) > MOST_IMAGES:
            detail = f"more than {MOST_IMAGES:,} images"
            raise PageTooLarge(path=self._reading.path, detail=detail)
        return self._keyed(pairs)

    def _may_show(self, start: int, end: int) -> bool:
        piece = self._text[start:end]
        if end - start > _LONGEST and ("![" in piece or "<img" in piece):
            detail = f"a paragraph of more than {_LONGEST:,} characters"
            raise PageTooLarge(path=self._reading.path, detail=detail)
        return end - start <= _LONGEST and ("![" in piece or "<" in piece)

    def _keyed(
        self, pairs: list[tuple[PageImage, Target | None]]
    ) -> tuple[tuple[PageImage, ...], dict[str, Target]]:
        lines = Lines(self._text)
        images, targets = [], {}
        for image, target in sorted(pairs, key=lambda pair: pair[1].start if pair[1] else 0):
            if target is not None:
                image = replace(image, line=lines.of(target.start))
            place = self._places.key(image.spot.value, image.source)
            images.append(replace(image, place=place))
            if target is not None:
                targets[place] = target
        return tuple(sorted(images, key=lambda one: one.line)), targets

    # --- ![...](...) ---------------------------------------------------------------------

    def _shown(
        self, group: list[int], scanned: Scanned
    ) -> Iterator[tuple[PageImage, Target | None]]:
        waiting = list(scanned.candidates)
        for at in group:
            block = self._document.blocks[at]
            for shown in _images(self._inline(block.content)):
                target = self._match(shown.token, waiting, block)
                yield self._image(shown, at, target), target

    def _match(
        self, token: Token, waiting: list[Candidate], block: _Block
    ) -> MarkdownTarget | None:
        """The place of an image that the parser found: the next that has the same words."""
        wanted = _SAME.sub("\n", token.content)
        for at, one in enumerate(waiting):
            written = _SAME.sub("\n", self._text[one.alt_start : one.alt_end])
            if block.in_table:
                written = written.replace(r"\|", "|")
            if written == wanted:
                del waiting[: at + 1]
                return MarkdownTarget(
                    one.start, one.end, one.alt_start, one.alt_end, one.form, block.in_table
                )
        return None

    def _image(self, shown: _Shown, at: int, target: MarkdownTarget | None) -> PageImage:
        token = shown.token
        source = str(token.attrs.get("src", ""))
        resolved = resolve(source, self._reading.path, "", self._reading.copies)
        alt = words.plain(_alt(token))
        title = words.line(str(token.attrs.get("title", "")))
        return PageImage(
            place="",
            spot=Spot.MARKDOWN,
            source=shortened(source),
            path=resolved.path,
            name=words.line(file_name(source) or title or Spot.MARKDOWN.value, 200),
            alt=alt,
            context=replace(
                self._around(at, shown.before, shown.after),
                title=title,
                link_target=words.line(shown.link, 2000),
                link_text=words.line(shown.link_text),
            ),
            line=self._document.blocks[at].first + 1,
            decorative=not alt.strip(),
            missing=resolved.missing,
            writable=target is not None,
            why_not="" if target else "markdown",
        )

    def _around(self, at: int, before: str, after: str) -> PageContext:
        blocks = self._document.blocks
        if not blocks:
            return PageContext(page_title=self.title)
        heading = self._headings[at]
        above, below = at - 1, at + 1
        while above > max(heading, at - _MOST_BLOCKS) and len(before) < words.BEFORE:
            before = f"{self._said(blocks[above])} {before}"
            above -= 1
        last = min(len(blocks), at + _MOST_BLOCKS)
        while below < last and not blocks[below].heading and len(after) < words.AFTER:
            after = f"{after} {self._said(blocks[below])}"
            below += 1
        return PageContext(
            page_title=self.title,
            heading=self._said(blocks[heading]) if heading >= 0 else "",
            before=words.tail(words.line(before, _NEAR), words.BEFORE),
            after=words.line(after, words.AFTER),
        )

    def _said(self, block: _Block) -> str:
        """The words of a block, or of its beginning."""
        if block.said is None:
            block.said = words.line(_words(self._inline(block.content[:_NEAR])), words.BEFORE)
        return block.said

    def _inline(self, content: str) -> list[Token]:
        tokens: list[Token] = []
        env = {"references": self._document.references}
        _parser.inline.parse(content, _parser, env, tokens)
        return tokens

    # --- HTML ----------------------------------------------------------------------------

    def _tags(self, group: list[int], scanned: Scanned) -> Iterator[tuple[int, int]]:
        """The tags in paragraphs that the parser takes for tags, too."""
        if not scanned.tags:
            return
        agreed = {
            token.content
            for at in group
            for token in self._inline(self._document.blocks[at].content)
            if token.type == "html_inline"
        }
        for start, end in scanned.tags:
            if _LINE_END.sub("\n", self._text[start:end]) in agreed:
                yield start, end

    def _html(self, pieces: list[tuple[int, int]]) -> Iterator[tuple[PageImage, Target]]:
        """Images of the HTML: everything else is blanked out, so that places stay."""
        if not pieces:
            return
        kept, at = [], 0
        for start, end in sorted(pieces):
            kept += [" " * (start - at), self._text[start:end]]
            at = end
        scanned = scanned_page(self._reading, "".join(kept), xml=False)
        lines = Lines(self._text)
        for image, target in spotted(self._reading, scanned, Places()):
            line = lines.of(target.start) - 1
            at = self._block_at(line)
            blocks = self._document.blocks
            same = bool(blocks) and blocks[at].first <= line < blocks[at].last
            around = self._around(at, self._said(blocks[at]) if same else "", "")
            said = {
                name: getattr(image.context, name) or getattr(around, name)
                for name in ("page_title", "heading", "before", "after")
            }
            if isinstance(target, AttributeTarget):
                target = replace(target, numbered="`|")
            yield replace(image, context=replace(image.context, **said)), target

    def _block_at(self, line: int) -> int:
        blocks = self._document.blocks
        low, high = 0, len(blocks)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if blocks[middle].first <= line else (low, middle)
        return max(0, low - 1)


def _parsed(body: str) -> _Document:
    env: dict[str, Any] = {}
    document = _Document()
    kind = ""
    for token in _blocks.parse(body, env):
        if token.type in ("heading_open", "td_open", "th_open"):
            kind = token.type
        elif token.type == "inline" and token.map:
            first, last = token.map
            heading, in_table = kind == "heading_open", kind in ("td_open", "th_open")
            document.blocks.append(_Block(token.content, first, last, heading, in_table))
            kind = ""
        elif token.type == "html_block" and token.map:
            document.html.append((token.map[0], token.map[1]))
    document.references = env.get("references", {})
    return document


def _images(tokens: list[Token]) -> list[_Shown]:
    """The images of a paragraph with the words around each."""
    shown: list[_Shown] = []
    said, link, link_from = "", "", 0
    for token in tokens:
        if token.type == "image":
            shown.append(_Shown(token, said, link, len(said)))
        elif token.type == "link_open":
            link, link_from = str(token.attrs.get("href", "")), len(said)
        elif token.type == "link_close":
            for one in shown:
                if one.link and one.link_end < 0:
                    one.link_text, one.link_end = said[link_from:], len(said)
            link = ""
        else:
            said += _word(token)
    for one in shown:
        one.after = said[len(one.before) :]
    return shown


def _words(tokens: list[Token]) -> str:
    return "".join(map(_word, tokens))


def _word(token: Token) -> str:
    if token.type in ("text", "code_inline", "text_special"):
        return token.content
    return " " if token.type in ("softbreak", "hardbreak") else ""


def _alt(token: Token) -> str:
    """What an image says, without the marks in it."""
    return "".join(_alt(one) if one.type == "image" else _word(one) for one in token.children or ())


def _escaped(alt: str, source: TextFile, *, in_table: bool) -> str:
    """`alt` between brackets: with as few backslashes as the parser needs to give it back."""
    text = _ALWAYS.sub(_mark, alt)
    tokens: list[Token] = []
    if len(text) <= _LONGEST:
        _parser.inline.parse(f"![{text}](a)", _parser, {}, tokens)
    if len(tokens) != 1 or tokens[0].type != "image" or _alt(tokens[0]) != alt:
        text = _PUNCTUATION.sub(_mark, alt)
    elif in_table:
        text = text.replace("|", r"\|")
    return "".join(one if source.fits(one) else f"&#x{ord(one):X};" for one in text)


def _mark(found: re.Match[str]) -> str:
    return _NAMED.get(found[0]) or f"\\{found[0]}"
