"""Captions as the tokens that caption metrics count: words in lower case, without punctuation.

The COCO caption evaluation runs Stanford's PTBTokenizer (CoreNLP 3.4.1, Penn Treebank rules, Java)
and drops punctuation marks from what it gives. These are our own rules to the same end: they give
the same tokens for all captions of Flickr8k and COCO that the tests compare. Where they differ,
it is in what no caption holds: smileys, telephone numbers, file names.
"""

import re

# Marks that the COCO evaluation drops. Runs such as "?!" are not among them, and stay.
_DROPPED = frozenset({"?", "!", ",", ":", ";", "-", "--", "---", "----"})
_QUOTES = frozenset("'`\"«»")

_NAMES = {
    "(": "-lrb-",
    ")": "-rrb-",
    "[": "-lsb-",
    "]": "-rsb-",
    "{": "-lcb-",
    "}": "-rcb-",
    "£": "#",
    "€": "$",
    "¢": "cents",
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
}
_SPELLED = {
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "–": "--",
    "—": "--",
    "…": "...",
    "\u00ad": "",
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&apos;": "'",
    "&nbsp;": " ",
}
_SPELLING = re.compile("|".join(map(re.escape, _SPELLED)))

# Abbreviations whose full stop belongs to them.
_ABBREVIATIONS = (
    "mr|mrs|ms|dr|st|jr|sr|inc|etc|vs|ave|blvd|rd|co|corp|ltd|ft|mt|sq|bldg|dept|est|tel|bros|assn"
    "|univ|gen|sen|rep|gov|prof|rev|hon|capt|col|sgt|lt|maj|cmdr|adm|det|pres|supt|messrs|mme|mlle"
    "|esq|md|cf|al|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|mon|tue|wed|thu|fri|ariz|calif"
    "|fla|minn|conn|va|ga|ph\\.d"
)

_LETTER = r"[^\W\d_]"
_TOKEN = re.compile(
    rf"""
      (?:https?://|www\.) [^\s"'<>]* [^\s"'<>.,;:!?)\]]            # an address
    | [\w.+-]+ @ [\w-]+ (?:\.[\w-]+)*
    | </? {_LETTER} [^<>\s]* >                                     # <unk>
    | 't (?=(?:is|was)\b)                                          # 't is
    | (?: can(?=not) | (?:gon|wan)(?=na) | got(?=ta) | (?:lem|gim)(?=me) )
      (?= (?:not|na|ta|me) (?![\w-]) )                             # can not
    | {_LETTER}+? (?=n't\b) | n't\b                                # is n't
    | '(?:s|m|d|ll|re|ve)\b
    | '(?:em|til|cause)\b | '\d\ds?\b | 'n(?:'|\b)
    | (?:[oldcjs]|ma)' (?!(?:s|m|d|ll|re|ve)\b) {_LETTER}+          # o'clock
    | y'(?=\w) | ol'
    | {_LETTER} (?:\.{_LETTER})* \. (?![\w.])                      # d.c.
    | (?:{_ABBREVIATIONS}) \. (?!\w) | no\.(?=\s?\d)
    | [+-]? \d* (?:[.,:]\d+)+ (?:-\w+)* | [+-]\d+\b                # 3,000 10:30 .5 -5
    | [^\W_]+ (?:[.?!]{_LETTER}+)+                                 # a.b, as one
    | (?-i:[A-Z]+&[A-Z]+)                                          # R&B
    | c(?:\+\+|\#) | -[lr][crs]b- | [#@]{_LETTER}+
    | \w+ (?:[-/]\w+)*
    | [?!]+ | \.+ | -+
    | [^\w\s]
    """,
    re.VERBOSE | re.IGNORECASE,
)


def tokenise(text: str) -> tuple[str, ...]:
    """The tokens of a caption, for `captionscores`. Safe from any thread."""
    plain = _SPELLING.sub(lambda found: _SPELLED[found[0]], text)
    tokens = (found[0] for found in _TOKEN.finditer(plain))
    return tuple(
        _NAMES.get(token, token.lower())
        for token in tokens
        if token not in _DROPPED and token not in _QUOTES and not _is_nothing(token)
    )


def _is_nothing(token: str) -> bool:
    """Full stops, and what the COCO evaluation's tokeniser passes over: emoji and their joints."""
    invisible = len(token) == 1 and (ord(token) > 0xFFFF or token in "\u200b\u200d\ufe0f\ufeff")
    return invisible or not token.strip(".")
