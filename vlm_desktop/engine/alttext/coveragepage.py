"""The coverage report as one HTML page: tables with headers, languages marked, nothing loaded."""

from collections.abc import Iterable
from datetime import UTC, datetime

from vlm_desktop.base.altcoverage import CoverageWords
from vlm_desktop.base.alttext import AltImage, AltState, Coverage, Decision
from vlm_desktop.engine.htmlreport import heading, report, safe, table


def page_of(coverage: Coverage, words: CoverageWords) -> str:
    """The whole report. Every text in it is escaped: it is data, never markup."""
    parts = [
        heading(words.summary),
        _summary(coverage, words),
        _states(coverage, words),
        _decisions(coverage, words),
        heading(words.findings),
        _findings(coverage, words),
        heading(words.rows),
        _rows(coverage, words),
    ]
    date = datetime.now(UTC).date().isoformat()
    return report(
        language=words.language,
        title=words.title.format(name=coverage.name),
        made=words.made.format(date=date),
        note=words.disclaimer,
        body=parts,
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _counted(name: str, count: int, whole: int) -> str:
    return (
        f'<tr><th scope="row">{safe(name)}</th><td class="number">{count}</td>'
        f'<td class="number">{_share(count, whole)}</td></tr>\n'
    )


def _summary(coverage: Coverage, words: CoverageWords) -> str:
    rows = [
        _counted(words.total, coverage.images, coverage.images),
        _counted(words.missing, coverage.missing, coverage.images),
        _counted(words.decorative, coverage.decorative, coverage.images),
    ]
    return table(words.summary, (words.image, words.count, words.share), rows)


def _states(coverage: Coverage, words: CoverageWords) -> str:
    used = [
        state
        for state in AltState
        if any(dict(states).get(state) for _, states in coverage.by_language)
    ]
    rows = []
    for language, states in coverage.by_language:
        counts = dict(states)
        cells = "".join(f'<td class="number">{counts.get(state, 0)}</td>' for state in used)
        rows.append(f'<tr><th scope="row">{safe(language)}</th>{cells}</tr>\n')
    heads = (words.text_language, *(words.states[state] for state in used))
    return table(words.images_by_state, heads, rows)


def _decisions(coverage: Coverage, words: CoverageWords) -> str:
    rows = [
        _counted(words.decisions[one], number, coverage.images)
        for one, number in coverage.by_decision
    ]
    return table(words.images_by_decision, (words.decision, words.count, words.share), rows)


def _findings(coverage: Coverage, words: CoverageWords) -> str:
    if not coverage.findings:
        return f"<p>{safe(words.no_findings)}</p>"
    rows = [
        f'<tr><th scope="row">{safe(words.rules.get(rule, rule))}</th>'
        f'<td class="number">{number}</td></tr>\n'
        for rule, number in coverage.findings
    ]
    return table(words.findings, (words.finding, words.count), rows)


def _rows(coverage: Coverage, words: CoverageWords) -> str:
    heads = (
        words.image, words.decision, words.state, words.alt, words.extended, words.findings,
        words.risk,
    )  # fmt: skip
    both = zip(coverage.rows, coverage.row_findings, strict=True)
    rows = (_row(image, rules, coverage.language, words) for image, rules in both)
    return table(words.rows, heads, rows)


def _row(image: AltImage, rules: Iterable[str], language: str, words: CoverageWords) -> str:
    text = image.text(language)
    name = image.name
    if image.document is not None:
        name = f"{name} ({image.document.name})"
    if image.missing:
        name = f"{name}, {words.file_missing}"
    cells = [
        f"<td>{safe(words.decisions[image.decision])}</td>",
        f"<td>{safe(words.states[text.state])}</td>",
        _worded(text.alt, language, _nothing(image, words)),
        _worded(text.extended, language, ""),
        f"<td>{safe(', '.join(words.rules.get(rule, rule) for rule in rules))}</td>",
        f"<td>{safe(', '.join(words.risks.get(one, one) for one in image.risk_reasons))}</td>",
    ]
    return f'<tr><th scope="row" dir="auto">{safe(name)}</th>{"".join(cells)}</tr>\n'


def _nothing(image: AltImage, words: CoverageWords) -> str:
    """What stands where there is no alt text."""
    return words.on_purpose if image.decision is Decision.DECORATIVE else words.no_alt


def _worded(text: str, language: str, nothing: str) -> str:
    if not text:
        return f"<td>{safe(nothing)}</td>"
    return f'<td class="text" lang="{safe(language)}" dir="auto">{safe(text)}</td>'
