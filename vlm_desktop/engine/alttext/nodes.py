"""A sentence taken apart: its nodes, what hangs on what, and what stands side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from vlm_desktop.engine.alttext.tagging import Word


class Kind(StrEnum):
    """What a node is. `THING` is a noun phrase; `BE` joins a subject and what it is."""

    CLAUSE = "clause"
    THING = "thing"
    QUALITY = "quality"
    NUMBER = "number"
    DEED = "deed"
    BE = "be"
    WHERE = "where"
    """A preposition with its nouns."""
    ADVERB = "adverb"
    QUOTE = "quote"


@dataclass(slots=True)
class Node:
    """A part of a sentence. `own` are the indices of its own words, those of its parts not.

    Of a THING, `nouns` are its noun's words, the last of them `head`; of a DEED, `auxiliaries`
    are the forms of "be" in it and `lead` what joins it to the rest ("who", "while").
    """

    id: int
    kind: Kind
    own: list[int]
    parent: int = -1
    nouns: list[int] = field(default_factory=list)
    auxiliaries: list[int] = field(default_factory=list)
    lead: list[int] = field(default_factory=list)
    is_pronoun: bool = False

    @property
    def head(self) -> int:
        return self.nouns[-1] if self.nouns else self.own[-1]


@dataclass(slots=True)
class Row:
    """Parts that stand side by side, and the words ("," and "and") between each two of them."""

    members: list[int]
    separators: list[list[int]] = field(default_factory=list)


@dataclass(slots=True)
class Sentence:
    """A sentence taken apart. Nodes are in the order of their beginning."""

    words: tuple[Word, ...]
    nodes: list[Node] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    denies: bool = False
    """Something is said not to be so: then nothing in it is claimed to be there."""

    def parts(self, of: int, *kinds: Kind) -> list[Node]:
        """The nodes that hang on one, of these kinds or of all."""
        return [
            node for node in self.nodes if node.parent == of and (not kinds or node.kind in kinds)
        ]

    def said(self, indices: Sequence[int]) -> str:
        """Words by their indices, with blanks between."""
        text = ""
        for index in sorted(indices):
            word = self.words[index]
            text += word.text if word.tag in {",", "K"} or not text else f" {word.text}"
        return text

    def clause_of(self, node: Node) -> Node:
        while node.parent >= 0:
            node = self.nodes[node.parent]
        return node
