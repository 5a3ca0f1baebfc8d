"""Claims struck from a text, and the text put right again: pure, from text to text.

What is struck takes along what hangs on it: a noun its adjectives, a preposition its nouns, a verb
its object, the subject its sentence; a clause that lost its verb goes where another is left. Then
rows are closed ("a dog, a cat and a bird" without the bird is "a dog and a cat"), "a" and "an"
fixed, verbs made to agree, capitals and full stops kept.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from vlm_desktop.base.altchecks import Claim, ClaimState, Evidence, EvidenceKind, Ledger
from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.alttext.claims import statements
from vlm_desktop.engine.alttext.grammar import parsed
from vlm_desktop.engine.alttext.nodes import Kind, Node, Row, Sentence
from vlm_desktop.engine.alttext.tagging import Word, sentences

PERSON = "person"
"""The detail of evidence that whoever checked the text gave."""

_AGREEING = {"are": "is", "were": "was", "have": "has", "do": "does"}
_POSSESSIVES = frozenset({"his", "her", "its", "their"})
_OPENING = frozenset('"“„«(')


def strike(text: str, ledger: Ledger, struck: Collection[int], language: str = "en") -> str:
    """The text without the claims of these indices of the ledger. Raises PartMissing.

    Where the ledger is of another text, what stands there in the same words is struck.
    """
    wanted = [ledger.claims[index] for index in struck]
    found = statements(text, language)
    chosen = [one for one in found if _is_among(one.claim, wanted, same=text == ledger.text)]
    if not chosen:
        return text
    whole = {one.sentence for one in chosen if one.node < 0}
    by_sentence: dict[int, set[int]] = {}
    for one in chosen:
        by_sentence.setdefault(one.sentence, set()).add(one.node)
    if language.split("-")[0].casefold() != "en":
        return _without_spans(text, [(one.claim.start, one.claim.end) for one in chosen])
    pieces: list[str] = []
    bare: dict[int, str] = {}
    end = 0
    for number, words in enumerate(sentences(text)):
        gap, last = text[end : words[0].start], words[-1].end
        if number not in by_sentence:
            piece = text[words[0].start : last]
        elif number in whole:
            piece = ""
        else:
            rebuilder = _Rebuilder(text, parsed(words))
            piece = rebuilder.without(by_sentence[number])
            if piece and rebuilder.known:
                bare[len(pieces)] = rebuilder.known
        end = last
        if piece:
            pieces.append((gap if pieces or number == 0 else "") + piece)
    for place, noun in bare.items():
        # "A cat." says nothing beside another sentence about the cat.
        if any(re.search(rf"\b{re.escape(noun)}\b", one) for one in _but(pieces, place)):
            pieces[place] = ""
    return "".join(pieces).strip()


def follow(ledger: Ledger, text: str, language: str = "en") -> Ledger:
    """The claims of a changed text; those that were there before keep what was found of them."""
    left = list(ledger.claims)
    claims: list[Claim] = []
    for one in statements(text, language):
        claim = one.claim
        before = next((old for old in left if _same(old, claim)), None)
        if before is not None:
            left.remove(before)
            claim = replace(claim, state=before.state, evidence=before.evidence)
        claims.append(claim)
    return Ledger(text, tuple(claims), ledger.samples)


def approve(ledger: Ledger, index: int) -> Ledger:
    """The ledger with a claim that a person says is so, whatever else was found."""
    said = Evidence(EvidenceKind.CONTEXT, supports=True, detail=PERSON)
    claims = list(ledger.claims)
    one = claims[index]
    if said not in one.evidence:
        claims[index] = replace(one, state=ClaimState.SUPPORTED, evidence=(*one.evidence, said))
    return replace(ledger, claims=tuple(claims))


def _but(pieces: Sequence[str], place: int) -> list[str]:
    return [*pieces[:place], *pieces[place + 1 :]]


def _same(one: Claim, other: Claim) -> bool:
    return (one.kind, one.text) == (other.kind, other.text)


def _is_among(claim: Claim, wanted: Sequence[Claim], *, same: bool) -> bool:
    if same:
        return any(
            (claim.start, claim.end, claim.kind) == (one.start, one.end, one.kind) for one in wanted
        )
    return any(_same(claim, one) for one in wanted)


def _without_spans(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = text[:start].rstrip() + (" " if text[:start].strip() else "") + text[end:].lstrip()
    return text.strip()


class _Rebuilder:
    """Rebuilds one sentence."""

    def __init__(self, text: str, sentence: Sentence) -> None:
        self._text = text
        self._sentence = sentence
        self._gone: set[int] = set()
        self._dropped: set[int] = set()
        self._changed: dict[int, str] = {}
        self.known = ""
        """The noun that alone is left of a sentence that took it for known ("the cat")."""

    def without(self, nodes: Collection[int]) -> str:
        """The sentence without these nodes; "" where nothing is left to say."""
        self._take_out(set(nodes))
        clauses = [one for one in self._sentence.nodes if one.kind is Kind.CLAUSE]
        left = self._clauses_left(clauses)
        if not left:
            return ""
        for node in self._sentence.nodes:
            if node.id in self._gone:
                self._dropped.update(node.own, node.lead)
        self._dropped.difference_update(self._changed)
        self._keep_be()
        for row in self._sentence.rows:
            self._close(row)
        self._join_clauses(left)
        if len(left) == 1 and self._is_verbless(left[0]):
            self._introduce(left[0])
        self._agree(clauses)
        self._put_there(clauses)
        return self._spelt()

    # --- what goes along -----------------------------------------------------------------

    def _take_out(self, nodes: set[int]) -> None:
        """Nodes, all that hangs on them, and what says nothing without them."""
        self._gone = set(nodes)
        for node in self._sentence.nodes:
            if node.id in nodes and node.kind is Kind.NUMBER:
                self._uncount(node)
        self._spread()

    def _spread(self) -> None:
        """What is gone takes along what hangs on it, and what it leaves empty."""
        grown = -1
        while grown != len(self._gone):
            grown = len(self._gone)
            for node in self._sentence.nodes:
                if node.parent in self._gone or self._is_empty(node):
                    self._gone.add(node.id)

    # --- clauses -------------------------------------------------------------------------

    def _clauses_left(self, clauses: Sequence[Node]) -> list[Node]:
        """Those still to be said.

        "The cat wears a hat, and a dog runs" without the hat is "A dog runs": a clause that lost
        its verb goes, unless no other has one, or a later one speaks of it ("while it sits").
        """
        left = [one for one in clauses if one.id not in self._gone]
        whole = [one for one in left if not self._is_verbless(one)]
        if clauses and clauses[0] not in left:
            left = [one for one in whole if not self._refers(one)]
        elif whole:
            left = [
                one for place, one in enumerate(left)
                if one in whole or any(self._refers(later) for later in left[place + 1 :])
            ]  # fmt: skip
        self._gone.update(one.id for one in clauses if one not in left)
        self._spread()
        return left

    def _is_verbless(self, clause: Node) -> bool:
        """Whether a clause has lost its verbs, and no place is left that may stand for them."""
        parts = self._sentence.parts(clause.id, Kind.DEED, Kind.BE, Kind.WHERE)
        had = any(one.kind is not Kind.WHERE and self._is_finite(one) for one in parts)
        return had and all(one.id in self._gone for one in parts)

    def _refers(self, clause: Node) -> bool:
        """Whether a clause speaks of something by a pronoun."""
        return any(
            self._sentence.clause_of(one) is clause
            and (one.is_pronoun or self._sentence.words[one.own[0]].low in _POSSESSIVES)
            for one in self._sentence.nodes
            if one.kind is Kind.THING and one.own
        )

    def _join_clauses(self, left: Sequence[Node]) -> None:
        """ "A cat wears a hat while it sits" without the hat is "A cat sits", "a cup while a dog
        looks at her" without the cup "; a dog looks at her". The first begins without "and"."""
        self._dropped.update(left[0].lead)
        for before, clause in zip(left, left[1:], strict=False):
            if not self._is_verbless(before):
                continue
            self._dropped.update(clause.lead)
            things = self._sentence.parts(clause.id, Kind.THING)
            if things and things[0].is_pronoun:
                self._dropped.update(things[0].own)
            elif clause.lead:
                self._dropped.discard(clause.lead[0])
                self._changed[clause.lead[0]] = ";"

    def _introduce(self, clause: Node) -> None:
        """ "The cat" that is left alone is "a cat", "the dogs" are "dogs"."""
        words = self._sentence.words
        things = self._sentence.parts(clause.id, Kind.THING)
        for thing in [one for one in things if one.id not in self._gone]:
            first, head = thing.own[0], words[thing.head]
            if words[first].low != "the":
                continue
            self.known = head.text
            if any(words[index].tag in {"K", "P"} for index in thing.own):
                continue  # "the Eiffel Tower", "the man's hats"
            if en.is_plural(head.text, head.fine):
                self._dropped.add(first)
            elif head.low in en.ANIMATE:
                self._changed[first] = "a"  # "the water" is not "a water"

    def _is_empty(self, node: Node) -> bool:
        """Whether all that made a part worth saying is gone."""
        if node.kind is Kind.CLAUSE and self._speaks_of_itself(node):
            parts = self._sentence.parts(node.id, Kind.DEED, Kind.BE)
        elif node.kind in {Kind.WHERE, Kind.DEED, Kind.CLAUSE}:
            parts = self._sentence.parts(node.id, Kind.THING, Kind.QUOTE)
            if node.kind is Kind.DEED and self._needs_preposition(node):
                parts += self._sentence.parts(node.id, Kind.WHERE)
        elif node.kind is Kind.BE:
            parts = self._sentence.parts(node.id)
        else:
            return False
        return bool(parts) and all(part.id in self._gone for part in parts)

    def _speaks_of_itself(self, clause: Node) -> bool:
        """Whether a clause has no subject but the picture ("this image shows"), or none at all."""
        things = self._sentence.parts(clause.id, Kind.THING)
        return all(self._sentence.words[one.head].low in en.MEDIA for one in things)

    def _needs_preposition(self, node: Node) -> bool:
        words = self._sentence.words
        return any(words[index].lemma in en.NEEDS_PREPOSITION for index in node.own)

    def _uncount(self, node: Node) -> None:
        """ "One dog" becomes "a dog", "one of the dogs" stays without a number."""
        words = [self._sentence.words[index] for index in node.own]
        host = self._sentence.nodes[node.parent]
        head = self._sentence.words[host.head]
        has_determiner = any(self._sentence.words[i].tag == "D" for i in host.own)
        if words[-1].low in {"one", "1"} and not has_determiner and not en.is_plural(
            head.text, head.fine
        ):  # fmt: skip
            self._changed[node.own[-1]] = "a"

    def _keep_be(self) -> None:
        """ "A dog is running on grass" without "running" is "A dog is on grass"."""
        for node in self._sentence.nodes:
            if node.id not in self._gone or node.kind is not Kind.DEED or node.lead:
                continue
            parent = self._sentence.nodes[node.parent]
            if parent.id in self._gone or parent.kind is not Kind.CLAUSE:
                continue
            places = [
                one for one in self._sentence.parts(parent.id, Kind.WHERE)
                if one.id not in self._gone and one.own[0] > node.own[-1]
            ]  # fmt: skip
            others = any(
                one.id not in self._gone and self._is_finite(one)
                for one in self._sentence.parts(parent.id, Kind.DEED, Kind.BE)
            )
            if places and not others:
                finite = [
                    index for index in node.auxiliaries
                    if self._sentence.words[index].low in {"is", "are", "was", "were", "'s"}
                ]  # fmt: skip
                self._dropped.difference_update(finite[:1])
                if not node.auxiliaries and self._only_pronouns(parent):
                    self._dropped.discard(node.own[0])
                    first = self._sentence.words[self._sentence.parts(parent.id)[0].head]
                    many = first.low in {"they", "we", "you", "these", "those"}
                    self._changed[node.own[0]] = "are" if many else "is"
            elif not others and self._only_pronouns(parent):
                self._dropped.update(range(len(self._sentence.words)))

    def _is_finite(self, node: Node) -> bool:
        return node.kind is Kind.BE or any(
            self._sentence.words[index].tag in "BVHM" for index in node.own
        )

    def _only_pronouns(self, clause: Node) -> bool:
        """Whether nothing but "it" is left, which is no sentence."""
        return all(one.is_pronoun for one in self._sentence.parts(clause.id, Kind.THING))

    def _close(self, row: Row) -> None:
        """Drop the commas and "and" beside members that are gone; the last left gets "and"."""
        left = [place for place, one in enumerate(row.members) if one not in self._gone]
        if len(left) == len(row.members):
            return
        last = row.separators[-1] if row.separators else []
        for separator in row.separators:
            self._dropped.update(separator)
        for after in left[1:]:
            kept = row.separators[after - 1]
            self._dropped.difference_update(kept)
            words = self._sentence.words
            if after == left[-1] and last and kept and kept is not last:
                # "and" moves to before the last that is left.
                self._changed[kept[0]] = f" {words[last[-1]].text}"
            elif len(left) == 2 and len(kept) > 1 and words[kept[0]].tag == ",":
                self._dropped.add(kept[0])  # no comma between two

    # --- putting right -------------------------------------------------------------------

    def _agree(self, clauses: Sequence[Node]) -> None:
        """One of "a man and a woman" is left: "are" becomes "is", "sit" "sits"."""
        for clause in clauses:
            things = self._sentence.parts(clause.id, Kind.THING)
            left = [one for one in things if one.id not in self._gone]
            if len(things) < 2 or len(left) != 1:
                continue
            head = self._sentence.words[left[0].head]
            if en.is_plural(head.text, head.fine):
                continue
            verbs = self._sentence.parts(clause.id, Kind.DEED, Kind.BE)
            self._alone(verbs)
            for index in [one.own[0] for one in verbs if one.id not in self._gone]:
                self._changed[index] = _singular_verb(self._sentence.words[index])
            if clause.own:
                last = clause.own[-1]
                self._changed[last] = _singular_verb(self._sentence.words[last])

    def _put_there(self, clauses: Sequence[Node]) -> None:
        """ "Behind them is a crane" without "behind them" is "there is a crane"."""
        for clause in clauses:
            wheres = self._sentence.parts(clause.id, Kind.WHERE)
            for be in self._sentence.parts(clause.id, Kind.BE):
                bare = not clause.own and not self._sentence.parts(clause.id, Kind.THING)
                turned = any(one.own[0] < be.own[0] and one.id in self._gone for one in wheres)
                if bare and turned and be.id not in self._gone:
                    word = self._sentence.words[be.own[0]].text
                    self._changed[be.own[0]] = f"there {word}"

    def _alone(self, verbs: Sequence[Node]) -> None:
        """One that is left does nothing "at each other"."""
        words = self._sentence.words
        for verb in verbs:
            for place, index in enumerate(verb.own):
                if words[index].low in {"each other", "one another"}:
                    self._dropped.add(index)
                    if place and words[verb.own[place - 1]].tag == "I":
                        self._dropped.add(verb.own[place - 1])

    def _spelt(self) -> str:
        """The words that are left, with their blanks, articles, capital and stop."""
        words = self._sentence.words
        left = _tidy([index for index in range(len(words)) if index not in self._dropped], words)
        said = [index for index in left if words[index].tag not in {".", ",", "q"}]
        if not said:
            return ""
        self._articles(left)
        pieces: list[str] = []
        for place, index in enumerate(left):
            pieces.append(self._gap(left, place) + self._word(index))
        made = re.sub(r"[ \t]{2,}", " ", "".join(pieces)).strip()
        return _with_capital(made) if words[0].text[:1].isupper() else made

    def _gap(self, left: Sequence[int], place: int) -> str:
        """What stands before a word: as it was, or one blank where something was taken out."""
        if place == 0:
            return ""
        before, index = left[place - 1], left[place]
        words = self._sentence.words
        if before == index - 1:
            return self._text[words[before].end : words[index].start]
        if self._word(index)[:1] in {",", ".", "!", "?", ";", ":", "…", " "}:
            return ""
        joined = self._text[words[index - 1].end : words[index].start] == ""
        closing = words[index].tag in {"K", "q"} and joined
        opened = words[before].text in _OPENING and words[before + 1].start == words[before].end
        return "" if closing or opened else " "

    def _word(self, index: int) -> str:
        word = self._sentence.words[index]
        return self._changed.get(index, self._text[word.start : word.end])

    def _articles(self, left: Sequence[int]) -> None:
        words = self._sentence.words
        for before, after in zip(left, left[1:], strict=False):
            said = self._word(before)
            if said.casefold() in {"a", "an"} and words[before].tag in {"D", "#"}:
                right = "an" if en.starts_with_vowel(self._word(after)) else "a"
                self._changed[before] = right.capitalize() if said[0].isupper() else right


def _tidy(left: list[int], words: Sequence[Word]) -> list[int]:
    """Without commas and "and" that join nothing any more."""
    found: list[int] = []
    for index in left:
        tag = words[index].tag
        after_gap = bool(found) and found[-1] != index - 1
        if tag == "." and words[index].text in ".!?…":
            while found and (words[found[-1]].tag in {",", "C"} or words[found[-1]].text in ";:"):
                found.pop()
        if words[index].text in {";", ":"} and (not found or words[found[-1]].text in ";:"):
            continue
        if tag in {",", "C"} and (not found or (after_gap and words[found[-1]].tag in {",", "C"})):
            continue
        found.append(index)
    while found and words[found[-1]].tag in {",", "C"} and found[-1] != len(words) - 1:
        found.pop()
    return found


def _singular_verb(word: Word) -> str:
    if word.low in _AGREEING:
        return _AGREEING[word.low]
    if word.tag == "V" and word.fine in {"VVB", "VVI"}:
        return en.plural(word.text)  # verbs take the same ending
    return word.text


def _with_capital(text: str) -> str:
    for place, letter in enumerate(text):
        if letter.isalnum():
            return text[:place] + letter.upper() + text[place + 1 :]
    return text


def remaining(ledger: Ledger, struck: Collection[int], language: str = "en") -> Ledger:
    """The ledger of the text that is left, what was found of its claims included."""
    return follow(ledger, strike(ledger.text, ledger, struck, language), language)
