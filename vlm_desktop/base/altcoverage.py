"""What stands in a coverage report beside the counts; a front hands in its own language's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from vlm_desktop.base.alttext import AltState, Decision


class CoverageFormat(StrEnum):
    HTML = "html"
    CSV = "csv"


_STATES = {
    AltState.EMPTY: "Empty",
    AltState.DRAFT: "Draft",
    AltState.NEEDS_FACTS: "Needs facts",
    AltState.IN_REVIEW: "In review",
    AltState.APPROVED: "Approved",
    AltState.STALE: "Stale",
}
_DECISIONS = {
    Decision.UNDECIDED: "Not decided",
    Decision.INFORMATIVE: "Informative",
    Decision.DECORATIVE: "Decorative",
    Decision.FUNCTIONAL: "Functional",
    Decision.TEXT: "Image of text",
    Decision.COMPLEX: "Complex",
    Decision.GROUP: "Group",
}


@dataclass(frozen=True, slots=True)
class CoverageWords:
    """`language` is the one these words are in (BCP 47). `rules` and `risks` name codes; a code
    that is not there is shown as it is."""

    language: str = "en"
    title: str = "Alt text of {name}"
    disclaimer: str = (
        "This report counts what was written and approved. It is not a claim of conformance with "
        "WCAG or any other standard: only people can judge whether a text serves its image."
    )
    made: str = "Made on {date}"
    summary: str = "Summary"
    images_by_state: str = "Images by state and language"
    images_by_decision: str = "Images by decision"
    findings: str = "Findings"
    no_findings: str = "No findings."
    rows: str = "Images"
    count: str = "Count"
    share: str = "Share"
    total: str = "Images"
    missing: str = "Without approved text, though they need one"
    decorative: str = "Decorative"
    image: str = "Image"
    document: str = "Page"
    decision: str = "Decision"
    state: str = "State"
    text_language: str = "Language"
    alt: str = "Alt text"
    extended: str = "Extended description"
    risk: str = "Look at it because"
    finding: str = "Finding"
    no_alt: str = "none"
    on_purpose: str = "empty on purpose"
    file_missing: str = "its file is not there"
    states: Mapping[AltState, str] = field(default_factory=lambda: _STATES)
    decisions: Mapping[Decision, str] = field(default_factory=lambda: _DECISIONS)
    rules: Mapping[str, str] = field(default_factory=dict)
    risks: Mapping[str, str] = field(default_factory=dict)
