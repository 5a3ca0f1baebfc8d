"""From a model's answer to a text that can stand: wrappers, openings, people, words, length."""

from dataclasses import dataclass

import regex

from vlm_desktop.base.alttext import Brief, Decision, Destination, PageContext
from vlm_desktop.engine.alttext.lengths import cut, sentences
from vlm_desktop.engine.alttext.lint import LintContext, put_right
from vlm_desktop.engine.alttext.people import neutral, with_articles
from vlm_desktop.engine.alttext.styles import primary

_WRAPPERS = regex.compile(
    r"^\s*(?:#+\s*)?(?:\*\*)?(?:alt(?:[- ]?text|ernative text|ernativtext)?|caption|description"
    r"|extended description|answer|translation|bildbeschreibung|übersetzung)(?:\*\*)?\s*:"
    r"\s*(?:\*\*)?\s*",
    regex.IGNORECASE,
)
_QUOTES = (('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("'", "'"), ("`", "`"), ("*", "*"))
_NO_LIMIT = Destination("", 0)
_POLICIES = ("neutral", "as-told")
_NOTED = {"image-of": "opening"}


@dataclass(frozen=True, slots=True)
class Polished:
    """A text, and the codes of what was done to it (see `base.alttext.Candidate.notes`)."""

    text: str
    notes: tuple[str, ...] = ()


def polished_alt(
    answer: str,
    brief: Brief,
    context: PageContext,
    decision: Decision,
    *,
    complete: bool = True,
) -> Polished:
    """An answer as an alt text. `complete` False: the model had to stop inside of it."""
    text, notes = _told(answer, brief, context)
    text = " ".join(text.split())
    if not complete:
        whole = "".join(sentences(text)[:-1]) if len(sentences(text)) > 1 else text
        text, notes = whole.rstrip(), [*notes, "cut"]
    held = LintContext(destination=_NO_LIMIT, language=brief.language, decision=decision)
    text, _, applied = put_right(text, "", held)
    notes += [_NOTED[one] for one in dict.fromkeys(applied) if one in _NOTED]
    shorter = cut(text, brief.destination)
    if shorter != text:
        notes.append("cut")
    return Polished(shorter, tuple(dict.fromkeys(notes)))


def polished_extended(
    answer: str, brief: Brief, context: PageContext, *, complete: bool = True
) -> Polished:
    """An answer as an extended description: its lines stay lines."""
    text, notes = _told(answer, brief, context)
    text = regex.sub(r"\n\s*\n+", "\n", regex.sub(r"(?m)^[ \t]*(?:[-*•]\s+|#+\s+)", "", text))
    if not complete and len(sentences(text)) > 1:
        text, notes = "".join(sentences(text)[:-1]).rstrip(), [*notes, "cut"]
    return Polished(text.strip(), tuple(dict.fromkeys(notes)))


def _told(answer: str, brief: Brief, context: PageContext) -> tuple[str, list[str]]:
    """Without wrappers, people as the policy has them, the glossary's words."""
    text = unwrapped(answer)
    notes: list[str] = []
    if primary(brief.language) == "en" and brief.people_policy in _POLICIES:
        held = neutral(text, _who_is_told(brief, context))
        if held != text:
            text, notes = held, ["people"]
    for word, preferred in brief.glossary:
        text = _replaced(text, word, preferred)
    if brief.glossary and primary(brief.language) == "en":
        text = with_articles(text)
    return text, notes


def unwrapped(answer: str) -> str:
    """Without "Alt text:", quotation marks around it, and marks of Markdown."""
    text = _WRAPPERS.sub("", answer.strip())
    text = regex.sub(r"\*\*([^*]+)\*\*", r"\1", text)
    for opens, closes in _QUOTES:
        inner = text[1:-1]
        if len(text) > 2 and text[0] == opens and text[-1] == closes and closes not in inner:
            text = inner.strip()
    return text


def _who_is_told(brief: Brief, context: PageContext) -> tuple[str, ...]:
    """What may say who people are: only where the policy is to go by it."""
    if brief.people_policy != "as-told":
        return ()
    return (*brief.names, brief.notes, context.caption, context.before, context.after,
            context.heading, context.title)  # fmt: skip


def _replaced(text: str, word: str, preferred: str) -> str:
    """A word of the glossary by the preferred one, as it was opened."""
    if not word.strip():
        return text

    def swap(found: "regex.Match[str]") -> str:
        capital = found.group()[:1].isupper() and not word[:1].isupper()
        return preferred[:1].upper() + preferred[1:] if capital else preferred

    return regex.sub(rf"(?<!\w){regex.escape(word.strip())}(?!\w)", swap, text, flags=regex.I)
