"""Questions that the file answers better than a small model: when, where, with what, what it says.

For the starter only. Each rule is a pattern a whole question must fit, in English or German; what
fits none goes to the model. So "where is the cat" is never answered with coordinates, and "when
was this taken" never with a guess. An answer from here is marked with its source.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from vlm_desktop.base.conversations import AnswerSource
from vlm_desktop.base.types import OcrLine, PhotoMetadata


class Subject(StrEnum):
    """What a question is about that the file itself answers."""

    DATE = "date"
    PLACE = "place"
    CAMERA = "camera"
    TEXT = "text"

    @property
    def source(self) -> AnswerSource:
        return AnswerSource.OCR if self is Subject.TEXT else AnswerSource.METADATA


@dataclass(frozen=True, slots=True)
class DirectQuestion:
    """A question that a rule fits, and the language it was asked in ("en", "de")."""

    subject: Subject
    language: str


_PICTURE = r"(?:(?:(?:this|the|that) )?(?:photo(?:graph)?|picture|image|shot|pic)|it|this|that)"
_A_PICTURE = r"(?:(?:this|the|that) )?(?:photo(?:graph)?|picture|image|shot|pic)"
_TAKEN = r"(?:taken|shot|made|photographed|captured)"
_DEVICE = r"(?:camera|phone|smartphone|device|lens)"
_CARRIER = (
    r"(?:text|writing|words?|letters?|caption|headline|inscription|signs?|label|page|document"
    r"|screen|display|board|blackboard|billboard|poster|paper|letter|note|t-?shirt|shirt|jersey"
    r"|banner|flag|book|cover|menu|plate|number plate|license plate|ticket|receipt|card|package"
    r"|box|bottle|can|cup|mug|newspaper|bus|truck|wall|building|photo|picture|image)"
)
_BILD = r"(?:(?:(?:dieses|das) )?(?:foto|bild)|(?:(?:diese|die) )?aufnahme|es|das|dies)"
_EIN_BILD = r"(?:(?:(?:dieses|das) )?(?:foto|bild)|(?:(?:diese|die) )?aufnahme)"
_GEMACHT = r"(?:aufgenommen|gemacht|fotografiert|entstanden|geschossen)(?: worden)?"

_RULES: tuple[tuple[Subject, str, tuple[str, ...]], ...] = (
    (
        Subject.DATE,
        "en",
        (
            rf"when (?:was|is) {_PICTURE} (?:{_TAKEN}|from)",
            rf"when was {_PICTURE}",
            rf"when {_PICTURE} was {_TAKEN}",
            rf"(?:at |on |in )?(?:what|which) (?:date|day|year|month|time)"
            rf" (?:was|is) {_PICTURE} (?:{_TAKEN}|from)",
            rf"what(?: is|'s|s) the date (?:of|on) {_PICTURE}",
            rf"how old is {_A_PICTURE}",
            rf"when did (?:you|i|we|they) take {_PICTURE}",
        ),
    ),
    (
        Subject.DATE,
        "de",
        (
            rf"wann (?:wurde|ist|war) {_BILD}(?: {_GEMACHT})?",
            rf"(?:an welchem (?:tag|datum)|in welchem (?:jahr|monat)|um welche uhrzeit)"
            rf" (?:wurde|ist) {_BILD} {_GEMACHT}",
            rf"von wann ist {_BILD}",
            rf"wie alt ist {_EIN_BILD}",
        ),
    ),
    (
        Subject.PLACE,
        "en",
        (
            rf"where (?:was|is|were) {_PICTURE} {_TAKEN}",
            rf"where {_PICTURE} was {_TAKEN}",
            rf"where (?:was|is) (?:this|that|{_A_PICTURE})(?: from)?",
            rf"(?:in |at )?(?:what|which) (?:place|location|city|country|town)"
            rf" (?:was|is) {_PICTURE}(?: {_TAKEN})?(?: in| from)?",
            rf"what (?:is|are) the (?:location|coordinates|gps coordinates) (?:of|for) {_PICTURE}",
        ),
    ),
    (
        Subject.PLACE,
        "de",
        (
            rf"wo (?:wurde|ist|war) {_BILD} {_GEMACHT}",
            r"wo (?:ist|war) (?:das|dies|hier)",
            rf"(?:an welchem ort|in welche[rm] (?:stadt|land|ort))"
            rf" (?:wurde|ist) {_BILD} {_GEMACHT}",
        ),
    ),
    (
        Subject.CAMERA,
        "en",
        (
            rf"(?:with |on )?(?:what|which) {_DEVICE} (?:was|is) {_PICTURE} {_TAKEN}"
            r"(?: with| by| on)?",
            rf"(?:what|which) {_DEVICE} was used(?: (?:for|to take|to make) {_PICTURE})?",
            rf"(?:what|which) {_DEVICE} (?:took|made|shot) {_PICTURE}",
            rf"(?:what|which) {_DEVICE} did (?:you|i|we|they) use",
            rf"(?:on|with) what was {_PICTURE} {_TAKEN}",
            rf"what was {_PICTURE} {_TAKEN} (?:with|on)",
        ),
    ),
    (
        Subject.CAMERA,
        "de",
        (
            rf"mit (?:welche[rms]?|was für eine[rm]?) (?:kamera|handy|gerät|objektiv|smartphone)"
            rf" (?:wurde|ist) {_BILD} {_GEMACHT}",
            r"welche (?:kamera|linse) wurde (?:benutzt|verwendet)",
            rf"womit (?:wurde|ist) {_BILD} {_GEMACHT}",
        ),
    ),
    (
        Subject.TEXT,
        "en",
        (
            rf"what (?:does|do) (?:it|this|that|they|(?:the|this|that|these) {_CARRIER}) say",
            rf"what(?: is|'s|s) (?:written|printed)"
            rf"(?: (?:here|there|(?:in|on|at) (?:it|this|that|(?:the |this |that )?{_CARRIER})))?",
            rf"what(?: is|'s|s) the (?:text|writing|inscription)"
            rf"(?: (?:in|on|of) (?:it|this|that|(?:the |this |that )?{_CARRIER}))?",
            rf"what text (?:is|can be read|do you see|is there)(?: (?:here|there|in|on|it|the|this"
            rf"|{_CARRIER}))*",
            rf"(?:read|transcribe)(?: out)?(?: me)?"
            rf" (?:it|this|(?:all )?(?:of )?(?:the |this |that )?{_CARRIER})"
            rf"(?: (?:aloud|to me|for me|out loud|in {_A_PICTURE}|on {_A_PICTURE}))?",
        ),
    ),
    (
        Subject.TEXT,
        "de",
        (
            r"was steht (?:da|hier|dort|drauf|darauf|(?:auf|in|an) (?:de[mnr]|dem|diese[mr]) \w+)"
            r"(?: drauf| geschrieben)?",
            r"welcher text (?:steht|ist) (?:da|hier|dort|auf|im|in) ?(?:de[mr] )?\w*",
            r"lies(?: mir)?(?: bitte)? (?:den text|das schild|die schrift|es|das)(?: vor)?",
        ),
    ),
)
_PATTERNS = tuple(
    (DirectQuestion(subject, language), re.compile("|".join(rules)))
    for subject, language, rules in _RULES
)
_NOISE = re.compile(r"[?!.,;:\"“”„]+")
_TAKEN_AT = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d\d)(?:T(\d\d:\d\d))?)?)?")
_POLITE = re.compile(
    r"^(?:(?:hi|hello|please|and|so|can you (?:tell me|say)|could you tell me|do you know|tell me"
    r"|bitte|und|sag mir|weißt du|kannst du (?:mir )?sagen) )+"
)

_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
    "November", "Dezember",
)  # fmt: skip
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

# In the language of the question, whatever the window's.
_SAID = {
    (Subject.DATE, "en"): "Taken: {what}.",
    (Subject.DATE, "de"): "Aufgenommen: {what}.",
    (Subject.PLACE, "en"): "Taken at {what}.",
    (Subject.PLACE, "de"): "Aufgenommen bei {what}.",
    (Subject.CAMERA, "en"): "Taken with {what}.",
    (Subject.CAMERA, "de"): "Aufgenommen mit {what}.",
}
_UNSAID = {
    (Subject.DATE, "en"): "The file does not say when it was taken.",
    (Subject.DATE, "de"): "Die Datei sagt nicht, wann es aufgenommen wurde.",
    (Subject.PLACE, "en"): "The file does not say where it was taken.",
    (Subject.PLACE, "de"): "Die Datei sagt nicht, wo es aufgenommen wurde.",
    (Subject.CAMERA, "en"): "The file does not say what it was taken with.",
    (Subject.CAMERA, "de"): "Die Datei sagt nicht, womit es aufgenommen wurde.",
    (Subject.TEXT, "en"): "No text was found in the picture.",
    (Subject.TEXT, "de"): "Im Bild wurde kein Text gefunden.",
}


def direct_question(text: str) -> DirectQuestion | None:
    """The rule that a question fits as a whole, or None: then the model is asked."""
    asked = " ".join(_NOISE.sub(" ", text.casefold()).split())
    asked = _POLITE.sub("", asked)
    for found, pattern in _PATTERNS:
        if pattern.fullmatch(asked):
            return found
    return None


def answer_from_metadata(question: DirectQuestion, metadata: PhotoMetadata) -> str:
    """One sentence of what the file says, or that it does not."""
    what = {
        Subject.DATE: _date,
        Subject.PLACE: _place,
        Subject.CAMERA: _camera,
    }[question.subject](metadata, question.language)
    key = (question.subject, question.language)
    return _SAID[key].format(what=what) if what else _UNSAID[key]


def answer_from_lines(question: DirectQuestion, lines: Sequence[OcrLine]) -> str:
    """The lines as they were read, or that there are none."""
    text = "\n".join(line.text for line in lines if line.text.strip())
    return text or _UNSAID[question.subject, question.language]


def metadata_context(letter: str, metadata: PhotoMetadata) -> str:
    """What is told to a model that may know: date, place and camera. "" when the file says none."""
    said = {
        "taken": _date(metadata, "en"),
        "at": _place(metadata, "en"),
        "with": _camera(metadata, "en"),
    }
    words = ", ".join(f"{name} {what}" for name, what in said.items() if what)
    return f"Picture {letter}: {words}." if words else ""


def _date(metadata: PhotoMetadata, language: str) -> str:
    """As exact as the file says it: a year, a month, a day or a minute. "" for nothing."""
    found = _TAKEN_AT.match(metadata.taken_at)
    if found is None:
        return ""
    year, month, day, clock = found.groups()
    if month is None:
        return year
    name = (_MONTHS if language == "de" else _MONTHS_EN)[int(month) - 1]
    if day is None:
        return f"{name} {year}"
    if language == "de":
        return f"{int(day)}. {name} {year}" + (f" um {clock} Uhr" if clock else "")
    return f"{name} {int(day)}, {year}" + (f" at {clock}" if clock else "")


def _place(metadata: PhotoMetadata, language: str) -> str:
    if metadata.latitude is None or metadata.longitude is None:
        return ""
    south, west = ("S", "W")
    north, east = ("N", "O" if language == "de" else "E")
    latitude = f"{abs(metadata.latitude):.4f}° {north if metadata.latitude >= 0 else south}"
    longitude = f"{abs(metadata.longitude):.4f}° {east if metadata.longitude >= 0 else west}"
    found = f"{latitude}, {longitude}"
    return found.replace(".", ",") if language == "de" else found


def _camera(metadata: PhotoMetadata, language: str) -> str:
    make, model = metadata.make.strip(), metadata.model.strip()
    if make and model.casefold().startswith(make.casefold().split()[0]):
        make = ""
    camera = " ".join(part for part in (make, model) if part)
    lens = metadata.lens.strip()
    if camera and lens:
        return f"{camera} {'und' if language == 'de' else 'and'} {lens}"
    return camera or lens
