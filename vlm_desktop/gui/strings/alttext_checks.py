"""Words of what is checked about an alt text: the claims in it, the blind quiz, parts apart."""

from vlm_desktop.base.altchecks import ClaimState
from vlm_desktop.base.language import fill

STOP = "Stop"
CLOSE = "Close"

# --- claims ----------------------------------------------------------------------------------

CLAIMS = "Claims"
CLAIMS_COUNT = "Claims ({count})"
CHECK = "&Check the claims"
CHECK_AGAIN = "&Check the claims again"
CHECK_TIP = "Look for evidence of each thing the text says (Ctrl+Shift+K)"
CHECK_COMMAND = "Check the claims of the text"
CLAIMS_COMMAND = "Go to the claims"
CHECKING = "Checking the claims of {name}"
CHECK_STOPPED = "Stopped. The claims were not checked."
NOTHING_TO_CHECK = "There is no text to check yet."
NO_PICTURE = "Without the picture nothing can be checked."
NOT_CHECKED = "Not checked yet."
OUTDATED = "The text has changed since it was checked. Check it again to be sure of the rest."
NO_CLAIMS = "The text makes no claim that could be checked."
NOT_JUDGED = "Texts in this language are split into sentences, and none of them is judged."
CLAIM_STATES = {
    ClaimState.SUPPORTED: "Supported",
    ClaimState.DISPUTED: "Disputed",
    ClaimState.SEEN_ONCE: "Seen once",
}
CLAIM_APPROVED = "Approved by you"
CLAIM_ROW = "{state}: {text}"
CLAIM_EXTENDED = "{claim} (extended description)"
CLAIM_SAID = "{claim}. {evidence}"
CLAIMS_LIST = "Claims of the text"
CLAIMS_DESCRIPTION = (
    "Enter or A approves a claim, Delete or S strikes it from the text, Ctrl+Z brings it back."
)
EVIDENCE = "Evidence"
FOR = "For: {evidence}"
AGAINST = "Against: {evidence}"
NO_EVIDENCE = "Nothing speaks for it or against it but the text itself."
FOUND_THERE = "the search model finds it where the frame is ({percent} of 100)"
FOUND = "the search model finds it in the picture ({percent} of 100)"
NOT_FOUND = "the search model does not find it in the picture ({percent} of 100)"
FITS_BETTER = "it fits the picture as well as or better than {percent} of 100 everyday words"
PREFERRED = "no other colour, number or action in its place fits the picture better"
NOT_PREFERRED = "another colour, number or action in its place fits the picture better"
READ = "these words were read in the picture"
NOT_READ = "these words are not among those read in the picture"
RECORDED = "the file’s own data say {detail}"
SAMPLES = "{agree} of {count} other drafts say it too"
ANSWERED = "asked about it alone, the model answered “{detail}”"
SEEN = "the picture makes a yes of the model more likely than a grey one does"
NOT_SEEN = "the picture does not make a yes of the model more likely than a grey one does"
TOLD = "the page, or what was given, says {detail}"
APPROVE_CLAIM = "Approve it"
APPROVE_CLAIM_TIP = "You know that it is true (Enter or A in the list)"
TAKE_APPROVAL_BACK = "Take approval back"
STRIKE = "Strike it"
STRIKE_TIP = "Rebuild the text without it (Delete or S in the list)"
STRUCK = "Struck: {claim} The text is now: {text}"
STRUCK_ALL = "Struck: {claim} Nothing is left of the text."
TEXT_AGAIN = "The text is again: {text}"
STRIKE_LOCKED = "The text is approved. Press Edit first, then strike the claim."
APPROVED_CLAIM = "Approved: {claim}"
APPROVAL_BACK = "No longer approved: {claim}"
MEANING_TITLE = "What the words mean"
MEANING = (
    "Supported: what was found speaks for it. Disputed: what was found speaks against it. Seen "
    "once: only this text says it. All that was found is weighed together, so a single line may "
    "say otherwise. The models that look are small and run on this computer: they overlook true "
    "things and find some that are not there. They cannot know who somebody is, what somebody "
    "feels or why something happens. You decide."
)
MEASURED = (
    "Measured on 120 photos that the bundled models had not seen: of the claims of their own "
    "drafts that are called supported 93 in 100 are true, where 87 in 100 are true anyway, and 98 "
    "in 100 true ones are called so. Of claims by people, about these photos and others, it is 99 "
    "in 100 where 78 are true anyway, and 69 in 100 true ones."
)
"""As in README.md, under the figures of claims; `evaluate claims` measures it."""
SUMMARY_NONE = "No claims."
SUMMARY_ONE = "1 claim: {parts}."
SUMMARY = "{count} claims: {parts}."
SUMMARY_PARTS = {
    ClaimState.SUPPORTED: "{count} supported",
    ClaimState.DISPUTED: "{count} disputed",
    ClaimState.SEEN_ONCE: "{count} seen once",
}

# --- the blind quiz --------------------------------------------------------------------------

QUIZ = "Blind quiz…"
QUIZ_TIP = "What does somebody learn who has only the text? (Ctrl+Shift+Q)"
QUIZ_TITLE = "Blind quiz: {name}"
QUIZ_HINT = (
    "Questions about the image are answered twice: from the image, and from the text alone. Where "
    "the answers differ, the text does not convey it. Not all of that has to be in it."
)
QUIZ_WORK = "Asking about {name}"
QUIZ_RUNNING = "Questions are being asked…"
QUIZ_STOPPED = "Stopped."
QUIZ_GO = "&Ask again"
QUIZ_LIST = "Questions and answers"
QUIZ_BY_RULES = (
    "The model in use cannot answer without an image, so the text was read by rules. They may miss "
    "what the text says in other words."
)
QUIZ_BY_MODEL = "Both were answered by {model}."
QUIZ_NOT_READ = "The rules read English only, so nothing was asked about this text."
QUIZ_NONE = "The model found nothing to ask about."
QUIZ_ALL = "The text conveys all that was asked: {count:,} of {total:,}."
QUIZ_SOME = "Not conveyed: {count:,} of {total:,}."
QUIZ_MISSED = "Not conveyed: {question}\nFrom the image: {image}\nFrom the text: {text}"
QUIZ_CONVEYED = "Conveyed: {question}\nFrom the image: {image}\nFrom the text: {text}"
QUIZ_SILENT = "it does not say"
QUIZ_FACT = "{question} {answer}"
QUIZ_COPY = "Co&py the fact"
QUIZ_NOTE = "Add to the &notes"
QUIZ_NOTE_TIP = "Keep question and answer with the image’s notes"
QUIZ_COPIED = "Copied: {fact}"
QUIZ_NOTED = "Added to the notes: {fact}"
CHANGE_NOTES = "Notes of {name}"
NEEDS_TEXT = "Write a text first; then it can be asked about."

# --- parts apart -----------------------------------------------------------------------------

STRUCTURE = "Describe in parts…"
STRUCTURE_TIP = "Brief, main subject, colours, words and mood, each apart (Ctrl+Shift+P)"
STRUCTURE_TITLE = "In parts: {name}"
STRUCTURE_HINT = (
    "What a model says of the image, each part apart. Nothing of it goes into the text by itself."
)
STRUCTURE_WORK = "Describing {name} in parts"
STRUCTURE_RUNNING = "The model is looking…"
STRUCTURE_PARTS = {
    "brief": "In brief",
    "subject": "Main subject",
    "colours": "Colours",
    "text": "Words in it",
    "mood": "Mood",
}
STRUCTURE_ROW = "{part}: {text}"
STRUCTURE_SILENT = "nothing found"
STRUCTURE_LIST = "Parts of the description"
STRUCTURE_NONE = "The model in use cannot describe in parts."
STRUCTURE_COPY = "Co&py this part"
STRUCTURE_COPIED = "Copied: {text}"
STRUCTURE_AGAIN = "&Look again"


def claims_title(count: int) -> str:
    return fill(CLAIMS_COUNT, count=count) if count else CLAIMS


def summary(counts: dict[ClaimState, int]) -> str:
    """How many claims there are, and of which state."""
    total = sum(counts.values())
    if not total:
        return SUMMARY_NONE
    parts = [
        fill(SUMMARY_PARTS[state], count=counts[state]) for state in ClaimState if counts.get(state)
    ]
    return fill(SUMMARY_ONE if total == 1 else SUMMARY, count=total, parts=", ".join(parts))
