"""The coverage report as one HTML page: tables with headers, languages marked, nothing loaded."""

import html
from collections.abc import Iterable
from datetime import UTC, datetime

from vlm_desktop.base.altcoverage import CoverageWords
from vlm_desktop.base.alttext import AltImage, AltState, Coverage, Decision

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem;
 color: #1a1a1a; background: #fff }}
h1 {{ font-size: 1.5rem }} h2 {{ font-size: 1.2rem; margin-top: 2rem }}
.note {{ border-left: 4px solid #666; padding: .5rem 1rem; margin: 1rem 0 }}
table {{ border-collapse: collapse; margin: .5rem 0 }}
caption {{ text-align: left; font-weight: 600; padding: .25rem 0 }}
th, td {{ border: 1px solid #767676; padding: .25rem .5rem; text-align: left;
 vertical-align: top; overflow-wrap: anywhere }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums }}
.text {{ white-space: pre-wrap }}
@media (prefers-color-scheme: dark) {{ body {{ color: #e8e8e8; background: #1b1b1b }} }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{made}</p>
<p class="note">{disclaimer}</p>
{body}
</main>
</body>
</html>
"""
_CONTROLS = {code: "\ufffd" for code in range(32) if chr(code) not in "\t\n\r"} | {127: "\ufffd"}


def page_of(coverage: Coverage, words: CoverageWords) -> str:
    """The whole report. Every text in it is escaped: it is data, never markup."""
    parts = [
        _heading(words.summary),
        _summary(coverage, words),
        _states(coverage, words),
        _decisions(coverage, words),
        _heading(words.findings),
        _findings(coverage, words),
        _heading(words.rows),
        _rows(coverage, words),
    ]
    date = datetime.now(UTC).date().isoformat()
    return _PAGE.format(
        language=_safe(words.language),
        title=_safe(words.title.format(name=coverage.name)),
        made=_safe(words.made.format(date=date)),
        disclaimer=_safe(words.disclaimer),
        body="\n".join(parts),
    )


def _safe(text: str) -> str:
    return html.escape(text.translate(_CONTROLS), quote=True)


def _heading(text: str) -> str:
    return f"<h2>{_safe(text)}</h2>"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _table(caption: str, heads: Iterable[str], rows: Iterable[str]) -> str:
    said = "".join(f'<th scope="col">{_safe(head)}</th>' for head in heads)
    return (
        f"<table>\n<caption>{_safe(caption)}</caption>\n<thead><tr>{said}</tr></thead>\n"
        f"<tbody>\n{''.join(rows)}</tbody>\n</table>"
    )


def _counted(name: str, count: int, whole: int) -> str:
    return (
        f'<tr><th scope="row">{_safe(name)}</th><td class="number">{count}</td>'
        f'<td class="number">{_share(count, whole)}</td></tr>\n'
    )


def _summary(coverage: Coverage, words: CoverageWords) -> str:
    rows = [
        _counted(words.total, coverage.images, coverage.images),
        _counted(words.missing, coverage.missing, coverage.images),
        _counted(words.decorative, coverage.decorative, coverage.images),
    ]
    return _table(words.summary, (words.image, words.count, words.share), rows)


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
        rows.append(f'<tr><th scope="row">{_safe(language)}</th>{cells}</tr>\n')
    heads = (words.text_language, *(words.states[state] for state in used))
    return _table(words.images_by_state, heads, rows)


def _decisions(coverage: Coverage, words: CoverageWords) -> str:
    rows = [
        _counted(words.decisions[one], number, coverage.images)
        for one, number in coverage.by_decision
    ]
    return _table(words.images_by_decision, (words.decision, words.count, words.share), rows)


def _findings(coverage: Coverage, words: CoverageWords) -> str:
    if not coverage.findings:
        return f"<p>{_safe(words.no_findings)}</p>"
    rows = [
        f'<tr><th scope="row">{_safe(words.rules.get(rule, rule))}</th>'
        f'<td class="number">{number}</td></tr>\n'
        for rule, number in coverage.findings
    ]
    return _table(words.findings, (words.finding, words.count), rows)


def _rows(coverage: Coverage, words: CoverageWords) -> str:
    heads = (
        words.image, words.decision, words.state, words.alt, words.extended, words.findings,
        words.risk,
    )  # fmt: skip
    both = zip(coverage.rows, coverage.row_findings, strict=True)
    rows = (_row(image, rules, coverage.language, words) for image, rules in both)
    return _table(words.rows, heads, rows)


def _row(image: AltImage, rules: Iterable[str], language: str, words: CoverageWords) -> str:
    text = image.text(language)
    name = image.name
    if image.document is not None:
        name = f"{name} ({image.document.name})"
    if image.missing:
        name = f"{name}, {words.file_missing}"
    cells = [
        f"<td>{_safe(words.decisions[image.decision])}</td>",
        f"<td>{_safe(words.states[text.state])}</td>",
        _worded(text.alt, language, _nothing(image, words)),
        _worded(text.extended, language, ""),
        f"<td>{_safe(', '.join(words.rules.get(rule, rule) for rule in rules))}</td>",
        f"<td>{_safe(', '.join(words.risks.get(one, one) for one in image.risk_reasons))}</td>",
    ]
    return f'<tr><th scope="row" dir="auto">{_safe(name)}</th>{"".join(cells)}</tr>\n'


def _nothing(image: AltImage, words: CoverageWords) -> str:
    """What stands where there is no alt text."""
    return words.on_purpose if image.decision is Decision.DECORATIVE else words.no_alt


def _worded(text: str, language: str, nothing: str) -> str:
    if not text:
        return f"<td>{_safe(nothing)}</td>"
    return f'<td class="text" lang="{_safe(language)}" dir="auto">{_safe(text)}</td>'
