"""Whether two words name the same thing: for drafts that are compared and answers that are marked.

The same word, its plural, the same class of COCO (the table of CHAIR: "bike" is a "bicycle"), or
words that the search model's text tower finds as good as equal.
"""

import re

import numpy as np

from vlm_desktop.base.vqascores import normalise
from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.chair import coco_words
from vlm_desktop.engine.encoding import Encoders

ALIKE = 0.8
"""Cosine of two words in the text tower from which they count as the same."""
_MALE = frozenset({"man", "boy", "guy", "male", "gentleman", "groom", "father", "son", "husband"})
_FEMALE = frozenset({"woman", "girl", "lady", "female", "bride", "mother", "daughter", "wife"})
_PERSON = "person"
_COLOURS = {"grey": "gray", "blonde": "blond", "golden": "gold", "beige": "tan", "navy": "blue"}
_WORD = re.compile(r"[a-z0-9]+(?:-[a-z]+)?")


class SameWords:
    """Compares words; remembers nothing itself. For the lane "model", as it may run a network."""

    def __init__(self, encoders: Encoders | None = None, model_id: str = "") -> None:
        self._encoders = encoders
        self._model_id = model_id
        self._objects = coco_words()

    def same_thing(self, one: str, other: str) -> bool:
        """Whether two nouns ("two dogs", "a soccer ball") name one kind of thing."""
        first, second = head_of(one), head_of(other)
        if not first or not second:
            return False
        if (first in _MALE and second in _FEMALE) or (first in _FEMALE and second in _MALE):
            return False
        class_one, class_other = self.class_of(one), self.class_of(other)
        if class_one is not None and class_other is not None:
            return class_one == class_other
        if first == second:
            return True
        return self._cosine(first, second) >= ALIKE

    def class_of(self, noun: str) -> str | None:
        """COCO's class of what a noun phrase names, by its last words; None for other things.

        In "dog house" there is none.
        """
        words = _bare(noun).split()
        named = self._objects.named(" ".join(words))
        for start in range(len(words)):
            found = self._objects.class_of(" ".join(words[start:]))
            if found is not None and found in named:
                return found
        return None

    def objects_in(self, text: str) -> tuple[str, ...]:
        """COCO's classes that a text names."""
        return self._objects.named(text)

    def same_value(self, one: str, other: str) -> bool:
        """Whether two short answers agree: numbers, colours, verbs, things."""
        first, second = _value(one), _value(other)
        if not first or not second:
            return False
        if first == second or set(first.split()) & set(second.split()) - _EMPTY:
            return True
        if first.isdigit() or second.isdigit() or {first, second} & {"yes", "no"}:
            return False
        if first in en.COLOURS or second in en.COLOURS:
            return False
        return self.same_thing(first, second)

    def _cosine(self, one: str, other: str) -> float:
        if self._encoders is None:
            return 0.0
        vectors = self._encoders.queries(self._model_id, [one, other])
        return float(np.dot(vectors[0], vectors[1]))


_EMPTY = frozenset({"a", "an", "the", "of", "on", "in", "and", "is", "are", "it", "at", "with"})


def head_of(noun: str) -> str:
    """The last word of a noun phrase in the singular: "ball" of "two soccer balls"."""
    words = _bare(noun).split()
    return words[-1] if words else ""


def _bare(noun: str) -> str:
    words = [word for word in _WORD.findall(noun.casefold()) if word not in en.ARTICLES]
    if words:
        words[-1] = en.singular(words[-1])
    return " ".join(words)


def _value(answer: str) -> str:
    words = [_COLOURS.get(word, word) for word in normalise(answer).split()]
    return " ".join(stem(word) for word in words)


def stem(word: str) -> str:
    """A word without the ending of a verb or a plural: "run" of "running", "runs" and "run"."""
    low = word.casefold()
    if low.endswith("ing") and len(low) > 5:
        root = low[:-3]
        doubled = len(root) > 2 and root[-1] == root[-2] and root[-1] not in "lsz"
        return root[:-1] if doubled else root.removesuffix("e")
    if low.endswith("s") and not low.endswith("ss") and len(low) > 3:
        return en.singular(low).removesuffix("e")
    return low.removesuffix("e") if len(low) > 3 else low
