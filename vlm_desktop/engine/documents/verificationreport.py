"""A comparison of documents with expectations as one HTML page that a person signs off."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from vlm_desktop.base.documentanswers import Compared, MatchKind, SignOff, Verification
from vlm_desktop.base.verificationwords import VerificationWords
from vlm_desktop.engine.destinations import put_text, writing_to
from vlm_desktop.engine.htmlreport import heading, report, safe, table


def write_report(
    verifications: Sequence[Verification],
    target: Path,
    words: VerificationWords,
    *,
    expectations_hash: str,
    sign_off: SignOff | None = None,
) -> Path:
    """Write the report over what is there. Raises DestinationNotWritable, DiskFull."""
    with writing_to(target):
        put_text(target, page_of(verifications, words, expectations_hash, sign_off))
    return target


def digest(verifications: Sequence[Verification]) -> str:
    """SHA-256 of everything that was compared: one changed value gives another."""
    said = [
        [
            one.content_hash,
            [
                [row.name, row.row, row.kind.value, row.expected, row.found and row.found.value]
                for row in one.rows
            ],
        ]
        for one in verifications
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()


def page_of(
    verifications: Sequence[Verification],
    words: VerificationWords,
    expectations_hash: str,
    sign_off: SignOff | None,
) -> str:
    """The whole report. Every text in it is escaped: it is data, never markup."""
    made = datetime.now(UTC).isoformat(timespec="minutes")
    body = [heading(words.summary), _summary(verifications, words)]
    for one in verifications:
        body += [heading(one.path.name), *_document(one, words)]
    body += _signature(words, sign_off, expectations_hash, digest(verifications))
    return report(
        language=words.language,
        title=words.title,
        made=words.made.format(at=made),
        note=words.note,
        body=body,
    )


def _summary(verifications: Sequence[Verification], words: VerificationWords) -> str:
    rows = [_counted(words.documents, len(verifications))]
    rows += [
        _counted(words.kinds[kind], sum(one.count(kind) for one in verifications))
        for kind in MatchKind
    ]
    return table(words.summary, (words.result, words.count), rows)


def _counted(name: str, count: int) -> str:
    return f'<tr><th scope="row">{safe(name)}</th><td class="number">{count}</td></tr>\n'


def _document(one: Verification, words: VerificationWords) -> Iterable[str]:
    yield f"<p>{safe(words.hash)}: <code>{safe(one.content_hash)}</code></p>"
    if not one.expected:
        yield f"<p>{safe(words.nothing_expected)}</p>"
        return
    heads = (
        words.field, words.result, words.expected, words.found, words.page, words.confidence,
        words.checked,
    )  # fmt: skip
    yield table(one.path.name, heads, (_row(row, words) for row in one.rows))


def _row(row: Compared, words: VerificationWords) -> str:
    found = row.found
    name = f"{row.name} {row.row + 1}" if "/" in row.name else row.name
    pages = ", ".join(dict.fromkeys(str(one.page) for one in found.evidence)) if found else ""
    cells = [
        f"<td>{safe(words.kinds[row.kind])}</td>",
        f'<td class="text" dir="auto">{_marked(row, expected=True)}</td>',
        f'<td class="text" dir="auto">{_marked(row, expected=False)}</td>',
        f'<td class="number">{safe(pages)}</td>',
        f'<td class="number">{f"{found.confidence:.0%}" if found else ""}</td>',
        f"<td>{safe(words.yes) if found and found.accepted else ''}</td>",
    ]
    return f'<tr><th scope="row">{safe(name)}</th>{"".join(cells)}</tr>\n'


def _marked(row: Compared, *, expected: bool) -> str:
    """A text with what differs marked; the words "different" beside it say so without colour."""
    if row.differences:
        pieces = ((one.expected, one.found) for one in row.differences)
        sides = [(mine, other) if expected else (other, mine) for mine, other in pieces]
        return "".join(
            safe(mine) if mine in ("", other) else f"<mark>{safe(mine)}</mark>"
            for mine, other in sides
        )
    if expected:
        return safe(row.expected)
    return safe(row.found.raw) if row.found else ""


def _signature(
    words: VerificationWords, sign_off: SignOff | None, expectations_hash: str, rows_hash: str
) -> Iterable[str]:
    yield f"<p>{safe(words.expectations.format(hash=expectations_hash))}</p>"
    yield f"<p>{safe(words.rows_hash.format(hash=rows_hash))}</p>"
    if sign_off is None:
        yield f"<p><strong>{safe(words.not_signed)}</strong></p>"
        return
    signed = words.signed.format(by=sign_off.by, at=sign_off.at)
    yield f"<p><strong>{safe(signed)}</strong></p>"
    if sign_off.note:
        yield f'<p class="text">{safe(sign_off.note)}</p>'
