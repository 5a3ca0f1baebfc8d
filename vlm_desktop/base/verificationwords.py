"""The words of a verification report, in English unless a front says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made_by

from vlm_desktop.base.documentanswers import MatchKind

_KINDS = {
    MatchKind.MATCH: "same",
    MatchKind.NORMALISED: "same, written otherwise",
    MatchKind.MISMATCH: "different",
    MatchKind.MISSING: "not found",
    MatchKind.EXTRA: "not expected",
}


@dataclass(frozen=True, slots=True)
class VerificationWords:
    """`language` is the one these words are in (BCP 47)."""

    language: str = "en"
    title: str = "Documents compared with what was expected"
    made: str = "Made on {at}"
    note: str = (
        "Values were read from the documents named below, whose bytes have the hashes given. "
        "Whoever signed looked at this comparison; the signature is a name, not a cryptographic "
        "one."
    )
    summary: str = "Summary"
    documents: str = "Documents"
    count: str = "Count"
    result: str = "Result"
    file: str = "File"
    hash: str = "Hash of its bytes"
    field: str = "Field"
    expected: str = "Expected"
    found: str = "Found"
    page: str = "Page"
    confidence: str = "Confidence"
    checked: str = "Looked at by a person"
    yes: str = "yes"
    nothing_expected: str = "Nothing was expected of this document."
    signed: str = "Signed off by {by} on {at}"
    not_signed: str = "Not signed off"
    expectations: str = "Hash of the expectations: {hash}"
    rows_hash: str = "Hash of this comparison: {hash}"
    kinds: Mapping[MatchKind, str] = made_by(default_factory=lambda: _KINDS)
