"""What a link or button does, said by rule from its address and the words around it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import regex

from vlm_desktop.base.alttext import PageContext
from vlm_desktop.engine.alttext.lengths import listed
from vlm_desktop.engine.alttext.lintrules import plain, words
from vlm_desktop.engine.alttext.styles import words_for

_FILES = listed(
    "pdf zip doc docx xls xlsx ppt pptx odt ods odp csv epub mp3 mp4 wav mov rtf txt gz tar 7z exe"
    " dmg msi apk ics"
)  # fmt: skip
_HOME = frozenset(("", "/", "/index.html", "/index.htm", "/index.php", "/home", "/start"))
_SEARCH = regex.compile(
    r"(?:^|[/?&#_-])(?:search|suche|recherche|buscar|cerca|find)(?:$|[/?&=#._-])"
)
_NUMBERS_ONLY = regex.compile(r"[\W\d_]*")


@dataclass(frozen=True, slots=True)
class Link:
    """An address in its parts; `name` is its last part as words."""

    scheme: str
    host: str
    path: str
    anchor: str
    whole: str

    @property
    def file(self) -> str:
        return PurePosixPath(unquote(self.path)).name

    @property
    def name(self) -> str:
        stem = PurePosixPath(self.file).stem
        spoken = " ".join(regex.sub(r"[_+.-]+", " ", stem).split())
        return "" if _NUMBERS_ONLY.fullmatch(spoken) or len(spoken) > 60 else spoken

    @property
    def is_file(self) -> bool:
        return PurePosixPath(self.file).suffix.removeprefix(".").casefold() in _FILES


def _anchor(link: Link) -> str:
    return " ".join(regex.sub(r"[_-]+", " ", unquote(link.anchor)).split())


_KINDS: tuple[tuple[str, Callable[[Link], bool], Callable[[Link], str]], ...] = (
    # (row of the table of words, whether it fits, what is named)
    ("email", lambda link: link.scheme == "mailto", lambda link: unquote(link.path)),
    ("call", lambda link: link.scheme == "tel", lambda link: unquote(link.path)),
    ("search", lambda link: bool(_SEARCH.search(link.whole.casefold())), lambda link: ""),
    ("download", lambda link: link.is_file, lambda link: link.file),
    ("anchor", lambda link: not link.path and not link.host and bool(link.anchor), _anchor),
    ("home", lambda link: not link.host and link.path in _HOME, lambda link: ""),
    ("site", lambda link: link.path in _HOME or not link.name, lambda link: link.host),
    ("page", lambda link: bool(link.name), lambda link: link.name),
)


def action(context: PageContext, language: str, read: str = "") -> str:
    """What a link or button does, as a short phrase; "" where nothing tells.

    Words that a person wrote come first (the link's own words, the title), then those that were
    read in the image (`read`), then the address.
    """
    said = words_for("action", language)
    for told in (context.title, read if len(words(read)) <= 6 else ""):
        if plain(told) and not _looks_like_address(told):
            return said["labelled"].format(what=told.strip().rstrip("."))
    target = context.link_target.strip()
    if not target or target.casefold() == "button":
        return ""
    parts = urlsplit(target)
    host = parts.netloc.rpartition("@")[2].removeprefix("www.")
    link = Link(parts.scheme.casefold(), host, parts.path, parts.fragment, target)
    for row, fits, names in _KINDS:
        if fits(link):
            what = names(link)
            return said[row].format(what=what) if what or "{what}" not in said[row] else ""
    return ""


def _looks_like_address(text: str) -> bool:
    return bool(regex.match(r"\s*(?:\w+://|www\.|mailto:)", text))
