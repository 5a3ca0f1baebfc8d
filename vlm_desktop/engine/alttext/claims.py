"""A text split into atomic claims, each with its own short sentence and where its words stand.

English is taken apart by the grammar of `grammar`; in other languages, and where something is
denied ("no", "not", "without"), a whole sentence is one claim of the kind "other".
"""

import re
from dataclasses import dataclass

from vlm_desktop.base.altchecks import Claim, Ledger
from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.alttext.grammar import parsed
from vlm_desktop.engine.alttext.nodes import Kind, Node, Sentence
from vlm_desktop.engine.alttext.tagging import LANGUAGES, Word, sentences
from vlm_desktop.engine.alttext.wording import Wording, asked

OBJECT, ATTRIBUTE, NUMBER, ACTION = "object", "attribute", "number", "action"
RELATION, PLACE, TEXT, NAME, OTHER = "relation", "place", "text", "name", "other"

_END = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim, and what of it can be asked or looked for.

    `noun` is what it speaks of, as it stands, without article ("dogs", "soccer ball"); `value`
    what it says of that: the adjective, the number ("2"; "" for "several"), the verb's lemma, the
    words to be read. `phrase` describes it for a search, `question` asks for a yes or no ("" where
    none can be asked). `sentence` and `node` say where it is
    in the text: the number of the sentence and of the node in it (-1: all of the sentence).
    """

    claim: Claim
    noun: str
    value: str
    phrase: str
    question: str
    plural: bool
    sentence: int
    node: int


def statements(text: str, language: str = "en") -> tuple[Statement, ...]:
    """The claims of a text in the order they stand there. Raises PartMissing."""
    if language.split("-")[0].casefold() not in LANGUAGES:
        return tuple(
            _whole(text, *span, number) for number, span in enumerate(_sentence_spans(text))
        )
    found: list[Statement] = []
    subject = ""
    for number, words in enumerate(sentences(text)):
        sentence = parsed(words)
        some = _Reader(text, sentence, number, subject).statements()
        if sentence.denies or not some:
            if any(word.tag not in {".", ",", "q", "Z"} for word in words):
                found.append(_whole(text, words[0].start, words[-1].end, number))
            continue
        subject = _subject(sentence) or subject
        found += some
    return tuple(sorted(found, key=lambda one: (one.claim.start, one.claim.end)))


def split(text: str, language: str = "en") -> Ledger:
    """A text's claims before anything was looked at. Raises PartMissing."""
    return Ledger(text, tuple(one.claim for one in statements(text, language)))


def _sentence_spans(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for match in [*_END.finditer(text), None]:
        end = match.start() if match else len(text)
        piece = text[start:end]
        if any(letter.isalnum() for letter in piece):
            left = len(piece) - len(piece.lstrip())
            spans.append((start + left, start + len(piece.rstrip())))
        start = match.end() if match else end
    return spans


def _whole(text: str, start: int, end: int, number: int) -> Statement:
    said = text[start:end]
    return Statement(Claim(said, OTHER, start, end), "", said, said, "", False, number, -1)


def _subject(sentence: Sentence) -> str:
    """What "it" and "they" of the next sentence stand for: "dog", "man and the woman"."""
    for clause in sentence.nodes:
        things = sentence.parts(clause.id, Kind.THING) if clause.kind is Kind.CLAUSE else []
        nouns = [sentence.said(one.nouns) for one in things if not one.is_pronoun]
        if nouns:
            return " and the ".join(nouns)
    return ""


class _Reader(Wording):
    """Reads claims from one sentence."""

    def __init__(self, text: str, sentence: Sentence, number: int, subject: str) -> None:
        super().__init__(sentence, subject)
        self._text = text
        self._number = number

    def statements(self) -> list[Statement]:
        makers = {
            Kind.THING: self._object,
            Kind.QUALITY: self._attribute,
            Kind.NUMBER: self._count,
            Kind.DEED: self._action,
            Kind.WHERE: self._relation,
            Kind.QUOTE: self._quote,
        }
        made = (makers[one.kind](one) for one in self.sentence.nodes if one.kind in makers)
        return [one for one in made if one is not None]

    # --- kinds ---------------------------------------------------------------------------

    def _object(self, node: Node) -> Statement | None:
        if node.is_pronoun or self.is_place(self.parent(node)):
            return None
        head = self.word(node.head)
        if head.low in en.VIEW | en.MEDIA | en.COLOURS or not head.text[:1].isalnum():
            return None
        noun = self.noun_of(node)
        parent = self.parent(node)
        if parent is not None and self.only_says(parent):
            words = self.sentence.said(node.nouns)
            return self._made(
                node, TEXT, f'The words "{words}" can be read.', words, words, node.nouns
            )
        if head.tag == "P":
            return self._made(node, NAME, f"{noun} is in the picture.", noun, noun, node.nouns)
        thing = self.a(node)
        be = "are" if self.is_plural(node) else "is"
        return self._made(node, OBJECT, f"There {be} {thing}.", "", thing, node.nouns)

    def _attribute(self, node: Node) -> Statement | None:
        host = self.host_thing(node)
        value = self.sentence.said(node.own).lower()
        if host is None or self.word(node.own[-1]).low in en.NO_ATTRIBUTES:
            return None
        if host.is_pronoun and not self.subject:
            said = f"It is {value}."
        else:
            be = "are" if self.is_plural(host) else "is"
            alone = self.parent(node) is host
            said = f"{self.the(host, alone=alone)} {be} {value}."
        phrase = f"{value} {self.noun_of(host)}".strip()
        return self._made(node, ATTRIBUTE, said, value, phrase, node.own)

    def _count(self, node: Node) -> Statement | None:
        host = self.parent(node)
        if host is None or host.is_pronoun or self.word(host.head).low in en.VIEW:
            return None
        words = [self.word(index).low for index in node.own]
        known = en.NUMBERS | en.SEVERAL
        value = next((str(known[one]) for one in words if one in known), "")
        value = value or next((one for one in words if one.isdigit()), "")
        noun = self.noun_of(host)
        is_group = not any(self.word(index).tag == "#" for index in node.own)
        be = "is" if value == "1" or is_group else "are"
        many = self.sentence.said(node.own).lower()
        if not is_group:
            many = many.removesuffix(" of")
        said = f"There {be} {many} {noun}."
        return self._made(node, NUMBER, said, value, f"{many} {noun}", node.own)

    def _action(self, node: Node) -> Statement | None:
        if self.word(node.own[0]).tag == "T":
            return None  # what is meant to happen is not to be seen
        doer = self.host_thing(node)
        if doer is not None and self.word(doer.head).low in en.MEDIA:
            return None  # "this image shows" claims nothing
        verb = self.word(node.own[-1] if node.own else 0)
        verbs = [self.word(i) for i in node.own if self.word(i).tag in "VGEH"]
        lemma = (verbs[0] if verbs else verb).lemma
        if self.only_says(node) or (lemma == "have" and len(verbs) == 1):
            return self._having(node, doer) if lemma == "have" else None
        objects = " and ".join(self.a(one) for one in self.sentence.parts(node.id, Kind.THING))
        deed = " ".join(self.word(i).text for i in node.own)
        first = self.word(node.own[0])
        alone = self.parent(node) is doer
        subject = self.the(doer, alone=alone) if doer else "Somebody"
        many = self.is_many(doer) if doer is None or not alone else self.is_plural(doer)
        # "a dog running": it is running; "a man dressed in black": he is dressed.
        if not node.auxiliaries and self.lead_verb(node).tag in "GE" and first.fine != "VVD":
            deed = f"{'are' if many else 'is'} {deed}"
        elif not many and first.fine in {"VVI", "VVB"} and doer is not None:
            deed = f"{en.plural(first.text)} {deed.partition(' ')[2]}".strip()  # as verbs do
        said = " ".join(part for part in (subject, deed, objects) if part)
        noun = self.noun_of(doer) if doer else ""
        phrase = " ".join(part for part in (noun, self.participle(node), objects) if part)
        return self._made(
            node, ACTION, f"{said}.", lemma, phrase, node.own, noun=noun,
            verb=self.lead_verb(node),
        )  # fmt: skip

    def _having(self, node: Node, doer: Node | None) -> Statement | None:
        things = self.sentence.parts(node.id, Kind.THING)
        if not things or doer is None:
            return None
        thing = self.a(things[0])
        has = "have" if self.is_many(doer) else "has"
        phrase = f"{self.noun_of(doer)} with {thing}"
        return self._made(
            node, RELATION, f"{self.the(doer)} {has} {thing}.", "with", phrase, node.own,
            noun=self.noun_of(doer),
        )  # fmt: skip

    def _relation(self, node: Node) -> Statement | None:
        things = self.sentence.parts(node.id, Kind.THING)
        if not things or any(self.word(one.head).low in en.VIEW for one in things):
            return None
        preposition = self.sentence.said(node.own).lower()
        things_said = " and ".join(self.as_said(one) for one in things)
        host = self.host_thing(node)
        parent = self.parent(node)
        alone = self.parent(node) is host
        subject = self.the(host, alone=alone) if host else "It"
        noun = self.noun_of(host) if host else ""
        many = self.is_plural(host) if host else False
        if parent is not None and parent.kind is Kind.DEED:
            many = self.is_many(host)
            deed = self.participle(parent)
            objects = " ".join(self.a(one) for one in self.sentence.parts(parent.id, Kind.THING))
            finite = self.lead_verb(parent).tag in "VH" and not parent.auxiliaries
            be = "" if finite else "are" if many else "is"
            verb = " ".join(part for part in (be, deed, objects) if part)
        else:
            if host is not None and not alone and self.is_subject(host):
                many = self.is_many(host)
            verb = "are" if many else "is"
        if preposition == "with":
            said = f"{subject} {'have' if many else 'has'} {things_said}."
        elif preposition == "of":
            said = f"There is {self.a(host)} of {things_said}." if host else ""
        else:
            said = f"{subject} {verb} {preposition} {things_said}."
        if not said:
            return None
        deed_word = self.lead_verb(parent) if parent and parent.kind is Kind.DEED else None
        if self.is_place(node):
            own = [*node.own, *(index for one in things for index in one.nouns)]
            said = said if host else f"It is {preposition} {things_said}."
            return self._made(
                node, PLACE, said, self.noun_of(things[0]), f"{preposition} {things_said}", own,
                noun=noun, verb=deed_word,
            )  # fmt: skip
        phrase = f"{noun} {preposition} {things_said}".strip()
        return self._made(node, RELATION, said, preposition, phrase, node.own, noun=noun,
                          verb=deed_word)  # fmt: skip

    def _quote(self, node: Node) -> Statement | None:
        inner = node.own[1:-1]
        start, end = self.word(inner[0]).start, self.word(inner[-1]).end
        words = self._text[start:end]
        if not any(letter.isalnum() for letter in words):
            return None
        return self._made(node, TEXT, f'The words "{words}" can be read.', words, words, node.own)

    # --- words -----------------------------------------------------------------------------

    def _made(
        self,
        node: Node,
        kind: str,
        said: str,
        value: str,
        phrase: str,
        own: list[int],
        *,
        noun: str | None = None,
        verb: Word | None = None,
    ) -> Statement:
        thing = node if node.kind is Kind.THING else self.host_thing(node)
        if noun is None:
            noun = self.noun_of(thing) if thing is not None else ""
        start = self.word(min(own)).start
        end = self.word(max(own)).end
        plural = self.is_plural(thing) if thing is not None else False
        claim = Claim(said[:1].upper() + said[1:], kind, start, end)
        question = "" if kind in {TEXT, NAME} else asked(said, verb)
        return Statement(claim, noun, value, phrase, question, plural, self._number, node.id)
