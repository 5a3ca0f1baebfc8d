"""CHAIR: how many of the objects that captions name are not in the picture.

Rohrbach et al. 2018, "Object Hallucination in Image Captioning", arXiv:1809.02156. The objects are
the 80 classes of COCO with the words of resources/vocabularies/coco_objects.txt; what is in a
picture is told by its labels and by what people say of it in their captions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.captiontokens import tokenise
from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.calibration import read_prompts

_NOTHING = "-"
_IRREGULAR = {
    "man": "men",
    "woman": "women",
    "child": "children",
    "person": "people",
    "knife": "knives",
    "calf": "calves",
    "mouse": "mice",
    "foot": "feet",
}
# "Orange" is a fruit only where no word follows that it could colour.
_COLOURS = frozenset({"orange"})
_NO_NOUN = frozenset(
    {"and", "or", "on", "in", "with", "of", "is", "are", "at", "to", "by", "near", "next", "that"}
    | {"sitting", "sits", "lying", "while", "from", "for", "has", "was", "beside", "behind", "as"}
    | {"under", "over", "inside", "into", "but", "hanging", "being", "cut"}
)
# In "an adult bear" there is no adult.
_QUALIFIERS = frozenset({"baby", "adult", "male", "female", "mother", "father"})


@dataclass(frozen=True, slots=True)
class ChairFigures:
    """In percent, but for the counts.

    `sentences` (CHAIRs) is the share of captions that name an object which is not there,
    `instances` (CHAIRi) the share of such objects among all that are named, `recall` the share of
    the objects there that are named.
    """

    sentences: float
    instances: float
    recall: float
    captions: int
    named: int
    hallucinated: int
    most_hallucinated: tuple[tuple[str, int], ...]


class ObjectWords:
    """Words and phrases by the class of object they name. Immutable, safe from any thread."""

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        self._phrases: dict[tuple[str, ...], str] = {}
        for name, words in classes.items():
            for word in (*words, name):
                for form in _forms(word):
                    self._phrases.setdefault(form, name)
        self._longest = max(map(len, self._phrases), default=0)

    def named(self, text: str) -> tuple[str, ...]:
        """The class of each object that a text names, in order, as often as it does.

        The longest phrase counts: in "a hot dog" there is no dog.
        """
        tokens = tokenise(text)
        found: list[str] = []
        place = 0
        while place < len(tokens):
            length = self._phrase_at(tokens, place)
            after = place + max(length, 1)
            name = self._phrases.get(tokens[place : place + length], _NOTHING)
            if name != _NOTHING and not self._describes(tokens, place, after):
                found.append(name)
            place = after
        return tuple(found)

    def class_of(self, label: str) -> str | None:
        """The class that a label is or stands for; None for other things."""
        name = self._phrases.get(tokenise(label))
        return None if name == _NOTHING else name

    def _phrase_at(self, tokens: tuple[str, ...], place: int) -> int:
        """How many tokens the longest known phrase has that begins here; 0 for none."""
        for length in range(min(self._longest, len(tokens) - place), 0, -1):
            if tokens[place : place + length] in self._phrases:
                return length
        return 0

    def _describes(self, tokens: tuple[str, ...], place: int, after: int) -> bool:
        """True for a word that only tells more about the one that follows."""
        if after - place > 1 or after == len(tokens):
            return False
        if tokens[place] in _COLOURS:
            return tokens[after] not in _NO_NOUN
        return tokens[place] in _QUALIFIERS and self._phrase_at(tokens, after) > 0


def coco_words() -> ObjectWords:
    """The bundled words for COCO's 80 classes."""
    return read_object_words(bundled("resources") / "vocabularies" / "coco_objects.txt")


def read_object_words(path: Path) -> ObjectWords:
    """A file with a class a line: its name, a colon, and other words with commas between."""
    classes: dict[str, list[str]] = {}
    for line in read_prompts(path):
        name, _, words = line.partition(":")
        classes[name.strip()] = [word for word in map(str.strip, words.split(",")) if word]
    return ObjectWords(classes)


def _forms(term: str) -> tuple[tuple[str, ...], ...]:
    """A term's tokens in the singular and in the plural."""
    singular = tokenise(term)
    return singular, (*singular[:-1], _plural(singular[-1])) if singular else ()


def _plural(word: str) -> str:
    for ending, plural in _IRREGULAR.items():
        if word.endswith(ending):
            return word.removesuffix(ending) + plural
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    return word + "s"


def chair(
    captions: Sequence[str], present: Sequence[Iterable[str]], words: ObjectWords
) -> ChairFigures | None:
    """Captions against the classes that are in each picture. None without a caption."""
    named = hallucinated = wrong_captions = recalled = there = 0
    wrong: dict[str, int] = {}
    for caption, objects in zip(captions, present, strict=True):
        real = set(objects)
        found = words.named(caption)
        false = [name for name in found if name not in real]
        for name in false:
            wrong[name] = wrong.get(name, 0) + 1
        named += len(found)
        hallucinated += len(false)
        wrong_captions += bool(false)
        recalled += len(real.intersection(found))
        there += len(real)
    if not captions:
        return None
    most = sorted(wrong.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    return ChairFigures(
        sentences=_percent(wrong_captions, len(captions)),
        instances=_percent(hallucinated, named),
        recall=_percent(recalled, there),
        captions=len(captions),
        named=named,
        hallucinated=hallucinated,
        most_hallucinated=tuple(most),
    )


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 0.0
