"""Lint of alt texts: a table of small rules, each with a fix where one is safe.

Pure and instant, for any thread; importing it does not import numpy. The pane calls it while a
person types, `alttext lint` for the command line: the same findings. Only `LintContext.identify`
(see `languages.identifier`) is made elsewhere, since it takes a moment to read.
"""

from collections.abc import Iterable, Sequence

from vlm_desktop.base.altchecks import Field, Finding, Weight
from vlm_desktop.engine.alttext import lintform, lintmeaning, lintnames
from vlm_desktop.engine.alttext.lintrules import Hit, LintContext, Rule

__all__ = ["POINTS", "RULES", "LintContext", "lint", "put_right", "score"]

_ALT = (Field.ALT,)
_EXTENDED = (Field.EXTENDED,)

RULES: tuple[Rule, ...] = (
    Rule("placeholder", Weight.ERROR, lintnames.placeholder),
    Rule("markup", Weight.ERROR, lintform.markup),
    Rule("file-name", Weight.ERROR, lintnames.file_name),
    Rule("extension", Weight.ERROR, lintnames.extension),
    Rule("camera-name", Weight.ERROR, lintnames.camera_name),
    Rule("credit", Weight.WARNING, lintnames.credit),
    Rule("image-of", Weight.WARNING, lintnames.image_of, _ALT),
    Rule("repeats-caption", Weight.WARNING, lintmeaning.repeats_caption),
    Rule("repeats-title", Weight.WARNING, lintmeaning.repeats_title, _ALT),
    Rule("repeats-link", Weight.WARNING, lintmeaning.repeats_link, _ALT),
    Rule("repeats-in-set", Weight.WARNING, lintmeaning.repeats_in_set, _ALT),
    Rule("no-action", Weight.WARNING, lintmeaning.no_action, _ALT),
    Rule("too-long", Weight.WARNING, lintmeaning.too_long, _ALT),
    Rule("too-short", Weight.HINT, lintmeaning.too_short, _ALT),
    Rule("language", Weight.WARNING, lintmeaning.language),
    Rule("all-capitals", Weight.WARNING, lintform.all_capitals),
    Rule("emoji-run", Weight.WARNING, lintform.emoji_run),
    Rule("trailing-noise", Weight.WARNING, lintform.trailing_noise),
    Rule("double-spaces", Weight.HINT, lintform.double_spaces, _ALT),
    Rule("double-spaces", Weight.HINT, lintform.double_spaces_extended, _EXTENDED),
    Rule("no-full-stop", Weight.HINT, lintform.no_full_stop),
)
"""In the order in which fixes are applied; besides them there is `lintmeaning.of_decision`."""

POINTS = {Weight.ERROR: 10, Weight.WARNING: 3, Weight.HINT: 1}
_MOST_FIXES = 100


def lint(text: str, extended: str, context: LintContext) -> tuple[Finding, ...]:
    """What is wrong with an alt text and its extended description, the weightiest first.

    A rule speaks once a field, of the first place it found; its fix puts all such places right.
    """
    found = [
        Finding(rule, weight, field, 0, 0, detail)
        for rule, weight, field, detail in lintmeaning.of_decision(text, extended, context)
    ]
    for field, words in ((Field.ALT, text), (Field.EXTENDED, extended)):
        if not words:
            continue
        found += _of_field(field, words, context)
    order = list(POINTS)
    return tuple(sorted(found, key=lambda one: order.index(one.weight)))


def _of_field(field: Field, words: str, context: LintContext) -> list[Finding]:
    """Findings of one field; where all of it is to be written anew, nothing else matters."""
    found: list[Finding] = []
    for rule in RULES:
        hit = rule.check(words, context) if field in rule.fields else None
        if hit is None:
            continue
        finding = _finding(rule, field, words, hit, context)
        found.append(finding)
        whole = not words[: hit.start].strip() and not words[hit.end :].strip()
        if finding.weight is Weight.ERROR and finding.fix is None and whole:
            break
    return found


def score(findings: Iterable[Finding]) -> int:
    """The sum of the findings' points and nothing else: 0 where nothing was found."""
    return sum(POINTS[one.weight] for one in findings)


def put_right(text: str, extended: str, context: LintContext) -> tuple[str, str, tuple[str, ...]]:
    """Apply fixes until none is left: both fields, and the rules whose fixes were applied."""
    applied: list[str] = []
    for _ in range(_MOST_FIXES):
        fixable = _by_rule([one for one in lint(text, extended, context) if one.fix is not None])
        if not fixable:
            break
        first = fixable[0]
        assert first.fix is not None
        applied.append(first.rule)
        if first.field is Field.ALT:
            text = first.fix
        else:
            extended = first.fix
    return text, extended, tuple(applied)


def _by_rule(findings: Sequence[Finding]) -> list[Finding]:
    order = [rule.code for rule in RULES]
    return sorted(findings, key=lambda one: order.index(one.rule))


def _finding(rule: Rule, field: Field, words: str, hit: Hit, context: LintContext) -> Finding:
    """A fix that would leave the finding, or nothing, is none."""
    fix = hit.fix
    if fix is not None and (not fix.strip() or fix == words or rule.check(fix, context)):
        fix = None
    return Finding(rule.code, hit.weight or rule.weight, field, hit.start, hit.end, hit.detail, fix)
