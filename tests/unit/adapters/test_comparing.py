"""Columns of scores side by side: sign test, interval, order."""

import pytest
from scipy.stats import binomtest

from vlm_desktop.base.trainerrors import NothingToCompare
from vlm_desktop.base.training import Example, Exchange
from vlm_desktop.engine.train.comparing import compared, sign_test
from vlm_desktop.training.learners.protocol import ItemScore


def column(*scores: float) -> list[ItemScore]:
    return [ItemScore(f"k{at}", f"says {one}", one, 1.0 - one) for at, one in enumerate(scores)]


EXAMPLES = [Example(f"k{at}", f"{at}.png", (Exchange("", f"truth {at}"),)) for at in range(4)]


@pytest.mark.parametrize(("improved", "harmed"), [(0, 0), (1, 0), (9, 1), (5, 5), (0, 30), (40, 7)])
def test_the_sign_test_is_exact(improved: int, harmed: int):
    total = improved + harmed
    wanted = binomtest(improved, total, 0.5).pvalue if total else 1.0
    assert sign_test(improved, harmed) == pytest.approx(wanted, rel=1e-9)


def test_most_improved_come_first_and_most_harmed_last():
    found = compared(
        "CIDEr", EXAMPLES, ("base", "shop", "step 5"),
        [column(0.5, 0.5, 0.5, 0.5), column(0.6, 0.1, 0.5, 0.9), column(0.5, 0.5, 0.5, 0.4)],
    )  # fmt: skip
    assert [one.key for one in found.items] == ["k3", "k0", "k2", "k1"]
    assert [one.key for one in found.most_harmed] == ["k1"]
    assert [one.key for one in found.most_improved] == ["k3", "k0"]
    assert found.items[0].expected == "truth 3"
    assert [one.answer for one in found.items[0].said] == ["says 0.5", "says 0.9", "says 0.4"]
    base, tuned, other = found.columns
    assert (tuned.improved, tuned.harmed, tuned.equal) == (2, 1, 1)
    assert tuned.difference.value == pytest.approx(0.025)
    assert tuned.difference.low < 0.025 < tuned.difference.high
    assert (base.improved, base.harmed, base.p, base.difference.value) == (0, 0, 1.0, 0.0)
    assert (other.harmed, other.difference.value) == (1, pytest.approx(-0.025))


def test_of_losses_less_is_better():
    found = compared("loss", EXAMPLES[:2], ("base", "shop"), [column(0.5, 0.5), column(0.7, 0.4)])
    assert [round(one.change, 6) for one in found.items] == [0.2, -0.1]
    assert found.columns[1].mean == pytest.approx(0.45)


def test_nothing_is_not_compared():
    with pytest.raises(NothingToCompare):
        compared("CIDEr", [], ("base", "shop"), [[], []])
