"""Phrases that are not English are told, English ones never mistaken."""

import json
from pathlib import Path

import pytest

from vlm_desktop.engine.ground.otherlanguages import is_foreign


@pytest.mark.parametrize(
    "phrase",
    [
        "красная чашка", "一只红色的杯子", "カップ", "كوب أحمر", "κόκκινο φλιτζάνι",
        "die rote Tasse links vom Laptop", "der Hund", "ein Mann mit Hut",
        "la tasse rouge à gauche", "une voiture", "el perro negro", "una taza roja",
        "il cane", "o cachorro com uma bola", "het rode kopje", "hund und katze und maus mit",
    ],
)  # fmt: skip
def test_other_languages(phrase: str) -> None:
    assert is_foreign(phrase)


@pytest.mark.parametrize(
    "phrase",
    [
        "red cup", "the red cup left of the laptop", "second dog from the left", "van", "a pan",
        "Las Vegas sign", "le creuset pot on the stove", "man en route to the station", "die",
        "café table", "crème brûlée", "jalapeño", "π sign", "dogs and cats", "sushi", "tasse", "",
        "largest", "the fox in the den", "two people with one umbrella", "person no hat",
    ],
)  # fmt: skip
def test_english(phrase: str) -> None:
    assert not is_foreign(phrase)


def test_no_phrase_of_real_photos_is_mistaken(shared_data: Path) -> None:
    rows = (shared_data / "coco_photos" / "grounding.jsonl").read_text(encoding="utf-8")
    phrases = [json.loads(line)["phrase"] for line in rows.splitlines()]
    assert phrases
    assert not [one for one in phrases if is_foreign(one)]
