"""Which kind of teaching suits a data set."""

import pytest

from vlm_desktop.base.training import Example, ExampleKind, Exchange
from vlm_desktop.engine.train.suiting import Reason, doubt_of, suggestion


def _examples(texts: list[str], ask: str = "") -> list[Example]:
    return [Example(str(at), f"{at}.png", (Exchange(ask, text),)) for at, text in enumerate(texts)]


CAPTIONS = _examples([f"A clay pot number {one} on a wooden table" for one in range(20)])
FEW = _examples(["Rocky", "Mia's mug"] * 8)
MANY = _examples(["Rocky", "Mia's mug"] * 30)
ANSWERS = _examples([f"{one}" for one in range(20)], "How many?")
BOXES = [
    Example(str(at), f"{at}.png", (Exchange("", "cup"),), kind=ExampleKind.BOX) for at in range(8)
]


@pytest.mark.parametrize(
    ("examples", "kind", "reason"),
    [
        (CAPTIONS, "assistant", Reason.CAPTIONS),
        (FEW, "probe", Reason.FEW_NAMES),
        (MANY, "encoder", Reason.MANY_NAMES),
        (ANSWERS, "assistant", Reason.ANSWERS),
        (BOXES, "assistant", Reason.ANSWERS),
        ([], "", None),
    ],
)
def test_what_the_examples_teach_best_is_suggested_with_its_reason(
    examples: list[Example], kind: str, reason: Reason | None
) -> None:
    assert suggestion(examples) == (kind, reason)
    assert not kind or doubt_of(kind, examples) is None


@pytest.mark.parametrize(
    ("kind", "examples", "doubt"),
    [
        ("probe", CAPTIONS, Reason.EACH_ITS_OWN),
        ("encoder", CAPTIONS, None),
        ("encoder", ANSWERS, Reason.ASKS),
        ("assistant", FEW, Reason.ONLY_NAMES),
        ("assistant", ANSWERS, None),
        ("probe", [], None),
    ],
)
def test_what_does_not_suit_a_kind_is_told(
    kind: str, examples: list[Example], doubt: Reason | None
) -> None:
    assert doubt_of(kind, examples) is doubt
