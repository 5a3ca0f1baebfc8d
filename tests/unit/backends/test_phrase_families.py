"""How each family is told what to look for."""

import pytest

from vlm_desktop.backends.chat.families import FAMILIES as CHAT_FAMILIES
from vlm_desktop.backends.grounding.families import (
    ASKED,
    OWN_TYPES,
    PHRASE_FAMILIES,
    said,
    with_article,
)


@pytest.mark.parametrize(
    ("family", "phrase", "expected"),
    [
        ("grounding-dino", "Red  Dog", "red dog."),
        ("grounding-dino", "A cat. A dog.", "a cat a dog."),
        ("mm-grounding-dino", "DOG", "dog."),
        ("owlvit", "dog", "a photo of a dog"),
        ("owlv2", "orange cup", "a photo of an orange cup"),
        ("owlv2", "The dog", "a photo of The dog"),
        ("clipseg", " dog ", "dog"),
        ("florence2", "<OCR> dog", "OCR dog"),
        ("paligemma", "cat ; dog", "detect cat , dog"),
        ("kosmos-2", "a </phrase>dog", "a /phrase dog"),
    ],
)
def test_a_phrase_is_put_as_the_family_was_taught(family, phrase, expected):
    assert said(PHRASE_FAMILIES[family], phrase) == expected


@pytest.mark.parametrize("family", PHRASE_FAMILIES)
@pytest.mark.parametrize("phrase", ["", "  ", "<>", '"'])
def test_nothing_is_asked_for_nothing(family, phrase):
    assert said(PHRASE_FAMILIES[family], phrase) == ""


@pytest.mark.parametrize("family", PHRASE_FAMILIES)
def test_signs_of_ours_are_only_words(family):
    told = said(PHRASE_FAMILIES[family], "{a phrase} {0} %s")
    assert "{0}" in told
    assert "{phrase}" not in told


def test_a_model_is_asked_for_json_it_can_finish():
    told = said(PHRASE_FAMILIES["qwen3_vl"], 'the "red" dog')
    assert '"the red dog"' in told
    assert "bbox_2d" in told
    assert "[]" in told


def test_models_that_are_asked_answer_with_boxes_of_a_known_style():
    asked = [row.model_type for row in PHRASE_FAMILIES.values() if row.adapter == ASKED]
    assert set(asked) <= set(CHAT_FAMILIES)
    assert not set(asked) & set(OWN_TYPES)
    assert not set(OWN_TYPES) & set(CHAT_FAMILIES)


def test_words_keep_an_article_of_their_own():
    assert with_article("two dogs") == "two dogs"
    assert with_article("apple") == "an apple"
