"""What an image is for, suggested after the W3C's images decision tree from what can be measured.

https://www.w3.org/WAI/tutorials/images/decision-tree/. The rules are asked in order; the first
that has an answer decides. Only a person knows what an image means on its page, so confidence
stays below 1. The numbers were set on photos, receipts, forms, invoices, screenshots and drawn
charts; `tests/flow/alttext` holds some of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from vlm_desktop.base.alttext import Decision, PageContext, Suggestion
from vlm_desktop.engine.alttext.lintrules import near, plain
from vlm_desktop.engine.alttext.measuring import Look, TextLook

Reason = tuple[str, str]

_DOT, _ICON, _SMALL = 4, 32, 64
"""Pixels a side: of what only holds a layout open, of a bullet, of an icon."""
_STRIP_ASPECT, _STRIP_SIDE = 12, 32
_BLANK_MAIN, _BLANK_SPREAD = 0.997, 1.5
_SMOOTH_EVEN, _SMOOTH_EDGES = 0.985, 0.001
_DRAWN_FEW, _DRAWN_EVEN = 0.8, 0.7
_PAGE_WORDS, _PAGE_SHARE, _PAGE_SHARE_OF_PHOTO = 25, 0.03, 0.22
_POINT_SHARE, _POINT_SHARE_OF_PHOTO = 0.12, 0.3
_LEAST_CHARACTERS = 3
"""Fewer are often no text at all: the rings of scissors read as "00"."""
_LABELS = 4
_CAPTION_WORDS = 8
_NAMED = 80
"""Characters of a text that a reason quotes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the rules go by. `text` are the words that were read in the image."""

    look: Look
    words: TextLook
    text: str
    context: PageContext
    alike: tuple[int, ...]

    @property
    def drawn(self) -> bool:
        """Whether it has few colours and even areas, as no photo has."""
        return self.look.few >= _DRAWN_FEW and self.look.even >= _DRAWN_EVEN

    @property
    def short(self) -> int:
        return min(self.look.size.width, self.look.size.height)

    @property
    def long(self) -> int:
        return max(self.look.size.width, self.look.size.height)


@dataclass(frozen=True, slots=True)
class Decided:
    decision: Decision
    confidence: float
    reasons: tuple[Reason, ...]


Rule = Callable[[Seen], Decided | None]


def decide(
    look: Look, words: TextLook, text: str, context: PageContext, alike: tuple[int, ...] = ()
) -> Suggestion:
    """The first rule's answer, with its reasons and what else speaks for another one."""
    seen = Seen(look, words, text, context, alike)
    found = next(made for made in (rule(seen) for rule in _RULES) if made is not None)
    return Suggestion(
        decision=found.decision,
        reasons=found.reasons,
        confidence=found.confidence,
        text=text if found.decision in (Decision.TEXT, Decision.COMPLEX) else "",
        group=alike if found.decision is Decision.GROUP else (),
    )


# --- the rules, in their order -------------------------------------------------------------


def _spacer(seen: Seen) -> Decided | None:
    size = f"{seen.look.size.width} x {seen.look.size.height}"
    if seen.short < _DOT:
        return Decided(Decision.DECORATIVE, 0.95, (("tiny", size),))
    thin = seen.long >= _STRIP_ASPECT * seen.short and seen.short <= _STRIP_SIDE
    if thin and not seen.words.words:
        return Decided(Decision.DECORATIVE, 0.9, (("strip", size),))
    return None


def _link(seen: Seen) -> Decided | None:
    target = seen.context.link_target.strip()
    if not target:
        return None
    if plain(seen.context.link_text):
        # Words beside the image in one link: the image adds nothing that the link would need.
        said = _quoted(seen.context.link_text)
        return Decided(Decision.DECORATIVE, 0.6, (("link-text", said), ("linked", target)))
    kind = "button" if target.casefold() == "button" else "linked"
    return Decided(Decision.FUNCTIONAL, 0.95, ((kind, target),))


def _empty(seen: Seen) -> Decided | None:
    look = seen.look
    if seen.words.words:
        return None
    if look.main >= _BLANK_MAIN or look.spread <= _BLANK_SPREAD:
        return Decided(Decision.DECORATIVE, 0.95, (("plain", ""),))
    if look.even >= _SMOOTH_EVEN and look.edges <= _SMOOTH_EDGES:
        return Decided(Decision.DECORATIVE, 0.85, (("gradient", ""),))
    if seen.long <= _ICON:
        size = f"{look.size.width} x {look.size.height}"
        return Decided(Decision.DECORATIVE, 0.75, (("tiny", size),))
    return None


def _alike(seen: Seen) -> Decided | None:
    if len(seen.alike) < 2:
        return None
    return Decided(Decision.GROUP, 0.6, (("near-duplicate", str(len(seen.alike))),))


def _told_nearby(seen: Seen) -> Decided | None:
    """Words in the image that stand beside it as well."""
    if not _is_text(seen):
        return None
    read = plain(seen.text)
    if near(seen.text, seen.context.caption) or (read and read in plain(seen.context.caption)):
        said = _quoted(seen.context.caption)
        return Decided(Decision.DECORATIVE, 0.7, (("caption-says-it", said), _share(seen)))
    if len(read.split()) > 2 and any(
        read in plain(one)
        for one in (seen.context.before, seen.context.after, seen.context.heading)
    ):
        return Decided(Decision.DECORATIVE, 0.65, (("beside-text", _quoted(seen.text)),))
    return None


def _page(seen: Seen) -> Decided | None:
    """More words than an alt text holds: a form, a receipt, a screenshot."""
    share = _PAGE_SHARE if seen.drawn else _PAGE_SHARE_OF_PHOTO
    if seen.words.words < _PAGE_WORDS or seen.words.share < share:
        return None
    sure = 0.85 if seen.drawn else 0.75
    return Decided(Decision.COMPLEX, sure, (("many-words", str(seen.words.words)), _share(seen)))


def _is_text(seen: Seen) -> bool:
    least = _POINT_SHARE if seen.drawn else _POINT_SHARE_OF_PHOTO
    return seen.words.characters >= _LEAST_CHARACTERS and seen.words.share >= least


def _text(seen: Seen) -> Decided | None:
    """A drawing with a few words that fill it: a logo, a banner, a sign."""
    scattered = seen.words.lines > _LABELS and seen.words.largest < 0.25 * seen.words.share
    if not _is_text(seen) or (scattered and seen.drawn):
        return None
    return Decided(Decision.TEXT, 0.75 if seen.drawn else 0.6, (_share(seen),))


def _labelled(seen: Seen) -> Decided | None:
    """A drawing with labels: a chart, a diagram, a map."""
    if not seen.drawn or seen.words.lines < _LABELS:
        return None
    return Decided(Decision.COMPLEX, 0.7, (("drawing", ""), ("labels", str(seen.words.lines))))


def _drawing(seen: Seen) -> Decided | None:
    if not seen.drawn:
        return None
    if seen.long <= _SMALL and not seen.words.words:
        size = f"{seen.look.size.width} x {seen.look.size.height}"
        return Decided(Decision.DECORATIVE, 0.55, (("icon", size),))
    return Decided(Decision.INFORMATIVE, 0.6, (("drawing", ""), *_beside(seen)))


def _photo(seen: Seen) -> Decided | None:
    others = _beside(seen)
    return Decided(Decision.INFORMATIVE, 0.85 - 0.1 * len(others), (("photo", ""), *others))


_RULES: tuple[Rule, ...] = (
    _spacer, _link, _empty, _alike, _told_nearby, _page, _text, _labelled, _drawing, _photo,
)  # fmt: skip


def _beside(seen: Seen) -> tuple[Reason, ...]:
    """What a person should think of before taking it for informative."""
    found: list[Reason] = []
    if seen.words.words:
        found.append(("words-in-it", _quoted(seen.text)))
    if len(plain(seen.context.caption).split()) >= _CAPTION_WORDS:
        found.append(("captioned", _quoted(seen.context.caption)))
    return tuple(found)


def _share(seen: Seen) -> Reason:
    return ("text-area", str(round(100 * seen.words.share)))


def _quoted(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _NAMED else one_line[: _NAMED - 1] + "…"
