"""How far a set has come, counted and written as a report.

A count of what people wrote and approved, with what is missing; never a claim of conformance, which
the report says of itself. Of files it holds names, not paths, and nothing of their metadata.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path

from vlm_desktop.base.altcoverage import CoverageFormat, CoverageWords
from vlm_desktop.base.alttext import AltImage, AltState, Coverage, Decision
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.alttext.coveragepage import page_of
from vlm_desktop.engine.alttext.keeping import AltSets
from vlm_desktop.engine.alttext.setlint import lint_set
from vlm_desktop.engine.destinations import put_text, writing_to

SaveTable = Callable[[Path, Sequence[str], Iterable[Sequence[str]]], Path]
"""`engine.exporting.Exporting.save_table`: no cell is taken for a formula."""

_AT_ONCE = 100


class CoverageReports:
    """For an io lane."""

    def __init__(self, sets: AltSets, save_table: SaveTable) -> None:
        self._sets = sets
        self._save_table = save_table

    def coverage(self, set_id: int, cancel: CancelToken) -> Generator[Event, None, Coverage]:
        """Count a set, with lint of all its texts. Raises AltSetUnknown, Cancelled."""
        one = self._sets.one_set(set_id)
        images = self._sets.images(set_id)
        spoke: list[tuple[str, ...]] = []
        for done, (_, findings) in enumerate(lint_set(images, one.brief)):
            if done % _AT_ONCE == 0:
                yield Progress(Phase.EXPORT, done, len(images))
                cancel.raise_if_cancelled()
            spoke.append(tuple(dict.fromkeys(finding.rule for finding in findings)))
        return count(one.name, one.brief.language, images, spoke)

    def write(
        self,
        coverage: Coverage,
        target: Path,
        kind: CoverageFormat,
        words: CoverageWords,
    ) -> Path:
        """Write a report over what is there. Raises DestinationNotWritable, DiskFull."""
        if kind is CoverageFormat.CSV:
            return self._save_table(target, _heads(words), _table(coverage, words))
        with writing_to(target):
            put_text(target, page_of(coverage, words))
        return target


def count(
    name: str, language: str, images: Sequence[AltImage], spoke: Sequence[tuple[str, ...]]
) -> Coverage:
    """The counts of images; `spoke` are the lint rules that spoke, of each. Pure."""
    languages = dict.fromkeys([language])
    for image in images:
        languages |= dict.fromkeys(text.language for text in image.texts)
    by_language = {one: Counter(image.text(one).state for image in images) for one in languages}
    decided = Counter(image.decision for image in images)
    rules = Counter(rule for some in spoke for rule in some)
    return Coverage(
        name=name,
        images=len(images),
        by_state=_in_order(by_language[language]),
        by_decision=tuple((one, decided[one]) for one in Decision if decided[one]),
        missing=sum(_is_missing(image, language) for image in images),
        findings=tuple(sorted(rules.items(), key=lambda item: (-item[1], item[0]))),
        rows=tuple(images),
        language=language,
        by_language=tuple((one, _in_order(states)) for one, states in by_language.items()),
        row_findings=tuple(spoke),
    )


def _in_order(states: Counter[AltState]) -> tuple[tuple[AltState, int], ...]:
    return tuple((one, states[one]) for one in AltState if states[one])


def _is_missing(image: AltImage, language: str) -> bool:
    follows = image.decision is Decision.GROUP and image.lead_id not in (None, image.id)
    if image.decision is Decision.DECORATIVE or follows:
        return False
    text = image.text(language)
    return text.state is not AltState.APPROVED or not text.alt


# --- the table ---------------------------------------------------------------------------


def _heads(words: CoverageWords) -> tuple[str, ...]:
    return (
        words.image,
        words.document,
        words.decision,
        words.text_language,
        words.state,
        words.alt,
        words.extended,
        words.findings,
        words.risk,
    )


def _table(coverage: Coverage, words: CoverageWords) -> Iterable[tuple[str, ...]]:
    """A row an image and language; an image without any text has one in the set's language."""
    for image, rules in zip(coverage.rows, coverage.row_findings, strict=True):
        languages = dict.fromkeys([coverage.language, *(text.language for text in image.texts)])
        for language in languages:
            text = image.text(language)
            said = rules if language == coverage.language else ()
            yield (
                image.name,
                image.document.name if image.document is not None else "",
                words.decisions[image.decision],
                language,
                words.states[text.state],
                text.alt,
                text.extended,
                ", ".join(words.rules.get(rule, rule) for rule in said),
                ", ".join(words.risks.get(code, code) for code in image.risk_reasons),
            )
