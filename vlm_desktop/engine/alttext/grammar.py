"""The parts of an English sentence that a claim can be about, and what hangs on what.

A cascade of patterns over part-of-speech letters (Abney 1996, "Partial parsing via finite-state
cascades"): `CHUNKS` is the grammar. What each chunk hangs on is then decided from left to right:
a phrase with "of" or "with" on the noun before it, a participle on the subject unless the noun
before it is somebody who could do it, everything else on the clause. That is right for the short
sentences of captions, and a guess for others. No text makes it fail: what fits no chunk hangs on
nothing and stays where it is.
"""

import re
from collections.abc import Sequence

from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.alttext.nodes import Kind, Node, Row, Sentence
from vlm_desktop.engine.alttext.tagging import Word

_MODIFIERS = r"R?[JGE](?:(?:,C?|C)?R?[JGE])*"
_NAMED = r"[NP]+(?:K(?:R?[JGE])*[NP]+)*"
NOUN_PHRASE = rf"(?:D+#?(?:{_MODIFIERS})?|#(?:{_MODIFIERS})?|R?J(?:(?:,C?|C)?R?[JGE])*)?{_NAMED}"
CHUNKS = (
    ("there", r"XM?R*BR*"),
    ("quote", r"q[^q]+q"),
    ("part", r"(?:#|D)I(?=D)"),
    ("noun", NOUN_PHRASE),
    ("pronoun", r"O|D(?=[BVHM])"),
    ("verb", r"R*T?M?R*[HB]*R*B?R*[VGE]A?(?:TR*[VB]E?A?)*"),
    ("be", r"R*M?H?BR*"),
    ("have", r"R*M?H"),
    ("adjective", r"R?J(?:(?:,C?|C)R?J)*"),
    ("preposition", r"I+"),
    ("and", r",?C"),
    ("comma", r","),
    ("who", r",?W"),
    ("while", r",?S"),
    ("adverb", r"[RA]+"),
    ("stop", r"\.+"),
    ("other", r"."),
)
"""Name and pattern over the letters of `tagging`; the first that fits at a place is taken."""

_COMPILED = tuple((name, re.compile(pattern, re.DOTALL)) for name, pattern in CHUNKS)
_NOUN = re.compile(NOUN_PHRASE)
_SEPARATOR = re.compile(r",?C|,")


def parsed(words: Sequence[Word]) -> Sentence:
    """A tagged sentence taken apart."""
    return _Parser(tuple(words)).parse()


def _belongs_to(lemma: str, preposition: str) -> bool:
    """Whether a preposition belongs to the verb before it: "looks at", not "smiles in the sun"."""
    if lemma in en.NEEDS_PREPOSITION:
        return True
    return lemma in en.TAKES_PREPOSITION and preposition in {"at", "to", "with", "for", "about"}


class _Parser:
    def __init__(self, words: tuple[Word, ...]) -> None:
        self._found = Sentence(words)
        self._tags = "".join(word.tag for word in words)
        self._clause: Node | None = None
        self._verb: Node | None = None
        """The clause's last verb or "be"."""
        self._waiting: Node | None = None
        """A verb or preposition that nouns may follow at once."""
        self._thing: Node | None = None
        """The noun just before."""
        self._separator: list[int] = []
        self._lead: list[int] = []
        self._joined = False
        """Whether the clause's last subject came after what was said of the one before."""
        self._prefix: list[int] = []
        """Words that belong to the noun that follows."""

    def parse(self) -> Sentence:
        place = 0
        self._found.denies = self._denies()
        while place < len(self._tags):
            name, end = self._chunk(place)
            place = getattr(self, f"_on_{name}")(place, end) or end
        return self._found

    def _denies(self) -> bool:
        quoted = False
        for word in self._found.words:
            quoted ^= word.tag == "q"
            negates = word.low in {"no", "not", "without", "never"}
            if not quoted and (negates or word.low.endswith(("n't", "n’t"))):
                return True
        return False

    def _chunk(self, place: int) -> tuple[str, int]:
        for name, pattern in _COMPILED:
            match = pattern.match(self._tags, place)
            if match and match.end() > place:
                return name, match.end()
        return "other", place + 1

    def _node(self, kind: Kind, own: Sequence[int], parent: Node | None) -> Node:
        node = Node(len(self._found.nodes), kind, list(own), -1 if parent is None else parent.id)
        self._found.nodes.append(node)
        return node

    def _begin(self) -> Node:
        """A new clause, with the words that joined it to what came before."""
        self._clause = self._node(Kind.CLAUSE, (), None)
        self._clause.lead = self._taken()
        self._verb = self._waiting = None
        self._joined = False
        return self._clause

    def _taken(self) -> list[int]:
        words = [*self._separator, *self._lead]
        self._separator, self._lead = [], []
        return words

    # --- nouns -------------------------------------------------------------------------

    def _on_there(self, place: int, end: int) -> None:
        clause = self._begin()
        clause.own = list(range(place, end))

    def _on_part(self, place: int, end: int) -> None:
        """ "Two of the dogs"."""
        if self._found.words[end - 1].low == "of":
            self._prefix = list(range(place, end))

    def _on_noun(self, place: int, end: int) -> int:
        skipped, self._prefix = self._prefix, []
        while self._names_a_group(place, end):
            following = _NOUN.match(self._tags, end + 1)
            if following is None:
                break
            skipped += range(place, end + 1)
            place, end = end + 1, following.end()
        is_subject = self._waiting is None
        earlier = self._subject_before(end) if is_subject else None
        follows_there = self._clause and self._clause.own and not self._things()
        if is_subject and earlier is None and not follows_there:
            self._begin()
        parent = self._clause if is_subject else self._waiting
        things = [self._thing_node(place, end, parent, skipped)]
        separators = []
        while after := self._next_in_row(end, is_subject=is_subject):
            gap, place, end = after
            separators.append(gap)
            things.append(self._thing_node(place, end, parent, []))
        if earlier is not None:
            self._join(earlier, things[0], self._separator)
            self._joined = True
        elif separators:
            self._found.rows.append(Row([one.id for one in things], separators))
        self._thing, self._waiting = things[-1], None
        self._separator = []
        return end

    def _subject_before(self, end: int) -> Node | None:
        """In "a woman in a dress and a man in a suit" the woman, when the man is reached.

        What was said so far is said of her alone then.
        """
        clause, words = self._clause, self._found.words
        things = self._things()
        joins = any(self._tags[index] == "C" for index in self._separator)
        if clause is None or not joins or len(things) != 1 or words[end - 1].low not in en.ANIMATE:
            return None
        if words[things[0].head].low not in en.ANIMATE or self._tags[end : end + 1] in {"V", "B"}:
            said = self._found.parts(clause.id, Kind.DEED, Kind.BE)
            if said or words[things[0].head].low not in en.ANIMATE:
                return None
        about = self._found.parts(clause.id, Kind.DEED, Kind.BE, Kind.WHERE)
        if any(self._tags[index] in "VBHM" for one in about for index in one.own):
            return None
        for one in about:
            one.parent = things[0].id
        self._verb = None
        return things[0]

    def _things(self) -> list[Node]:
        return self._found.parts(self._clause.id, Kind.THING) if self._clause else []

    def _names_a_group(self, place: int, end: int) -> bool:
        words = self._found.words
        if end >= len(words) or words[end].low != "of":
            return False
        head = words[end - 1].low
        group = (head in en.GROUPS or en.singular(head) in en.GROUPS) and not (
            head in en.CONTAINERS or en.singular(head) in en.CONTAINERS
        )
        return group or (head in en.MEDIA and not self._found.nodes)

    def _next_in_row(self, end: int, *, is_subject: bool) -> tuple[list[int], int, int] | None:
        """The separator's words and the next noun phrase's place, if it belongs to a row."""
        separator = _SEPARATOR.match(self._tags, end)
        if separator is None:
            return None
        noun = _NOUN.match(self._tags, separator.end())
        if noun is None:
            return None
        following = self._tags[noun.end() : noun.end() + 1]
        joins = "C" in separator[0]
        if not is_subject:
            words = self._found.words
            somebody = words[noun.end() - 1].low in en.ANIMATE
            if joins and somebody and words[end - 1].low not in en.ANIMATE:
                return None  # "in a dress and a man"
            if following in set("VBHMG") and joins:
                return None  # "holds a ball and a dog runs": another clause
            if not joins and not re.match(
                rf"(?:,{NOUN_PHRASE})*,?C{NOUN_PHRASE}", self._tags[noun.end() :]
            ):
                return None
        return list(range(end, separator.end())), separator.end(), noun.end()

    def _thing_node(
        self, place: int, end: int, parent: Node | None, skipped: Sequence[int]
    ) -> Node:
        words = self._found.words
        node = self._node(Kind.THING, [*skipped], parent)
        first_noun = next(i for i in range(place, end) if self._tags[i] in "NP")
        head = words[end - 1].low
        number: list[int] = list(skipped) if self._counts(skipped) else []
        if number:
            node.own = []
        own: list[int] = []
        separators: list[list[int]] = []
        qualities: list[Node] = []
        gap: list[int] = []
        adverbs: list[int] = []
        for index in range(place, first_noun):
            tag = self._tags[index]
            if tag == "#":
                number.append(index)
            elif tag in ",C":
                gap.append(index)
            elif tag == "R":
                adverbs.append(index)
            elif self._is_quality(index, head):
                if qualities:
                    separators.append(gap)
                qualities.append(self._node(Kind.QUALITY, [*adverbs, index], node))
                gap, adverbs = [], []
            else:
                own += [*adverbs, index]
                adverbs = []
        node.own += own + gap + adverbs
        node.nouns = list(range(first_noun, end))
        node.own += node.nouns
        if number:
            self._node(Kind.NUMBER, number, node)
        if len(qualities) > 1:
            self._found.rows.append(Row([one.id for one in qualities], separators))
        return node

    def _counts(self, skipped: Sequence[int]) -> bool:
        """Whether skipped words say how many ("a couple of"), not what kind of picture it is."""
        heads = {self._found.words[index].low for index in skipped}
        return bool(heads) and not heads & (en.MEDIA | en.NO_COUNT)

    def _is_quality(self, index: int, head: str) -> bool:
        """Whether a word before a noun says how it is: "swimming" in "swimming pool" does not."""
        word = self._found.words[index]
        if word.tag == "G":
            return head in en.ANIMATE
        return word.tag in "JE" and word.low not in en.NO_ATTRIBUTES

    def _on_pronoun(self, place: int, end: int) -> None:
        is_subject = self._waiting is None
        if is_subject:
            self._begin()
        node = self._node(
            Kind.THING, range(place, end), self._clause if is_subject else self._waiting
        )
        node.is_pronoun = True
        self._thing, self._waiting = node, None
        self._separator = []

    def _on_quote(self, place: int, end: int) -> None:
        parent = self._waiting or self._thing or self._clause or self._begin()
        separator, self._separator = self._separator, []
        before = self._found.parts(parent.id, Kind.QUOTE) if separator else []
        node = self._node(Kind.QUOTE, range(place, end), parent)
        self._join(before[-1] if before else None, node, separator)
        self._waiting = None

    # --- verbs -------------------------------------------------------------------------

    def _on_verb(self, place: int, end: int) -> None:
        words = self._found.words
        if self._waiting is not None and self._waiting.kind is Kind.WHERE:
            # "by jumping": the preposition only joins.
            self._lead += self._waiting.own
            self._remove(self._waiting)
        is_purpose = self._tags[place] == "T" and self._verb is not None
        if is_purpose and self._verb is not None:
            parent = self._verb  # "jumps to catch it"
        else:
            parent = self._doer(finite=self._is_finite(place, end))
        previous = self._verb if self._verb and self._verb.parent == parent.id else None
        separator, self._separator = self._separator, []
        node = self._node(Kind.DEED, range(place, end), parent)
        node.auxiliaries = [i for i in range(place, end) if self._tags[i] == "B"]
        node.lead, self._lead = self._lead, []
        self._join(previous, node, separator)
        self._verb = self._waiting = node
        if words[end - 1].tag == "A":
            self._waiting = None
        self._thing = None

    def _is_finite(self, place: int, end: int) -> bool:
        """Whether a verb needs a subject of its own: in "helps a girl sit" the second does not."""
        words = self._found.words
        if any(self._tags[index] in "BMH" for index in range(place, end)):
            return True
        verbs = [words[index] for index in range(place, end) if self._tags[index] in "VGE"]
        thing = self._thing
        if verbs[0].fine == "VVI" and thing is not None and not self._is_subject(thing):
            return en.is_plural(words[thing.head].text, words[thing.head].fine)
        return verbs[0].tag == "V"

    def _is_subject(self, thing: Node) -> bool:
        return self._clause is not None and thing.parent == self._clause.id

    def _doer(self, *, finite: bool) -> Node:
        """What a verb hangs on: the clause, or the noun that it tells more about."""
        clause = self._clause or self._begin()
        thing = self._thing
        if thing is None or thing.parent == clause.id:
            return thing if thing is not None and self._joined and not finite else clause
        word = self._found.words[thing.head]
        relative = any(self._tags[index] == "W" for index in self._lead)
        able = word.low in en.ANIMATE or self._is_passive(thing)
        near = able and not self._separator and not self._lead and not finite
        return thing if relative or near else clause

    def _is_passive(self, thing: Node) -> bool:
        """Whether a participle such as "parked" follows a noun at once."""
        place = thing.head + 1
        words = self._found.words
        if place >= len(words) or words[place].tag != "E":
            return False
        after = words[place + 1].low if place + 1 < len(words) else ""
        return words[place].fine == "VVN" or after in {"with", "by"}

    def _join(self, previous: Node | None, node: Node, separator: list[int]) -> None:
        """Put parts in a row where "and" stands between them; else the words are the part's own."""
        if not separator:
            return
        if previous is None:
            node.lead = [*separator, *node.lead]
            return
        for row in self._found.rows:
            if row.members[-1] == previous.id:
                row.members.append(node.id)
                row.separators.append(separator)
                return
        self._found.rows.append(Row([previous.id, node.id], [separator]))

    def _remove(self, node: Node) -> None:
        """Take back the node made last."""
        if self._found.nodes and self._found.nodes[-1] is node:
            self._found.nodes.pop()
        self._waiting = None

    def _on_be(self, place: int, end: int) -> None:
        parent = self._doer(finite=True)
        previous = self._verb if self._verb and self._verb.parent == parent.id else None
        separator, self._separator = self._separator, []
        node = self._node(Kind.BE, range(place, end), parent)
        node.lead, self._lead = self._lead, []
        self._join(previous, node, separator)
        self._verb = self._waiting = node
        self._thing = None

    def _on_have(self, place: int, end: int) -> None:
        self._on_verb(place, end)

    def _on_adjective(self, place: int, end: int) -> None:
        """After "is", or behind its noun ("a man alone")."""
        parent = self._waiting if self._waiting and self._waiting.kind is Kind.BE else None
        parent = parent or self._thing or self._waiting
        if parent is None or parent.kind is Kind.WHERE:
            return
        row, gap, adverbs = Row([]), list[int](), list[int]()
        for index in range(place, end):
            tag = self._tags[index]
            if tag in ",C":
                gap.append(index)
            elif tag == "R":
                adverbs.append(index)
            else:
                node = self._node(Kind.QUALITY, [*adverbs, index], parent)
                if row.members:
                    row.separators.append(gap)
                row.members.append(node.id)
                gap, adverbs = [], []
        if len(row.members) > 1:
            self._found.rows.append(row)
        self._waiting = None

    # --- prepositions and the rest -----------------------------------------------------------

    def _on_preposition(self, place: int, end: int) -> None:
        name = self._found.words[end - 1].low
        parent = self._host(name, end)
        separator, self._separator = self._separator, []
        previous = None
        if separator:
            siblings = self._found.parts(parent.id, Kind.WHERE)
            previous = siblings[-1] if siblings else None
        node = self._node(Kind.WHERE, range(place, end), parent)
        node.lead, self._lead = self._lead, []
        self._join(previous, node, separator)
        self._waiting = node

    def _host(self, name: str, end: int) -> Node:
        """What a preposition hangs on."""
        clause = self._clause or self._begin()
        verb, thing = self._verb, self._thing
        if self._waiting is not None and self._waiting.kind is Kind.BE:
            return self._waiting
        if name in en.OF_LIKE and thing is not None and thing.parent != clause.id:
            following = _NOUN.match(self._tags, end)
            company = following and self._found.words[following.end() - 1].low in en.ANIMATE
            if name != "with" or not company:
                return thing
        if name in en.OF_LIKE and thing is not None and (name != "with" or verb is None):
            return thing
        if verb is not None and verb.kind is Kind.DEED:
            if thing is None and _belongs_to(self._found.words[verb.own[-1]].lemma, name):
                return verb
            if thing is not None and thing.parent == verb.id and name not in en.DYNAMIC:
                following = _NOUN.match(self._tags, end)
                if following and self._found.words[following.end() - 1].low in en.BODY:
                    return thing  # "a scarf on her head"
                lemma = self._found.words[verb.own[-1]].lemma
                return self._doer_of(verb) if lemma in en.STAYS_WITH_DOER else thing
            return verb if name in en.DYNAMIC else self._doer_of(verb)
        if self._joined and thing is not None and thing.parent == clause.id:
            return thing
        return clause

    def _doer_of(self, verb: Node) -> Node:
        return self._found.nodes[verb.parent]

    def _on_and(self, place: int, end: int) -> None:
        self._separator = list(range(place, end))
        self._waiting = None

    _on_comma = _on_and

    def _on_who(self, place: int, end: int) -> None:
        self._lead += range(place, end)

    def _on_while(self, place: int, end: int) -> None:
        self._lead += [*self._separator, *range(place, end)]
        self._separator = []
        self._waiting = self._thing = None

    def _on_adverb(self, place: int, end: int) -> None:
        waiting = self._waiting
        if self._verb is not None and self._verb.kind is Kind.DEED and self._thing is None:
            if waiting is not None and waiting.kind is Kind.WHERE and not waiting.lead:
                self._verb.own += waiting.own  # "looking at each other"
                self._remove(waiting)
            self._verb.own += range(place, end)
        elif self._clause is not None:
            behind = self._thing if not self._is_doing_something(self._thing) else None
            self._node(Kind.ADVERB, range(place, end), behind or self._verb or self._clause)
        self._waiting = None

    def _is_doing_something(self, thing: Node | None) -> bool:
        """Whether an adverb behind a noun tells of the deed and not of the noun."""
        return thing is None or thing.parent == (self._clause.id if self._clause else -1)

    def _on_stop(self, place: int, end: int) -> None:
        self._clause = self._verb = self._waiting = self._thing = None
        self._separator, self._lead = [], []

    def _on_other(self, place: int, end: int) -> None:
        self._waiting = None
