"""Lint rules about how a text is written: its end, its capitals, its blanks, signs and mark-up."""

import html

import regex

from vlm_desktop.base.altchecks import Weight
from vlm_desktop.base.alttext import Decision
from vlm_desktop.engine.alttext.lengths import sentences
from vlm_desktop.engine.alttext.lintrules import Hit, LintContext, words

_SITES = (
    "wikipedia|wikimedia commons|youtube|flickr|facebook|instagram|pinterest|twitter|tumblr|reddit"
    "|linkedin|medium|imgur|giphy|tripadvisor|amazon(?:\\.com)?|ebay|etsy|blogspot|wordpress"
)
_SITE_TAIL = regex.compile(
    rf"\s*(?:\s[-–—|·•]|\|)\s*(?:{_SITES})\b(?:[,.]? the free encyclopedia)?\W*$",
    regex.IGNORECASE,
)
_CLICK = regex.compile(
    r"[\s(\[,;:.–—-]*(?<!\w)(?:click|tap|klicken sie|hier klicken|cliquez|haga clic|fare clic)\b"
    r"(?:\s+(?:here|hier|ici|aquí|qui|to|zum|pour|para|per|on|auf|the|image|picture|photo|bild"
    r"|enlarge|zoom|view|open|see|full|size|larger|vergrößern|agrandir|ampliar|ingrandire))+[\s)\].!]*$"
    r"|[\s(\[,;:.–—-]*(?<!\w)(?:read more|learn more|mehr lesen|weiterlesen|en savoir plus"
    r"|leer más)[\s)\].!…]*$",
    regex.IGNORECASE,
)
_LOOSE_TAIL = " \t\r\n\u00a0\u200b…,;:|~–—-"
_LOOSE_HEAD = " \t\r\n\u00a0\u200b,;:|~*=+•·"
_LOOSE_ALONE = "*_=+"
_TAIL, _END = 160, 40
"""Characters at a text's end in which a site's name or "click here", or a full stop, is sought:
no rule may take the longer, the longer a hostile text is."""
_ENDED = regex.compile(r"[.!?。！？…।؟۔։።]+[\"'”’»›)\]」』）\p{Extended_Pictographic}\s]*$")
_STOP_SIGNS = {"zh": "。", "ja": "。", "hi": "।", "bn": "।", "ur": "۔", "am": "።", "hy": "։"}
_NO_STOPS = frozenset({"th", "lo", "my", "km"})
_LEAST_WORDS_FOR_STOP = 2
_EMOJI = r"(?:\p{Regional_Indicator}{2}|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)"
_ONE_EMOJI = (
    rf"{_EMOJI}(?:[\U0001f3fb-\U0001f3ff]|\ufe0f|\u200d(?:\p{{Extended_Pictographic}})\ufe0f?)*"
)
_EMOJI_RUN = regex.compile(rf"({_ONE_EMOJI})(?:\s*{_ONE_EMOJI})+")
_BLANKS = regex.compile(r"[^\S\n]{2,}|\s*\n\s*|[\t\u00a0\u2007\u202f](?![\t\u00a0])")
_ENTITY = regex.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_TAG = regex.compile(r"</?[A-Za-z][A-Za-z0-9:-]*(?:\s[^<>]*)?/?>|<!--.*?-->", regex.DOTALL)
_LINK = regex.compile(r"!?\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*\)")
_LEAST_CAPITALS = 2
_LEAST_LONG_WORD = 5
_LEAST_SHOUTED = 4
_MOSTLY = 0.85


def trailing_noise(text: str, context: LintContext) -> Hit | None:
    """Blanks and signs at either end, the site's name, "click to enlarge"."""
    near_end = max(0, len(text) - _TAIL)
    for found in (
        _CLICK.search(text, near_end),
        _SITE_TAIL.search(text, near_end),
        _site_of_page(text, near_end, context),
    ):
        if found is not None and words(text[: found.start()]):
            kept = text[: found.start()].rstrip(" \t\r\n,;:|–—-·•([")
            stop = "." if _is_ended(text) and not _is_ended(kept) else ""
            return Hit(found.start(), len(text), found.group().strip(), kept + stop)
    start, end = _head_end(text), _tail_start(text)
    if not words(text) or (not start and end == len(text)):
        return None
    fix = text[start:end]
    if end < len(text):
        return Hit(end, len(text), text[end:].strip(), fix if words(fix) else None)
    return Hit(0, start, text[:start].strip(), fix if words(fix) else None)


def _tail_start(text: str) -> int:
    """Where the loose signs at the end begin."""
    while True:
        kept = text.rstrip(_LOOSE_TAIL)
        if kept.endswith(".."):
            kept = kept.rstrip(".")
        elif kept[-1:] in _LOOSE_ALONE and kept[-2:-1].isspace():
            kept = kept[:-1]
        if len(kept) == len(text):
            return len(text)
        text = kept


def _head_end(text: str) -> int:
    """Where the loose signs at the front end: "-" counts before a blank."""
    rest = text
    while True:
        kept = rest.lstrip(_LOOSE_HEAD)
        if kept[:1] in ("-", "–", "—") and kept[1:2].isspace():
            kept = kept[1:]
        if len(kept) == len(rest):
            return len(text) - len(rest)
        rest = kept


def _is_ended(text: str) -> bool:
    return bool(_ENDED.search(text.rstrip()[-_END:]))


def _site_of_page(text: str, start: int, context: LintContext) -> "regex.Match[str] | None":
    """The page's title often ends with the site's name, and copied alt texts do too."""
    parts = regex.split(r"\s[-–—|·•]\s|\|", context.page.page_title)
    site = parts[-1].strip() if len(parts) > 1 else ""
    if not site:
        return None
    pattern = rf"\s*(?:\s[-–—|·•]|\|)\s*{regex.escape(site)}\W*$"
    return regex.compile(pattern, regex.IGNORECASE).search(text, start)


def all_capitals(text: str, context: LintContext) -> Hit | None:
    """Shouted: screen readers may spell it. Short words may be acronyms and do not count."""
    said = words(text)
    letters = [letter for word in said for letter in word if letter.isalpha()]
    cased = [letter for letter in letters if letter.isupper() or letter.islower()]
    upper = sum(letter.isupper() for letter in cased)
    loud = [word for word in said if len(word) >= _LEAST_LONG_WORD and word.isupper()]
    enough = len(loud) >= _LEAST_CAPITALS or (loud and len(said) >= _LEAST_SHOUTED)
    if not enough or upper < _MOSTLY * len(cased):
        return None
    if context.decision is Decision.TEXT:
        return Hit(0, len(text), text.strip(), _lowered(text, context), Weight.HINT)
    return Hit(0, len(text), text.strip(), _lowered(text, context))


def _lowered(text: str, context: LintContext) -> str:
    """Small letters but where sentences begin, in names, and in words that are no words."""
    named = {part.casefold(): part for name in context.names for part in name.split()}

    def lower(found: "regex.Match[str]") -> str:
        word: str = found.group()
        if word.casefold() in named:
            return named[word.casefold()]
        spelled = any(map(str.isdigit, word)) or not regex.search(
            r"[aeiouyäöüàáèéìíòóùú]", word, regex.I
        )
        return word if spelled else word.lower()

    lowered = "".join(
        one[: _first(one)] + one[_first(one) :][:1].upper() + one[_first(one) + 1 :]
        for one in sentences(regex.sub(r"[\p{L}\p{M}\p{N}'’]+", lower, text))
    )
    return lowered if lowered != text else text


def _first(sentence: str) -> int:
    """Where its first letter stands."""
    found = regex.search(r"\p{L}", sentence)
    return found.start() if found else 0


def no_full_stop(text: str, context: LintContext) -> Hit | None:
    """A screen reader pauses at a full stop; without one it runs on into the page."""
    language = context.language.casefold().split("-")[0]
    if context.decision in (Decision.FUNCTIONAL, Decision.TEXT) or language in _NO_STOPS:
        return None
    if _is_ended(text) or len(words(text)) < _LEAST_WORDS_FOR_STOP:
        return None
    kept = text.rstrip(_LOOSE_TAIL)
    stop = _STOP_SIGNS.get(language, ".")
    return Hit(len(text), len(text), words(text)[-1], kept + stop)


def emoji_run(text: str, context: LintContext) -> Hit | None:
    """Several emoji in a row: each is read out by its name."""
    del context
    found = _EMOJI_RUN.search(text)
    if found is None:
        return None
    return Hit(found.start(), found.end(), found.group(), _EMOJI_RUN.sub(r"\1", text))


def double_spaces(text: str, context: LintContext) -> Hit | None:
    """Blanks that are more than one, or lines that break inside of an alt text."""
    del context
    found = _BLANKS.search(text.strip())
    if found is None:
        return None
    start = text.index(text.strip()) + found.start()
    return Hit(start, start + len(found.group()), "", regex.sub(r"\s+", " ", text))


def double_spaces_extended(text: str, context: LintContext) -> Hit | None:
    """As `double_spaces`; an extended description may have paragraphs."""
    del context
    found = regex.search(r"(?<=\S)[^\S\n]{2,}(?=\S)", text)
    if found is None:
        return None
    return Hit(found.start(), found.end(), "", regex.sub(r"(?<=\S)[^\S\n]{2,}(?=\S)", " ", text))


def markup(text: str, context: LintContext) -> Hit | None:
    """Mark-up or entities that leaked in: they are read out as they stand."""
    del context
    found = _TAG.search(text) or _ENTITY.search(text) or _LINK.search(text)
    if found is None or (
        _ENTITY.match(found.group()) and html.unescape(found.group()) == found.group()
    ):
        return None
    fix = _LINK.sub(r"\1", html.unescape(_TAG.sub(" ", text)))
    fix = regex.sub(r"\s+([.,;:!?])", r"\1", regex.sub(r"[ \t]{2,}", " ", fix)).strip()
    return Hit(found.start(), found.end(), found.group(), fix if words(fix) else None)
