"""How the claims of a sentence are worded: nouns with their articles, verbs, questions."""

import re

from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.alttext.nodes import Kind, Node, Sentence
from vlm_desktop.engine.alttext.tagging import Word

_BE = re.compile(r"^(.+?) (is|are|was|were) (.+?)\.?$")
_HAVE = re.compile(r"^(.+?) (has|have) (.+?)\.?$")


def asked(said: str, verb: Word | None = None) -> str:
    """A sentence as a question for yes or no: "Is the dog brown?"; "" where that fails.

    `verb` is the sentence's finite verb where there is no "is".
    """
    said = said[:1].lower() + said[1:] if not said.startswith("I ") else said
    if match := _BE.match(said):
        subject, be, rest = match.groups()
        return f"{be.capitalize()} {subject} {rest}?"
    if match := _HAVE.match(said):
        subject, have, rest = match.groups()
        return f"{'Does' if have == 'has' else 'Do'} {subject} have {rest}?"
    if verb is not None and verb.tag == "V":
        before, found, after = said.rstrip(".").partition(f" {verb.text}")
        if found:
            does = "Do" if verb.fine in {"VVB", "VVI"} else "Does"
            return f"{does} {before} {verb.lemma}{after}?"
    return ""


class Wording:
    """Words the parts of one sentence. `subject` is what "it" and "he" stand for."""

    def __init__(self, sentence: Sentence, subject: str) -> None:
        self.sentence = sentence
        self.subject = subject

    def word(self, index: int) -> Word:
        return self.sentence.words[index]

    def parent(self, node: Node) -> Node | None:
        return self.sentence.nodes[node.parent] if node.parent >= 0 else None

    def things_of(self, clause: Node) -> list[Node]:
        return self.sentence.parts(clause.id, Kind.THING)

    def host_thing(self, node: Node) -> Node | None:
        """The noun that something is said of: upwards, or the subject of its clause."""
        at = self.parent(node)
        while at is not None and at.kind is not Kind.THING:
            if at.kind is Kind.CLAUSE:
                things = self.things_of(at)
                if not things:  # "behind them is a crane"
                    for be in self.sentence.parts(at.id, Kind.BE):
                        things += self.things_of(be)
                return things[0] if things else None
            at = self.parent(at)
        return at

    def is_subject(self, thing: Node) -> bool:
        parent = self.parent(thing)
        return parent is not None and parent.kind is Kind.CLAUSE

    def is_many(self, doer: Node | None) -> bool:
        """Whether several do it: a plural, or "a dog and a cat"."""
        if doer is None:
            return False
        parent = self.parent(doer)
        row = parent is not None and len(self.things_of(parent)) > 1
        return self.is_plural(doer) or (row and self.is_subject(doer))

    def is_plural(self, node: Node) -> bool:
        word = self.word(node.head)
        if node.is_pronoun:
            return word.low in {"they", "them", "these", "those", "i", "you", "we"}
        return en.is_plural(word.text, word.fine)

    def lead_verb(self, node: Node) -> Word:
        verbs = [self.word(i) for i in node.own if self.word(i).tag in "VGEH"]
        return verbs[0] if verbs else self.word(node.own[0])

    def participle(self, node: Node) -> str:
        """A deed without its "is": "running"; finite verbs as they are."""
        own = [i for i in node.own if i not in node.auxiliaries and self.word(i).tag != "M"]
        return " ".join(self.word(i).text for i in own).lower()

    def noun_of(self, node: Node | None) -> str:
        if node is None:
            return ""
        if node.is_pronoun:
            return self.subject
        words = [self.word(index) for index in node.nouns]
        return self.sentence.said(node.nouns) if words[-1].tag == "P" else (
            self.sentence.said(node.nouns).lower()
        )  # fmt: skip

    def the(self, node: Node, *, alone: bool = False) -> str:
        """ "The dog"; the whole row of a subject that is one, unless `alone`: "The dog and the
        cat"."""
        if node.is_pronoun:
            if self.subject:
                return f"The {self.subject}"
            return self.sentence.said(node.own).capitalize()
        parent = self.parent(node)
        things = self.things_of(parent) if parent is not None and self.is_subject(node) else [node]
        if alone:
            things = [node]
        named = [
            self.noun_of(one) if self.word(one.head).tag == "P" else f"the {self.noun_of(one)}"
            for one in things
        ]
        if len(named) > 1 and len(set(named)) == 1:
            return f"the {en.plural(self.noun_of(things[0]))}"
        return " and ".join(named)

    def a(self, node: Node) -> str:
        """ "a dog", "dogs", "water", "Anna": without what else is said of it."""
        noun = self.noun_of(node)
        if self.word(node.head).tag == "P" or self.is_plural(node) or not noun:
            return noun or self.sentence.said(node.own)
        determiner = {self.word(index).low for index in node.own if self.word(index).tag == "D"}
        if self.word(node.head).low in en.ANIMATE and not determiner:
            determiner = {"a"}  # "dog wearing a coat"
        if not determiner & {"a", "an", "one", "another", "each", "his", "her", "its", "their",
                             "this", "that", "the"} and not self.sentence.parts(
                                 node.id, Kind.NUMBER):  # fmt: skip
            return noun
        return f"{'an' if en.starts_with_vowel(noun) else 'a'} {noun}"

    def as_said(self, node: Node) -> str:
        """As it stands, without what is claimed on its own."""
        if node.is_pronoun:
            return self.sentence.said(node.own).lower()
        determiners = [index for index in node.own if self.word(index).tag == "D"]
        counted = [i for one in self.sentence.parts(node.id, Kind.NUMBER) for i in one.own]
        few = [i for i in counted if self.word(i).tag == "#"]
        said = self.sentence.said([*determiners, *few]).lower()
        noun = self.noun_of(node)
        words = said.split()
        if words and words[-1] in {"a", "an"}:
            words[-1] = "an" if en.starts_with_vowel(noun) else "a"
        return " ".join([*words, noun])

    def is_place(self, node: Node | None) -> bool:
        if node is None or node.kind is not Kind.WHERE:
            return False
        things = self.sentence.parts(node.id, Kind.THING)
        words = self.sentence.said(node.own).casefold().split()
        return (
            len(things) == 1
            and words[-1] in en.PLACE_PREPOSITIONS
            and len(words) == 1
            and self.word(things[0].head).low in en.PLACES
        )

    def only_says(self, node: Node) -> bool:
        """ "says" before words to be read tells nothing besides: words in quotes or in capitals."""
        if node.kind is not Kind.DEED or not any(
            self.word(index).low in en.SAYING for index in node.own
        ):
            return False
        things = self.sentence.parts(node.id, Kind.THING)
        return bool(self.sentence.parts(node.id, Kind.QUOTE)) or any(
            self.word(index).text.isupper() for one in things for index in one.nouns
        )
