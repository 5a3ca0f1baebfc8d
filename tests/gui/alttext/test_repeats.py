"""Texts that say the same are found among thousands by their rarest words."""

import random

from vlm_desktop.engine.alttext.lint import LintContext, lint
from vlm_desktop.engine.alttext.lintrules import near
from vlm_desktop.gui.panes.alttext.repeats import Repeats

WORDS = (
    "a",
    "red",
    "green",
    "man",
    "dog",
    "boat",
    "runs",
    "by",
    "the",
    "old",
    "river",
    "under",
    "tall",
    "bridge",
    "sees",
    "two",
)


def test_nothing_that_is_near_is_passed_over() -> None:
    rng = random.Random(5)
    texts = {n: " ".join(rng.choices(WORDS, k=rng.randint(1, 14))) for n in range(400)}
    known = Repeats(texts.items())
    for n, text in texts.items():
        every = {other for m, other in texts.items() if m != n and near(text, other)}
        assert every <= set(known.likely(text, n))


def test_few_are_compared_and_the_finding_is_the_same() -> None:
    texts = [(n, f"A photo of boat number {n} on the river.") for n in range(5_000)]
    known = Repeats(texts)
    text = "A photo of boat number 77 on the river."
    likely = known.likely(text, -1)
    assert likely == (texts[77][1],)
    found, whole = (
        lint(text, "", LintContext(others=others))
        for others in (likely, tuple(one for _, one in texts if one == text))
    )
    assert found == whole
    assert known.likely(text, 77) == ()


def test_a_text_that_changes_is_found_by_its_new_words_only() -> None:
    known = Repeats([(1, "A red boat."), (2, "A man.")])
    known.put(1, "Two birds.")
    assert known.likely("A red boat", 9) == ()
    assert known.likely("Two birds", 9) == ("Two birds.",)
    assert known.likely("", 9) == ()
