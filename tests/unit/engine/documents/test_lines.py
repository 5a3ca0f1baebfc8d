"""Words into lines."""

import pytest

from tests.unit.engine.documents.typedwords import HEIGHT, lines_from_top, texts, typed, word
from vlm_desktop.base.pagereading import Word
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents import lines as module
from vlm_desktop.engine.documents.lines import chains_of, lines_of


def test_words_a_space_apart_are_one_line_and_cells_are_not() -> None:
    words = typed((0, 0, "Total amount due"), (300, 0, "12.00"), (0, 30, "Thank you"))
    assert texts(words, lines_from_top(words)) == ["Total amount due", "12.00", "Thank you"]


def test_two_spaces_part_cells_but_not_sentences() -> None:
    words = typed((0, 0, "Qty"), (50, 0, "Price"), (0, 40, "It ends."), (100, 40, "It goes on."))
    assert texts(words, lines_from_top(words)) == ["Qty", "Price", "It ends. It goes on."]


def test_the_order_of_the_words_does_not_matter() -> None:
    words = typed((0, 0, "one two three"), (0, 30, "four five"))
    shuffled = [words[i] for i in (4, 2, 0, 3, 1)]
    assert texts(shuffled, lines_from_top(shuffled)) == ["one two three", "four five"]


def test_a_line_that_slopes_a_little_holds_together() -> None:
    words = [word("word", 50 * k, 2.0 * k) for k in range(12)]
    assert len(lines_of(words)) == 1


def test_letters_between_two_lines_join_one_of_them_only() -> None:
    words = typed((0, 0, "upper line"), (0, 18, "lower line"))
    assert texts(words, lines_from_top(words)) == ["upper line", "lower line"]


def test_hebrew_is_read_from_the_right() -> None:
    words = typed((0, 0, "םלוע םולש"))
    (line,) = lines_of(words)
    assert line.words == (1, 0)


def test_words_that_run_up_the_page_join_along_it() -> None:
    sideways = [
        Word(text, Box(0, y, HEIGHT, y + 60), 0.9) for text, y in (("margin", 0.0), ("notes", 70.0))
    ]
    words = [*sideways, *typed((100, 0, "flat"), (100, 30, "text"))]
    assert texts(words, lines_from_top(words)) == ["margin notes", "flat", "text"]


def test_every_word_is_in_one_line() -> None:
    words = typed(*((37.0 * (k % 17), 9.0 * (k % 29), "ab cd") for k in range(300)))
    held = sorted(i for line in lines_of(words) for i in line.words)
    assert held == list(range(len(words)))


@pytest.mark.parametrize("shape", ["text", "one row", "one column", "heap"])
def test_the_work_grows_with_the_words(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def box(k: int) -> Box:
        match shape:
            case "text":
                return Box(
                    30 * (k % 100), 20 * (k // 100), 30 * (k % 100) + 25, 20 * (k // 100) + 16
                )
            case "one row":
                return Box(30 * k, 0, 30 * k + 25, 16)
            case "one column":
                return Box(0, 20 * k, 25, 20 * k + 16)
            case _:
                return Box(k % 7, k % 5, 900 + k % 7, 16 + k % 5)

    calls = 0
    real = module.overlap

    def counted(one: Box, other: Box) -> float:
        nonlocal calls
        calls += 1
        return real(one, other)

    monkeypatch.setattr(module, "overlap", counted)
    count = 4_000
    chains_of([box(k) for k in range(count)], 1.0)
    assert calls <= 40 * count
