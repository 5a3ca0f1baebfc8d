"""What is said of a phrase and of each of its parts. Pure."""

from vlm_desktop import groundstrings as sentences
from vlm_desktop.base.grounding import Clause, ClauseKind, Grounded, Verdict
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.ground.phrasing import Asked
from vlm_desktop.gui.strings import ground_phrases as strings

ICONS = {
    Verdict.FOUND: "ground-found",
    Verdict.SEVERAL: "ground-several",
    Verdict.ABSENT: "ground-absent",
    Verdict.ATTRIBUTE_WRONG: "ground-attribute",
    Verdict.UNSURE: "ground-unsure",
}
TONES = {
    Verdict.FOUND: "good",
    Verdict.SEVERAL: "good",
    Verdict.ABSENT: "bad",
    Verdict.ATTRIBUTE_WRONG: "careful",
    Verdict.UNSURE: "careful",
}


def percent(confidence: float) -> int:
    """Whole percent; never 100, since nobody is that sure."""
    return min(99, max(0, round(100 * confidence)))


def verdict_words(answer: Grounded) -> str:
    """ "found", "3 match", "“cup” is here, but it is blue"."""
    match answer.verdict:
        case Verdict.FOUND:
            return strings.VERDICT_FOUND
        case Verdict.SEVERAL:
            return fill(strings.VERDICT_SEVERAL, count=len(answer.regions))
        case Verdict.ABSENT:
            return strings.VERDICT_ABSENT
        case Verdict.ATTRIBUTE_WRONG:
            return _wrong_words(answer)
        case Verdict.UNSURE:
            return strings.VERDICT_UNSURE


def _wrong_words(answer: Grounded) -> str:
    thing = next((one.text for one in answer.clauses if one.kind is ClauseKind.OBJECT), "")
    wrong = [one for one in answer.clauses if one.holds is False]
    if not thing or not wrong:
        return strings.VERDICT_WRONG_ONLY
    seen = [one for one in wrong if one.instead]
    if seen:
        return fill(strings.VERDICT_WRONG, thing=thing, instead=seen_words(seen[0].instead))
    return fill(strings.VERDICT_WRONG_BARE, thing=thing, attribute=wrong[0].text)


def seen_words(instead: str) -> str:
    """What was seen in place of what was said."""
    return sentences.SEEN.get(instead, instead)


def clause_icon(clause: Clause) -> str:
    return {True: "ground-check", False: "ground-fails", None: "ground-untold"}[clause.holds]


def clause_tone(clause: Clause) -> str:
    return {True: "good", False: "bad", None: "careful"}[clause.holds]


def clause_words(clause: Clause) -> str:
    """ "red: does not hold, it is blue, 84 % sure"."""
    if clause.holds is None:
        return fill(strings.CLAUSE_UNTOLD, text=clause.text)
    form = strings.CLAUSE_HOLDS if clause.holds else strings.CLAUSE_FAILS
    if not clause.holds and clause.instead:
        form = strings.CLAUSE_INSTEAD
    said = fill(form, text=clause.text, instead=seen_words(clause.instead))
    return fill(strings.CLAUSE_SURE, said=said, sure=percent(clause.confidence))


def asked_words(asked: Asked) -> str:
    """The whole answer to a phrase in one line."""
    if asked.trouble:
        return fill(strings.ROW, phrase=asked.phrase, verdict=asked.trouble)
    if asked.answer is None:
        return fill(strings.ROW, phrase=asked.phrase, verdict=strings.VERDICT_WAITING)
    verdict = verdict_words(asked.answer)
    clauses = "; ".join(clause_words(one) for one in asked.answer.clauses)
    form = strings.ROW_CLAUSES if clauses else strings.ROW
    return fill(form, phrase=asked.phrase, verdict=verdict, clauses=clauses)
