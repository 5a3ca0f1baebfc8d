"""Openings that say only that an image is an image: a screen reader has said that already.

One row a language. "Painting of", "map of", "screenshot of" and the like stay: what kind of image
it is can matter. `banned_starts` are the same openings as plain strings, for decoding.
"""

from dataclasses import dataclass
from itertools import product

import regex


@dataclass(frozen=True, slots=True)
class Opening:
    """How a language says "a photo of".

    Each field lists alternatives: articles, nouns, what links noun and content so that what
    follows can stand alone (`safe`) or cannot, since it is declined (`bound`), and whole
    phrases. `declined` are words after a safe link that cannot open a sentence.
    """

    articles: tuple[str, ...]
    nouns: tuple[str, ...]
    safe: tuple[str, ...]
    bound: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()


_ROWS: dict[str, Opening] = {
    "en": Opening(
        ("a", "an", "the", "this", "this is a", "this is an", "here is a", "here is an"),
        ("image", "picture", "photo", "photograph", "pic", "graphic", "img"),
        ("of", "showing", "depicting", "featuring", "shows", "depicts", "features", "displays",
         "that shows", "which shows", "that depicts", "taken of"),
        phrases=("in this image", "in this picture", "in this photo", "in the image",
                 "in the picture", "in the photo", "we can see", "we see", "here we see",
                 "here we can see", "you can see"),
    ),
    "de": Opening(
        ("ein", "eine", "das", "die", "dieses", "diese", "dies ist ein", "das ist ein"),
        ("bild", "foto", "fotografie", "aufnahme", "abbildung", "grafik"),
        ("zeigt", "zeigend"),
        bound=("von", "vom", "eines", "einer", "des", "der", "mit", "auf dem", "auf der", "das",
               "die"),
        phrases=("auf dem bild", "auf dem foto", "auf diesem bild", "auf diesem foto",
                 "in diesem bild", "im bild ist", "zu sehen ist", "zu sehen sind", "man sieht",
                 "wir sehen"),
        declined=("einen", "den", "diesen", "seinen", "ihren", "keinen"),
    ),
    "fr": Opening(
        ("une", "la", "cette", "l'", "l’", "voici une", "c'est une", "ceci est une"),
        ("image", "photo", "photographie"),
        ("de", "d'", "d’", "montrant", "représentant", "montre", "représente", "qui montre"),
        bound=("du", "des"),
        phrases=("sur cette image", "sur cette photo", "sur la photo", "dans cette image",
                 "on voit", "on peut voir", "nous voyons"),
    ),
    "es": Opening(
        ("una", "la", "esta", "esta es una", "es una"),
        ("imagen", "foto", "fotografía", "fotografia"),
        ("de", "mostrando", "muestra", "que muestra"),
        bound=("del", "con"),
        phrases=("en esta imagen", "en esta foto", "en la imagen", "en la foto", "se ve",
                 "se puede ver", "podemos ver"),
    ),
    "it": Opening(
        ("un'", "un’", "una", "la", "questa", "l'", "l’", "questa è una"),
        ("immagine", "foto", "fotografia"),
        ("di", "mostrante", "mostra", "che mostra", "raffigurante", "che raffigura"),
        bound=("del", "della", "dello", "dei", "degli", "delle", "con", "d'", "d’"),
        phrases=("in questa immagine", "in questa foto", "nella foto", "nell'immagine",
                 "si vede", "possiamo vedere"),
    ),
    "nl": Opening(
        ("een", "de", "deze", "het", "dit is een"),
        ("foto", "afbeelding", "plaatje"),
        ("van", "toont", "met daarop"),
        bound=("met", "waarop"),
        phrases=("op deze foto", "op de foto", "op deze afbeelding", "we zien", "je ziet"),
    ),
    "pt": Opening(
        ("uma", "a", "esta", "esta é uma"),
        ("imagem", "foto", "fotografia"),
        ("de", "mostrando", "mostra", "que mostra"),
        bound=("do", "da", "dos", "das", "com"),
        phrases=("nesta imagem", "nesta foto", "na imagem", "na foto", "vemos", "podemos ver"),
    ),
}  # fmt: skip


def _either(some: tuple[str, ...]) -> str:
    ordered = sorted(some, key=len, reverse=True)
    return "|".join(regex.escape(one).replace(r"\ ", r"\s+") for one in ordered)


def _pattern(row: Opening) -> "regex.Pattern[str]":
    """Groups: `bound` matched where what follows cannot stand alone."""
    bound = rf"|(?P<bound>{_either(row.bound)})" if row.bound else "|(?P<bound>(?!))"
    declined = rf"(?P<declined>\s*(?:{_either(row.declined)})\b)?" if row.declined else ""
    # After an elided article ("l'image") there is no blank, after "d'" none either.
    return regex.compile(
        rf"[\s\"'“«*_]*(?:"
        rf"(?:(?:{_either(row.articles)})(?:\s+|(?<=['’])))?(?:{_either(row.nouns)})\s+"
        rf"(?:(?P<safe>{_either(row.safe)}){bound})(?:\s*:\s*|\s+|(?<=['’])){declined}"
        rf"|(?P<phrase>{_either(row.phrases)})(?:\s*[,:]\s*|\s+)"
        rf")",
        regex.IGNORECASE,
    )


_PATTERNS = {language: _pattern(row) for language, row in _ROWS.items()}
_NOUN_COLON = regex.compile(
    r"[\s\"'“«*_]*(?:"
    + "|".join(sorted({noun for row in _ROWS.values() for noun in row.nouns}, key=len)[::-1])
    + r")\s*:\s*",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """An opening that was found: it ends at `end`; `stands` says whether the rest can be alone."""

    end: int
    words: str
    stands: bool


def opening(text: str, language: str = "en") -> Opened | None:
    """The opening of a text, looked for in its language first, then in all others."""
    own = language.casefold().replace("_", "-").split("-")[0]
    for one in sorted(_PATTERNS, key=lambda name: name != own):
        found = _PATTERNS[one].match(text)
        if found is not None and text[found.end() :].strip():
            groups = found.groupdict()
            # A phrase such as "auf dem Bild" turns the order of German words round.
            stands = bool(groups["safe"]) or (bool(groups["phrase"]) and one == "en")
            end = found.start("declined") if groups.get("declined") else found.end()
            stands = stands and not groups.get("declined")
            return Opened(end, found.group().strip(), stands)
    found = _NOUN_COLON.match(text)
    if found is not None and text[found.end() :].strip():
        return Opened(found.end(), found.group().strip(), stands=True)
    return None


def banned_starts(language: str = "en") -> tuple[str, ...]:
    """The openings of a language as whole strings, for `GenerationOptions.banned_starts`."""
    own = language.casefold().replace("_", "-").split("-")[0]
    row = _ROWS.get(own, _ROWS["en"])
    heads = [(*one,) for one in product(("", *row.articles), row.nouns, (*row.safe, *row.bound))]
    made = []
    for article, noun, link in heads:
        gap = "" if article.endswith(("'", "’")) or not article else " "
        made.append(f"{article}{gap}{noun} {link}")
    return (*made, *row.phrases)
