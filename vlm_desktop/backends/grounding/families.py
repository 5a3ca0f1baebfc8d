"""What each family that finds phrases needs to be told apart and run, as data.

A family is one row: the `model_type` of its config.json and what differs from the others. The
adapter named in the row runs it (`opening` says which class that is). Importing this loads no
network.
"""

from dataclasses import dataclass

DETECTOR = "detector"
"""Gives boxes with scores in one pass."""
SEGMENTER = "segmenter"
"""Gives a logit for every pixel."""
WRITER = "writer"
"""Florence-2: is given a task and writes places as words."""
ASKED = "asked"
"""A model that answers (`backends.chat`), asked for boxes."""

_JSON = (
    'Locate every instance of "{phrase}" in the picture. Report their bounding boxes in JSON: '
    '[{"bbox_2d": [x1, y1, x2, y2], "label": "{phrase}"}]. If there is none, answer [].'
)


@dataclass(frozen=True, slots=True)
class PhraseFamily:
    """One `model_type` of transformers.

    `network` is its class. `say` is how a phrase is put, {phrase} for the words, {a phrase} for
    the words with an article; `lower` in lower case and without full stops, which part one phrase
    from the next. `pictures_apart`: what is
    seen of a picture does not depend on the phrase, so it is looked at once. `square`: the picture
    is filled up to a square at its right or its bottom, and boxes are fractions of that. Boxes
    below the score `floor` are left out unless nothing else is there; from `even` on the authors
    call something found, or show it in their examples.
    """

    model_type: str
    adapter: str
    network: str = ""
    say: str = "{phrase}"
    lower: bool = False
    pictures_apart: bool = False
    square: bool = False
    floor: float = 0.05
    even: float = 0.35


ROWS = (
    PhraseFamily(
        "grounding-dino", DETECTOR, "GroundingDinoForObjectDetection", "{phrase}.", lower=True
    ),
    PhraseFamily(
        "mm-grounding-dino", DETECTOR, "MMGroundingDinoForObjectDetection", "{phrase}.", lower=True
    ),
    PhraseFamily(
        "owlvit", DETECTOR, "OwlViTForObjectDetection", "a photo of {a phrase}",
        pictures_apart=True, floor=0.01, even=0.1,
    ),
    PhraseFamily(
        "owlv2", DETECTOR, "Owlv2ForObjectDetection", "a photo of {a phrase}",
        pictures_apart=True, square=True, floor=0.02, even=0.2,
    ),
    PhraseFamily("clipseg", SEGMENTER, "CLIPSegForImageSegmentation", pictures_apart=True,
                 even=0.4),
    PhraseFamily("florence2", WRITER, "Florence2ForConditionalGeneration", pictures_apart=True),
    PhraseFamily("kosmos-2", ASKED),
    PhraseFamily("paligemma", ASKED, say="detect {phrase}"),
    PhraseFamily(
        "qwen2_vl", ASKED,
        say="Please provide the bounding box coordinates of every region this describes: {phrase}",
    ),
    PhraseFamily("qwen2_5_vl", ASKED, say=_JSON),
    PhraseFamily("qwen3_vl", ASKED, say=_JSON),
)  # fmt: skip
PHRASE_FAMILIES = {row.model_type: row for row in ROWS}
OWN_TYPES = tuple(row.model_type for row in ROWS if row.adapter != ASKED)
"""Those that do nothing else; the others answer questions as well."""

BEST_FIRST = (
    "mm-grounding-dino", "grounding-dino", "owlv2", "florence2", "owlvit", "clipseg",
)  # fmt: skip
"""Those of them that are taken where nobody chose one, by what their authors report on boxes for
phrases. Models that answer questions are not among them: they take seconds for a phrase, and again
for each null phrase it is judged by."""


def said(family: PhraseFamily, phrase: str) -> str:
    """A phrase as this family is asked for it; "" where there is nothing to ask for.

    Brackets are left out, so that what a user types is never a control token.
    """
    words = " ".join(phrase.replace("<", " ").replace(">", " ").replace('"', " ").split())
    if family.lower:
        words = " ".join(words.lower().replace(".", " ").split())
    if family.model_type == "paligemma":
        words = " ".join(words.replace(";", ",").split())  # a semicolon asks for two things
    if not words:
        return ""
    if "{a phrase}" in family.say:
        return family.say.replace("{a phrase}", with_article(words))
    return family.say.replace("{phrase}", words)


def with_article(words: str) -> str:
    """The words with an article in front, their own where they begin with one."""
    first = words.split()[0].lower()
    if first in ("a", "an", "the", "some", "one", "two", "three"):
        return words
    return f"{'an' if first[0] in 'aeiou' else 'a'} {words}"
