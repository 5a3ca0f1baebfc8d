"""Words of the brief: what whoever writes alt texts of a set is told."""

from vlm_desktop.base.alttext import AltStyle
from vlm_desktop.base.language import fill

BRIEF_TITLE = "Brief for “{name}”"
BRIEF_HINT = "What whoever writes is told. Texts that are there do not change by it."
BRIEF_SAVE = "Keep the brief"
BRIEF_STYLE = "Style"
STYLES = {
    AltStyle.CONCISE: "Concise",
    AltStyle.DETAILED: "Detailed",
    AltStyle.FUNCTIONAL: "Functional: what it does",
    AltStyle.DESCRIPTIVE: "Caption: descriptive",
    AltStyle.TECHNICAL: "Caption: technical",
    AltStyle.CREATIVE: "Caption: creative",
    AltStyle.POETIC: "Caption: poetic",
}
BRIEF_DESTINATION = "Where it goes"
DESTINATIONS = {
    "web": "Web page",
    "x": "X",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "custom": "A limit of your own",
}
DESTINATION = "{name} ({limit:,})"
BRIEF_LIMIT = "Most characters"
NO_LIMIT = "No limit"
BRIEF_AS_SEEN = "Count characters as people see them"
BRIEF_AS_SEEN_TIP = "An emoji or an accented letter counts as one, however it is put together"
BRIEF_LANGUAGE = "Language"
BRIEF_PEOPLE = "People"
POLICIES = {
    "neutral": "Name nothing that was guessed",
    "as-told": "Use the names and facts given here",
}
BRIEF_CANDIDATES = "Drafts at once"
BRIEF_AUDIENCE = "Audience"
BRIEF_AUDIENCE_HINT = "Such as: visitors of a museum, children of ten"
BRIEF_NAMES = "Names"
BRIEF_NAMES_HINT = "People and things that may be named, one a line"
BRIEF_GLOSSARY = "Words"
BRIEF_GLOSSARY_HINT = "One a line: word = preferred word"
BRIEF_NOTES = "Notes"
BRIEF_NOTES_HINT = "Anything else whoever writes should know"


def brief_title(name: str) -> str:
    return fill(BRIEF_TITLE, name=name)


def destination(key: str, limit: int) -> str:
    return fill(DESTINATION, name=DESTINATIONS.get(key, key), limit=limit)
