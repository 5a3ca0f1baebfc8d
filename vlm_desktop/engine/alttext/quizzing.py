"""The blind quiz: what does somebody learn who has only the text?

Questions are made from what the model says of the image: its draft and two drawn by chance name
the things; of each it is asked how many, what colour, what it does and where it is, and of the
image what it says and whether people are in it. The same questions are then answered from the text
alone: by the model without the image, or, where it cannot (the starter), by rules over the text's
claims. Rules read English only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from vlm_desktop.engine.alttext import claims as kinds
from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.alttext.claims import Statement, statements
from vlm_desktop.engine.alttext.evidence import within
from vlm_desktop.engine.alttext.samewords import SameWords, head_of

MOST_THINGS = 3
"""Things of an image that are asked about."""
NOT_SAID = "not said"
FROM_TEXT = (
    'Somebody who cannot see an image is told this about it:\n"{text}"\n{question}\n'
    f'Answer from these words alone, in a few words. If they do not say it, answer "{NOT_SAID}".'
)


class Asks(StrEnum):
    """What a question of the quiz is about."""

    WHAT = "what"
    NUMBER = "number"
    COLOUR = "colour"
    DOING = "doing"
    WHERE = "where"
    SAYS = "says"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """A question, and the thing it is about ("" for the image as a whole).

    `answer` is the image's own where no model needs to be asked.
    """

    kind: Asks
    text: str
    noun: str = ""
    answer: str = ""


def questions_about(drafts: Sequence[str], read: str, words: SameWords) -> list[QuizQuestion]:
    """What to ask about an image of which these drafts were written and these words were read."""
    said = [statements(draft) for draft in drafts]
    things = _things(said, words)
    found: list[QuizQuestion] = []
    for number, (noun, plural, alive) in enumerate(things[:MOST_THINGS]):
        thing = noun if plural else f"{'an' if en.starts_with_vowel(noun) else 'a'} {noun}"
        be = "are" if plural else "is"
        what = "What else can be seen?" if number else "What can be seen?"
        found.append(QuizQuestion(Asks.WHAT, what, noun, thing))
        if plural:
            found.append(QuizQuestion(Asks.NUMBER, f"How many {noun} are there?", noun))
        if any(_is_coloured(one, noun, words) for some in said for one in some):
            found.append(QuizQuestion(Asks.COLOUR, f"What color {be} the {noun}?", noun))
        if alive:
            found.append(QuizQuestion(Asks.DOING, f"What {be} the {noun} doing?", noun))
    if things:
        noun, plural, _ = things[0]
        be = "are" if plural else "is"
        found.append(QuizQuestion(Asks.WHERE, f"Where {be} the {noun}?", noun))
    if read.strip():
        found.append(QuizQuestion(Asks.SAYS, "What does it say?", answer=" ".join(read.split())))
    found.append(QuizQuestion(Asks.PEOPLE, "Are there people?"))
    return found


def _things(said: Sequence[Sequence[Statement]], words: SameWords) -> list[tuple[str, bool, bool]]:
    """(noun, plural, whether it may do something) of what the drafts agree on, the first first."""
    found: list[tuple[str, bool, bool]] = []
    objects = [[one for one in some if one.claim.kind == kinds.OBJECT] for some in said]
    for one in objects[0] if objects else ():
        if any(words.same_thing(one.noun, noun) for noun, _, _ in found):
            continue
        again = sum(any(words.same_thing(one.noun, o.noun) for o in some) for some in objects)
        if 2 * again >= len(said):
            alive = head_of(one.noun) in en.ANIMATE
            found.append((one.noun, one.plural, alive))
    return found


def _is_coloured(one: Statement, noun: str, words: SameWords) -> bool:
    return (
        one.claim.kind == kinds.ATTRIBUTE
        and one.value.casefold() in en.COLOURS
        and words.same_thing(one.noun, noun)
    )


# --- answers from the text ------------------------------------------------------------------


def answer_by_rules(asked: QuizQuestion, text: str, words: SameWords) -> str:
    """What an English text says to a question; "" where it does not say."""
    said = statements(text)
    about = [one for one in said if one.noun and words.same_thing(one.noun, asked.noun)]
    match asked.kind:
        case Asks.WHAT:
            return about[0].noun if about else _place_like(said, asked.noun, words)
        case Asks.NUMBER:
            return _number(about)
        case Asks.COLOUR:
            return " and ".join(
                one.value for one in about
                if one.claim.kind == kinds.ATTRIBUTE and one.value.casefold() in en.COLOURS
            )  # fmt: skip
        case Asks.DOING:
            return " and ".join(one.value for one in about if one.claim.kind == kinds.ACTION)
        case Asks.WHERE:
            return _where(about, asked.noun, words) or _where(said, asked.noun, words)
        case Asks.SAYS:
            return _words_told(asked.answer, said, text)
        case Asks.PEOPLE:
            named = any(words.class_of(one.noun) == "person" for one in said if one.noun)
            return "yes" if named else ""


def _place_like(said: Sequence[Statement], noun: str, words: SameWords) -> str:
    places = [one.value for one in said if one.claim.kind == kinds.PLACE]
    return next((one for one in places if words.same_thing(one, noun)), "")


def _number(about: Sequence[Statement]) -> str:
    for one in about:
        if one.claim.kind == kinds.NUMBER:
            return one.value or " ".join(one.claim.text.split()[2:-1])
    single = [one for one in about if one.claim.kind == kinds.OBJECT and not one.plural]
    return "one" if len(single) == 1 else str(len(single)) if single else ""


def _where(said: Sequence[Statement], noun: str, words: SameWords) -> str:
    """Places that are told; that something else is in the thing itself says not where it is."""
    found = [one.value for one in said if one.claim.kind == kinds.PLACE]
    found = found or [
        head_of(one.phrase)
        for one in said
        if one.claim.kind == kinds.RELATION and one.value not in {"with", "of", "to", "for"}
    ]
    return " and ".join(one for one in dict.fromkeys(found) if not words.same_thing(one, noun))


def _words_told(read: str, said: Sequence[Statement], text: str) -> str:
    """Words to be read that the text gives: those in quotes, or what stands in both."""
    quoted = " ".join(one.value for one in said if one.claim.kind == kinds.TEXT)
    if quoted:
        return quoted
    both = [word for word in read.split() if len(word) > 1 and within(word, text)]
    return " ".join(both) if len(both) * 2 >= len(read.split()) else ""


def conveyed(asked: QuizQuestion, from_image: str, from_text: str, words: SameWords) -> bool:
    """Whether both answers say the same, by the normalisation of the VQA challenge and synonyms.

    That nobody is there need not be said. Of words to be read, half is enough.
    """
    if asked.kind is Asks.PEOPLE and not from_text:
        return from_image.casefold().startswith("no")
    if not from_text:
        return False
    if asked.kind is Asks.SAYS:
        wanted = from_image.split()
        return sum(within(word, from_text) for word in wanted) * 2 >= len(wanted)
    if asked.kind is Asks.WHAT:
        return words.same_thing(from_image, from_text) or any(
            words.same_thing(from_image, part) for part in from_text.split(",")
        )
    return words.same_value(from_image, from_text)
