"""Questions and answers made from captions by rule, in the manner of COCO-QA.

Ren, Kiros, Zemel 2015, "Exploring Models and Data for Image Question Answering". What several
captions of a photo agree on becomes a question: objects, numbers, colours, actions, places, and
yes/no about what is there. No parser: word lists that fit everyday photos, and few patterns.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what people answered: one word, or ten answers. `kind` as in the data."""

    question: str
    answers: tuple[str, ...]
    kind: str
    source: str = ""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


COLOURS = _set("red blue green yellow black white brown gray orange pink purple tan blond gold")
_SAME_COLOUR = {"grey": "gray", "blonde": "blond", "golden": "gold", "beige": "tan"}
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PEOPLE = (
    "man men woman women boy boys girl girls child children kid kids people person baby toddler "
    "lady guy player players group crowd couple biker cyclist skier snowboarder surfer climber "
    "skateboarder swimmer hiker runner"
)
_THINGS = (
    "dog dogs puppy cat horse horses bird birds cow sheep duck fish animal bike bicycle motorcycle "
    "bmx car truck bus boat kayak canoe train skateboard surfboard snowboard scooter ball frisbee "
    "tennis soccer football basketball baseball stick toy rope net bat guitar camera phone book "
    "hat cap shirt jacket coat dress shorts pants jeans helmet sunglasses glasses scarf uniform "
    "swimsuit bikini shoes hair collar vest costume mask sweater suit wetsuit bag backpack purse "
    "umbrella sign bench table chair fence wall door window building house tree trees flower "
    "flowers rock rocks sand snow water ocean beach lake river pool waterfall wave waves mountain "
    "hill cliff field grass road street sidewalk path bridge stairs swing slide trampoline tent "
    "fountain leaves mud dirt track ramp rail pole fire sky cake food drink cup bottle balloon"
)
THINGS = frozenset((_PEOPLE + " " + _THINGS).split())
_SEEN = THINGS - _set("person animal tennis soccer basketball baseball bmx")
_DOERS = frozenset((_PEOPLE + " dog dogs puppy cat horse horses bird birds cow sheep duck").split())
_WEAR = _set(
    "hat cap shirt jacket coat dress shorts pants jeans helmet sunglasses glasses "
    "scarf uniform swimsuit bikini shoes hair collar vest costume mask sweater suit "
    "wetsuit"
)
PLACES = _set(
    "water ocean beach lake river pool snow mountain mountains hill cliff field grass "
    "road street sidewalk path bridge park city forest woods desert stage kitchen "
    "restaurant gym room couch bed yard backyard playground stadium garden sand dirt "
    "mud track ramp boat"
)
SPORTS = {
    "soccer": "soccer", "tennis": "tennis", "basketball": "basketball", "baseball": "baseball",
    "football": "football", "hockey": "hockey", "volleyball": "volleyball", "surfing": "surfing",
    "surfer": "surfing", "surfboard": "surfing", "snowboarder": "snowboarding",
    "snowboarding": "snowboarding", "snowboard": "snowboarding", "skier": "skiing",
    "skiing": "skiing", "skis": "skiing", "skateboarder": "skateboarding",
    "skateboarding": "skateboarding", "skateboard": "skateboarding", "golf": "golf",
    "rugby": "rugby", "climber": "climbing", "lacrosse": "lacrosse",
}  # fmt: skip
ANIMALS = _set("dog cat horse bird cow sheep duck goat elephant camel bear monkey")
_ALIKE = (
    frozenset(_PEOPLE.split()),
    frozenset(["dog", "dogs", "puppy", "animal"]),
    frozenset(["horse", "horses", "animal"]),
    frozenset(["bird", "birds", "duck", "animal"]),
    frozenset(["cat", "animal", "cow", "sheep", "fish"]),
    frozenset(["bike", "bicycle", "bmx", "motorcycle", "scooter"]),
    _set("water ocean beach lake river pool wave waves waterfall sand swimsuit"),
    _set("snow mountain hill cliff rock rocks"),
    _set("field grass tree trees leaves flower flowers hill park"),
    _set("road street sidewalk path track dirt mud bridge"),
    _set("ball tennis soccer football basketball baseball toy frisbee"),
    frozenset(["hat", "cap", "helmet"]),
    _set("shirt jacket coat dress vest sweater suit uniform costume wetsuit"),
    frozenset(["shorts", "pants", "jeans", "swimsuit", "bikini"]),
    frozenset(["sunglasses", "glasses", "mask"]),
    _set("building house wall door window street fence"),
    frozenset(["bag", "backpack", "purse"]),
    frozenset(["sky", "wall", "hair", "shoes", "collar"]),
    frozenset(["boat", "kayak", "canoe"]),
    frozenset(["car", "truck", "bus"]),
)
_VERBS = {
    "runs": "running", "run": "running", "jumps": "jumping", "jump": "jumping",
    "plays": "playing", "play": "playing", "sits": "sitting", "sit": "sitting",
    "stands": "standing", "stand": "standing", "walks": "walking", "walk": "walking",
    "rides": "riding", "ride": "riding", "swims": "swimming", "swim": "swimming",
    "climbs": "climbing", "climb": "climbing", "holds": "holding", "hold": "holding",
    "catches": "catching", "leaps": "jumping", "leaping": "jumping", "smiles": "smiling",
    "skateboards": "skateboarding", "surfs": "surfing", "skis": "skiing", "sleeps": "sleeping",
    "lays": "lying", "lies": "lying", "laying": "lying", "looks": "looking", "digs": "digging",
    "throws": "throwing", "kicks": "kicking", "dances": "dancing", "eats": "eating",
    "drinks": "drinking", "carries": "carrying", "chases": "chasing", "splashes": "splashing",
}  # fmt: skip
_DOING = frozenset(_VERBS.values()) | _set(
    "posing talking waiting watching performing fishing sliding swinging racing "
    "fighting wrestling singing reading cooking painting hiking crossing flying "
    "crawling laughing pulling snowboarding jogging biking driving sledding skating "
    "kneeling leaning"
)
_ARTICLES = _set("a an the some two three four several")
_QUIET = _set("in on at of with to and from for by near over through into")


def words_of(text: str) -> list[str]:
    """Lower-case words; colours in one spelling."""
    found = re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower())
    return [_SAME_COLOUR.get(word, word) for word in found]


def alike(word: str) -> frozenset[str]:
    """Words that may name the same thing, or come with it."""
    return frozenset({word}).union(*(group for group in _ALIKE if word in group))


def _be(noun: str) -> str:
    many = noun in ("men", "women", "people", "children", "glasses", "sunglasses", "shorts")
    many = many or noun in ("pants", "jeans", "shoes", "sheep")
    plain = (
        noun.endswith("s") and not noun.endswith("ss") and noun not in ("tennis", "bus", "grass")
    )
    return "are" if many or plain else "is"


def _agreed(votes: dict[str, Counter[str]], least: int) -> list[tuple[str, str]]:
    """(key, value) where `least` captions say the value and none says another."""
    return [
        (key, next(iter(counted)))
        for key, counted in sorted(votes.items())
        if len(counted) == 1 and sum(counted.values()) >= least
    ]


def _colours(said: Sequence[list[str]]) -> list[Asked]:
    votes: dict[str, Counter[str]] = {}
    for words in said:
        for first, second in zip(words, words[1:], strict=False):
            if first in COLOURS and second in THINGS:
                votes.setdefault(second, Counter())[first] += 1
        mixed = re.search(r"(\w+) and (\w+) (\w+)", " ".join(words))
        if mixed and mixed[1] in COLOURS and mixed[2] in COLOURS:
            votes.pop(mixed[3], None)
    made = []
    for noun, colour in _agreed(votes, 1):
        told = (f"what is the color of the {noun}", f"What color {_be(noun)} the {noun}?")
        made += [Asked(one, (colour,), "color") for one in told]
    return made


def _numbers(said: Sequence[list[str]]) -> list[Asked]:
    votes: dict[str, Counter[str]] = {}
    for words in said:
        for place, word in enumerate(words[:-1]):
            if word in NUMBERS[1:]:
                after = [one for one in words[place + 1 : place + 4] if one in _DOERS]
                if after and _be(after[0]) == "are":
                    votes.setdefault(after[0], Counter())[word] += 1
    made = []
    for noun, number in _agreed(votes, 2):
        made.append(Asked(f"How many {noun} are there?", (number,), "number"))
        made.append(Asked(f"how many {noun} are in the picture", (number,), "number"))
    return made


def _doings(said: Sequence[list[str]]) -> list[Asked]:
    votes: dict[str, Counter[str]] = {}
    for words in said:
        doer = next((word for word in words if word in _DOERS), "")
        doing = next((_VERBS.get(w, w) for w in words if _VERBS.get(w, w) in _DOING), "")
        if doer and doing:
            votes.setdefault(doer, Counter())[doing] += 1
    made = []
    for doer, counted in sorted(votes.items()):
        doing, times = counted.most_common(1)[0]
        if times >= 2 or len(counted) == 1:
            made.append(Asked(f"What {_be(doer)} the {doer} doing?", (doing,), "action"))
    return made


def _objects(said: Sequence[list[str]]) -> list[Asked]:
    made = []
    for words in said:
        for place, word in enumerate(words[1:-2], 1):
            follows = words[place + 1 : place + 10]
            before = words[:place]
            if word not in _DOERS or not set(before) & _ARTICLES or len(before) > 3:
                continue
            if follows[0] in _VERBS or follows[0] in ("is", "are") and follows[1] in _DOING:
                made.append(Asked(f"what {' '.join(follows)}", (word,), "object"))
            elif follows[0] in _DOING:
                made.append(Asked(f"what is {' '.join(follows)}", (word,), "object"))
            break
        for first, second, third in zip(words, words[1:], words[2:], strict=False):
            if first in ("wearing", "holding") and second in _ARTICLES and third in THINGS:
                doer = next((one for one in words if one in _DOERS), "person")
                made.append(Asked(f"what is the {doer} {first}", (third,), "object"))
    told = Counter(word for words in said for word in set(words))
    for animal in sorted(ANIMALS & set(told)):
        if told[animal] >= 2 and len(ANIMALS & set(told)) == 1:
            made.append(Asked("What animal is in the picture?", (animal,), "object"))
            made.append(Asked("What animal is this?", (animal,), "object"))
    sports = Counter(SPORTS[word] for word in told if word in SPORTS)
    if len(sports) == 1:
        made.append(Asked("What sport is this?", (next(iter(sports)),), "object"))
        made.append(Asked("What game are they playing?", (next(iter(sports)),), "object"))
    return made


def _places(said: Sequence[list[str]]) -> list[Asked]:
    found: Counter[str] = Counter()
    doers: Counter[str] = Counter()
    for words in said:
        doers.update(word for word in words if word in _DOERS)
        for place, word in enumerate(words):
            near = set(words[max(0, place - 3) : place])
            if word in PLACES and near & {"in", "on", "at", "through", "across", "along"}:
                found[word] += 1
    if not found or not doers:
        return []
    place, times = found.most_common(1)[0]
    doer = doers.most_common(1)[0][0]
    if times < 2:
        return []
    return [
        Asked(f"Where {_be(doer)} the {doer}?", (place,), "location"),
        Asked(f"where {_be(doer)} the {doer}", (place,), "location"),
    ]


def _is_there(noun: str, draw: Random) -> str:
    """One of the ways to ask whether a thing is there."""
    verb = _be(noun)
    bare = verb == "are" or noun in PLACES | {"grass", "hair"}
    thing = noun if bare else f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
    forms = (
        f"{verb} there {thing} in the picture?",
        f"{verb} there {thing}?",
        f"Do you see {thing}?",
    )
    return draw.choice(forms).capitalize()


def _presence(said: Sequence[list[str]], draw: Random) -> list[Asked]:
    told = Counter(word for words in said for word in set(words) & _SEEN)
    there = sorted(word for word, times in told.items() if times >= 2)
    near = frozenset().union(*(alike(word) for word in told)) if told else frozenset()
    absent = sorted(_SEEN - near)
    draw.shuffle(absent)
    made = [Asked(_is_there(noun, draw), ("yes",), "yes/no") for noun in there]
    absent = absent[: len(there)]
    return made + [Asked(_is_there(noun, draw), ("no",), "yes/no") for noun in absent]


def from_answers(
    asked: Sequence[Asked], named: Sequence[str], common: Sequence[str], draw: Random
) -> list[Asked]:
    """Whether things are there: those that answers and labels of a photo name, and as many others.

    `common` are things that other photos show; one that any text of this photo has is passed over.
    """
    answers = [one.answers[0] for one in asked if one.kind == "object" and len(one.answers) == 1]
    there = sorted({word.lower() for word in (*answers, *named) if word.isalpha()})
    told = {word for one in asked for word in words_of(f"{one.question} {' '.join(one.answers)}")}
    doubtful = set().union(*(_stems(word) for word in (*told, *there)))
    absent = [word for word in common if not _stems(word) & doubtful]
    absent = draw.sample(absent, min(len(there), len(absent)))
    made = [Asked(_is_there(noun, draw), ("yes",), "yes/no") for noun in there]
    return made + [Asked(_is_there(noun, draw), ("no",), "yes/no") for noun in absent]


def _stems(word: str) -> set[str]:
    """A word and what may be its other number, with what is alike."""
    forms = {word, word.removesuffix("s"), word.removesuffix("es")}
    return forms.union(*(alike(form) for form in forms))


def from_captions(captions: Sequence[str], draw: Random) -> list[Asked]:
    """All questions that the captions of one photo answer; the same for the same `draw`."""
    said = [words_of(caption) for caption in captions]
    made = _colours(said) + _numbers(said) + _doings(said) + _objects(said) + _places(said)
    made += _presence(said, draw)
    return list(dict.fromkeys(made))
