"""Languages told apart by the library that is kept for it: sure of what it says, silent else."""

import json
from pathlib import Path

import pytest

from vlm_desktop.base.language import read_table
from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.alttext.languages import identifier
from vlm_desktop.engine.alttext.lint import LintContext, lint


def spoke(text: str, language: str) -> bool:
    context = LintContext(language=language, identify=identifier())
    return any(one.rule == "language" for one in lint(text, "", context))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Zwei Hunde und eine Katze spielen im Garten.", "de"),
        ("Two dogs and a cat play in the garden.", "en"),
        ("Deux chiens et un chat jouent dans le jardin.", "fr"),
        ("Due cani e un gatto giocano insieme nel giardino.", "it"),
        ("Twee honden en een kat spelen in de tuin.", "nl"),
        ("二匹の犬が雪の中で遊んでいます。", "ja"),
    ],
)
def test_a_sentence_is_told_from_other_languages(text: str, language: str) -> None:
    assert not spoke(text, language)
    assert spoke(text, "fi")


@pytest.mark.parametrize(
    "text", ["Stop", "Menu", "Siemens AG.", "Angela Merkel in Berlin.", "Café de Flore, Paris."]
)
def test_names_and_short_texts_are_passed_over(text: str) -> None:
    assert not spoke(text, "en")
    assert not spoke(text, "de")


def test_german_sentences_are_told_from_english() -> None:
    """Those of this program: they are as short as alt texts."""
    table = read_table(bundled("resources") / "translations" / "de" / "sentences.toml")
    texts = [one for one in table["ERROR_SENTENCES"].values() if "{" not in one]
    assert len(texts) > 8
    assert sum(spoke(one, "en") for one in texts) >= 0.8 * len(texts)
    assert not any(spoke(one, "de") for one in texts)


def test_rules_seldom_speak_of_what_people_wrote(shared_data: Path) -> None:
    """Human captions, ended with a full stop: each rule is wrong about less than one in 300."""
    identify, counts, total = identifier(), dict[str, int](), 0
    rows = (shared_data / "flickr8k_224" / "captions.jsonl").read_text(encoding="utf-8")
    for line in rows.splitlines()[::12]:
        for caption in json.loads(line)["captions"]:
            text = " ".join(caption.replace(" ,", ",").rstrip(" .").split()) + "."
            total += 1
            for one in lint(text, "", LintContext(identify=identify)):
                counts[one.rule] = counts.get(one.rule, 0) + 1
    assert total > 2_000
    wrong = {rule: count for rule, count in counts.items() if count > total / 300}
    assert wrong == {}
