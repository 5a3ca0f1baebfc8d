"""A text split into atomic claims, each with its own short sentence and where its words stand.

English is taken apart by the grammar of `grammar`; in other languages, and where something is
denied ("no", "not", "without"), a whole sentence is one claim of the kind "other".
"""

import re
from dataclasses import dataclass

from vlm_desktop.base.altchecks import Claim, Ledger
from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.alttext.grammar import Kind, Node, Sentence, parsed
from vlm_desktop.engine.alttext.tagging import LANGUAGES, Word, sentences

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


def _subject(sentence: Sentence) -> str:
    """What "it" and "they" of the next sentence stand for: "dog", "man and the woman"."""
    for clause in sentence.nodes:
        things = sentence.parts(clause.id, Kind.THING) if clause.kind is Kind.CLAUSE else []
        nouns = [sentence.said(one.nouns) for one in things if not one.is_pronoun]
        if nouns:
            return " and the ".join(nouns)
    return ""


class _Reader:
    """Reads claims from one sentence. `subject` is what "it" and "he" stand for."""

    def __init__(self, text: str, sentence: Sentence, number: int, subject: str) -> None:
        self._text = text
        self._sentence = sentence
        self._number = number
        self._subject = subject

    def statements(self) -> list[Statement]:
        makers = {
            Kind.THING: self._object,
            Kind.QUALITY: self._attribute,
            Kind.NUMBER: self._count,
            Kind.DEED: self._action,
            Kind.WHERE: self._relation,
            Kind.QUOTE: self._quote,
        }
        made = (makers[one.kind](one) for one in self._sentence.nodes if one.kind in makers)
        return [one for one in made if one is not None]

    # --- kinds ---------------------------------------------------------------------------

    def _object(self, node: Node) -> Statement | None:
        if node.is_pronoun or self._is_place(self._parent(node)):
            return None
        head = self._word(node.head)
        if head.low in en.VIEW or head.low in en.MEDIA or not head.text[:1].isalnum():
            return None
        noun = self._noun(node)
        if head.tag == "P":
            return self._made(node, NAME, f"{noun} is in the picture.", noun, noun, node.nouns)
        thing = self._a(node)
        be = "are" if self._plural(node) else "is"
        return self._made(node, OBJECT, f"There {be} {thing}.", "", thing, node.nouns)

    def _attribute(self, node: Node) -> Statement | None:
        host = self._host_thing(node)
        value = self._sentence.said(node.own)
        if host is None or self._word(node.own[-1]).low in en.NO_ATTRIBUTES:
            return None
        if host.is_pronoun and not self._subject:
            said = f"It is {value}."
        else:
            be = "are" if self._plural(host) else "is"
            alone = self._parent(node) is host
            said = f"{self._the(host, alone=alone)} {be} {value}."
        phrase = f"{value} {self._noun(host)}".strip()
        return self._made(node, ATTRIBUTE, said, value, phrase, node.own)

    def _count(self, node: Node) -> Statement | None:
        host = self._parent(node)
        if host is None or host.is_pronoun or self._word(host.head).low in en.VIEW:
            return None
        words = [self._word(index).low for index in node.own]
        known = en.NUMBERS | en.SEVERAL
        value = next((str(known[one]) for one in words if one in known), "")
        value = value or next((one for one in words if one.isdigit()), "")
        noun = self._noun(host)
        is_group = not any(self._word(index).tag == "#" for index in node.own)
        be = "is" if value == "1" or is_group else "are"
        said = f"There {be} {self._sentence.said(node.own).lower()} {noun}."
        return self._made(
            node, NUMBER, said, value, f"{self._sentence.said(node.own).lower()} {noun}", node.own
        )

    def _action(self, node: Node) -> Statement | None:
        doer = self._doer(node)
        verb = self._word(node.own[-1] if node.own else 0)
        verbs = [self._word(i) for i in node.own if self._word(i).tag in "VGEH"]
        lemma = (verbs[0] if verbs else verb).lemma
        if self._only_says(node) or (lemma == "have" and len(verbs) == 1):
            return self._having(node, doer) if lemma == "have" else None
        objects = " and ".join(
            self._a(one) for one in self._sentence.parts(node.id, Kind.THING)
        )
        deed = " ".join(self._word(i).text for i in node.own)
        first = self._word(node.own[0])
        subject = self._the(doer) if doer else "Somebody"
        many = self._many(doer)
        # "a dog running": it is running; "a man dressed in black": he is dressed.
        if not node.auxiliaries and self._lead_verb(node).tag in "GE" and first.fine != "VVD":
            deed = f"{'are' if many else 'is'} {deed}"
        said = " ".join(part for part in (subject, deed, objects) if part)
        noun = self._noun(doer) if doer else ""
        phrase = " ".join(part for part in (noun, self._participle(node), objects) if part)
        return self._made(
            node, ACTION, f"{said}.", lemma, phrase, node.own, noun=noun,
            verb=self._lead_verb(node),
        )  # fmt: skip

    def _having(self, node: Node, doer: Node | None) -> Statement | None:
        things = self._sentence.parts(node.id, Kind.THING)
        if not things or doer is None:
            return None
        thing = self._a(things[0])
        has = "have" if self._many(doer) else "has"
        phrase = f"{self._noun(doer)} with {thing}"
        return self._made(
            node, RELATION, f"{self._the(doer)} {has} {thing}.", "with", phrase, node.own,
            noun=self._noun(doer),
        )  # fmt: skip

    def _relation(self, node: Node) -> Statement | None:
        things = self._sentence.parts(node.id, Kind.THING)
        if not things or any(self._word(one.head).low in en.VIEW for one in things):
            return None
        preposition = self._sentence.said(node.own).lower()
        things_said = " and ".join(self._np(one) for one in things)
        host = self._host_thing(node)
        parent = self._parent(node)
        alone = self._parent(node) is host
        subject = self._the(host, alone=alone) if host else "It"
        noun = self._noun(host) if host else ""
        many = self._plural(host) if host else False
        if parent is not None and parent.kind is Kind.DEED:
            many = self._many(host)
            deed = self._participle(parent)
            objects = " ".join(self._a(one) for one in self._sentence.parts(parent.id, Kind.THING))
            finite = self._lead_verb(parent).tag in "VH" and not parent.auxiliaries
            be = "" if finite else "are" if many else "is"
            verb = " ".join(part for part in (be, deed, objects) if part)
        else:
            if host is not None and not alone and self._is_subject(host):
                many = self._many(host)
            verb = "are" if many else "is"
        if preposition == "with":
            said = f"{subject} {'have' if many else 'has'} {things_said}."
        elif preposition == "of":
            said = f"There is {self._a(host)} of {things_said}." if host else ""
        else:
            said = f"{subject} {verb} {preposition} {things_said}."
        if not said:
            return None
        deed_word = self._lead_verb(parent) if parent and parent.kind is Kind.DEED else None
        if self._is_place(node):
            own = [*node.own, *(index for one in things for index in one.nouns)]
            said = said if host else f"It is {preposition} {things_said}."
            return self._made(
                node, PLACE, said, self._noun(things[0]), f"{preposition} {things_said}", own,
                noun=noun, verb=deed_word,
            )  # fmt: skip
        phrase = f"{noun} {preposition} {things_said}".strip()
        return self._made(node, RELATION, said, preposition, phrase, node.own, noun=noun,
                          verb=deed_word)  # fmt: skip

    def _quote(self, node: Node) -> Statement | None:
        inner = node.own[1:-1]
        start, end = self._word(inner[0]).start, self._word(inner[-1]).end
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
        thing = node if node.kind is Kind.THING else self._host_thing(node)
        if noun is None:
            noun = self._noun(thing) if thing is not None else ""
        start = self._word(min(own)).start
        end = self._word(max(own)).end
        plural = self._plural(thing) if thing is not None else False
        claim = Claim(said[:1].upper() + said[1:], kind, start, end)
        question = "" if kind in {TEXT, NAME} else asked(said, verb)
        return Statement(claim, noun, value, phrase, question, plural, self._number, node.id)

    def _word(self, index: int) -> Word:
        return self._sentence.words[index]

    def _parent(self, node: Node) -> Node | None:
        return self._sentence.nodes[node.parent] if node.parent >= 0 else None

    def _things(self, clause: Node) -> list[Node]:
        return self._sentence.parts(clause.id, Kind.THING)

    def _host_thing(self, node: Node) -> Node | None:
        """The noun that something is said of: upwards, or the subject of its clause."""
        at = self._parent(node)
        while at is not None and at.kind is not Kind.THING:
            if at.kind is Kind.CLAUSE:
                things = self._things(at)
                return things[-1] if things and len(things) == 1 else (things or [None])[0]
            at = self._parent(at)
        return at

    def _doer(self, node: Node) -> Node | None:
        return self._host_thing(node)

    def _is_subject(self, thing: Node) -> bool:
        parent = self._parent(thing)
        return parent is not None and parent.kind is Kind.CLAUSE

    def _many(self, doer: Node | None) -> bool:
        """Whether several do it: a plural, or "a dog and a cat"."""
        if doer is None:
            return False
        parent = self._parent(doer)
        row = parent is not None and len(self._things(parent)) > 1
        return self._plural(doer) or (row and self._is_subject(doer))

    def _plural(self, node: Node) -> bool:
        word = self._word(node.head)
        if node.is_pronoun:
            return word.low in {"they", "them", "these", "those"}
        return en.is_plural(word.text, word.fine)

    def _lead_verb(self, node: Node) -> Word:
        verbs = [self._word(i) for i in node.own if self._word(i).tag in "VGEH"]
        return verbs[0] if verbs else self._word(node.own[0])

    def _participle(self, node: Node) -> str:
        """A deed without its "is": "running"; finite verbs as they are."""
        own = [i for i in node.own if i not in node.auxiliaries and self._word(i).tag != "M"]
        return " ".join(self._word(i).text for i in own).lower()

    def _noun(self, node: Node | None) -> str:
        if node is None:
            return ""
        if node.is_pronoun:
            return self._subject
        words = [self._word(index) for index in node.nouns]
        return self._sentence.said(node.nouns) if words[-1].tag == "P" else (
            self._sentence.said(node.nouns).lower()
        )  # fmt: skip

    def _the(self, node: Node, *, alone: bool = False) -> str:
        """ "The dog"; the whole row of a subject that is one, unless `alone`: "The dog and the
        cat"."""
        if node.is_pronoun:
            if self._subject:
                return f"The {self._subject}"
            return self._sentence.said(node.own).capitalize()
        parent = self._parent(node)
        things = self._things(parent) if parent is not None and self._is_subject(node) else [node]
        if alone:
            things = [node]
        named = [
            self._noun(one) if self._word(one.head).tag == "P" else f"the {self._noun(one)}"
            for one in things
        ]
        if len(named) > 1 and len(set(named)) == 1:
            return f"the {en.plural(self._noun(things[0]))}"
        return " and ".join(named)

    def _a(self, node: Node) -> str:
        """ "a dog", "dogs", "water", "Anna": without what else is said of it."""
        noun = self._noun(node)
        if self._word(node.head).tag == "P" or self._plural(node) or not noun:
            return noun or self._sentence.said(node.own)
        determiner = {self._word(index).low for index in node.own if self._word(index).tag == "D"}
        if not determiner & {"a", "an", "one", "another", "each", "his", "her", "its", "their",
                             "this", "that", "the"} and not self._sentence.parts(
                                 node.id, Kind.NUMBER):  # fmt: skip
            return noun
        return f"{'an' if en.starts_with_vowel(noun) else 'a'} {noun}"

    def _np(self, node: Node) -> str:
        """As it stands, without what is claimed on its own."""
        if node.is_pronoun:
            return self._sentence.said(node.own).lower()
        determiners = [index for index in node.own if self._word(index).tag == "D"]
        counted = [i for one in self._sentence.parts(node.id, Kind.NUMBER) for i in one.own]
        few = [i for i in counted if self._word(i).tag == "#"]
        said = self._sentence.said([*determiners, *few]).lower()
        noun = self._noun(node)
        words = said.split()
        if words and words[-1] in {"a", "an"}:
            words[-1] = "an" if en.starts_with_vowel(noun) else "a"
        return " ".join([*words, noun])

    def _is_place(self, node: Node | None) -> bool:
        if node is None or node.kind is not Kind.WHERE:
            return False
        things = self._sentence.parts(node.id, Kind.THING)
        words = self._sentence.said(node.own).casefold().split()
        return (
            len(things) == 1
            and words[-1] in en.PLACE_PREPOSITIONS
            and len(words) == 1
            and self._word(things[0].head).low in en.PLACES
        )

    def _only_says(self, node: Node) -> bool:
        """ "says" before words to be read tells nothing besides."""
        return bool(self._sentence.parts(node.id, Kind.QUOTE)) and any(
            self._word(index).low in en.SAYING for index in node.own
        )
