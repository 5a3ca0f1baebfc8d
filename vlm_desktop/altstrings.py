"""Sentences about alt text that both fronts say: what lint found, and how the commands tell it.

Beside `vlm_desktop.strings`, in the same manner: whole sentences with named places.
"""

from vlm_desktop.base.altchecks import ClaimState, Finding, Weight
from vlm_desktop.base.language import fill

FINDINGS: dict[str, str] = {
    "image-of": "Begins with “{detail}”: a screen reader says that it is an image",
    "file-name": "“{detail}” looks like a file name",
    "extension": "Contains the ending of a file: {detail}",
    "camera-name": "Contains the name of a camera: {detail}",
    "credit": "Contains a credit line: {detail}",
    "placeholder": "“{detail}” is a placeholder",
    "markup": "Contains markup: {detail}",
    "repeats-caption": "Says again what the caption says",
    "repeats-title": "Says again what the title says",
    "repeats-link": "Says again what the link says",
    "repeats-in-set": "Another image of the set says the same",
    "no-action": "Does not name the action or the destination",
    "trailing-noise": "Begins or ends with noise: {detail}",
    "all-capitals": "Is in capitals: {detail}",
    "no-full-stop": "Does not end with a full stop",
    "emoji-run": "Contains a run of emoji: {detail}",
    "double-spaces": "Contains double spaces or line breaks",
    "too-long": "Is too long for its destination: {detail}",
    "too-short": "Is very short",
    "language": "Looks like another language ({detail})",
    "decorative-text": "Is decorative, and yet there is a text",
    "no-text": "There is no text yet",
    "no-extended": "A complex image needs an extended description",
    "repeats-alt": "Says again what the alt text says",
}
"""Lint rules by code (`engine.alttext.lint`)."""

WEIGHTS: dict[Weight, str] = {
    Weight.ERROR: "Error",
    Weight.WARNING: "Warning",
    Weight.HINT: "Hint",
}
FINDING_LINE = "{weight}: {finding} [{rule}]"
FIX_LINE = "  fix: {fix}"
NO_FINDINGS = "No findings."
SCORE_LINE = "{score} points off."
LINT_WHAT = "Give a text, or a file of them with --file."
LOOKS_DECORATIVE = "{path} looks decorative: its alt text may rather be empty."
EXTENDED_LINE = "Extended description: {text}"
LANGUAGES_NOT_TOLD = "The language was not looked at: {detail}"
CLAIM_LINE = "  {state}: {text}"
CLAIM_STATES: dict[ClaimState, str] = {
    ClaimState.SUPPORTED: "supported",
    ClaimState.DISPUTED: "disputed",
    ClaimState.SEEN_ONCE: "said only once",
}

ALT_FILE_NOTES: dict[str, str] = {
    "format": "This kind of file takes no text, so it lies beside it, in a sidecar.",
    "signed": (
        "The file carries Content Credentials, which writing would break, so the text lies "
        "beside it, in a sidecar."
    ),
    "signature-broken": "The Content Credentials of the file are no longer valid.",
    "hard-links": "The same file has other names on this disk; those keep what they said.",
    "sidecar-goes-first": (
        "A sidecar beside the file says something else, and is read first. It was left as it is."
    ),
    "sidecar-too": "The sidecar beside the file was brought into step.",
    "shared-sidecar": "The sidecar speaks for every file of that name, whatever its ending.",
    "unchanged": "All of this was said already; nothing was written.",
}
"""What happened while alt text was written, by code (`base.altfiles.AltWritten.notes`)."""


def finding(found: Finding) -> str:
    """What a rule found, without its weight."""
    return fill(FINDINGS[found.rule], detail=found.detail)


def finding_line(found: Finding) -> str:
    """A finding as the command line shows it."""
    return fill(FINDING_LINE, weight=WEIGHTS[found.weight], finding=finding(found), rule=found.rule)


def alt_file_note(code: str) -> str:
    return ALT_FILE_NOTES[code]
