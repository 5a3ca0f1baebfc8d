from pathlib import Path

from vlm_desktop.engine.vocabulary import everyday_words, words_from_file, words_in


def test_words_are_separated_by_lines_and_commas_and_kept_once() -> None:
    assert words_in("dog, Cat\n# no word\n\n  ice   cream ,\ncat, dog") == (
        "dog",
        "cat",
        "ice cream",
    )
    assert words_in(" ,\n") == ()
    assert words_in("x" * 61) == ()


def test_the_bundled_words_are_many_and_distinct() -> None:
    words = everyday_words()
    assert len(words) > 200
    assert len({word.casefold() for word in words}) == len(words)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("\ufeffdog\ncat", encoding="utf-8")
    assert words_from_file(path) == ("dog", "cat")
