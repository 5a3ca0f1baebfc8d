"""Equality with the COCO caption evaluation itself is in tests/model/metrics."""

import math

import pytest

from vlm_desktop.base.captionscores import (
    CiderD,
    DocumentFrequencies,
    cider_d,
    corpus_bleu,
    ngrams,
    rouge_l,
)

CANDIDATES = [
    text.split()
    for text in (
        "a dog runs through the grass",
        "a man is riding a bike on a road",
        "two children play in the water",
        "a dog",
    )
]
REFERENCES = [
    [text.split() for text in texts]
    for texts in (
        (
            "a brown dog is running through the tall grass",
            "a dog runs in a field of grass",
        ),
        (
            "a man rides a bicycle down a road",
            "a cyclist on a mountain road",
            "the man is riding a bike",
        ),
        ("two children are playing in the water", "kids splash in a pool"),
        ("a black dog jumps over a hurdle",),
    )
]
# What pycocoevalcap 1.2 says of them.
BLEU = (0.7696317948529782, 0.6509242541747873, 0.484368549837917, 0.3513509877685515)
CIDER = 1.8041815290861782
CIDER_EACH = (2.12201765, 2.7812589, 1.88498111, 0.42846845)
ROUGE_EACH = (0.64345992, 0.69160998, 0.75870647, 0.40397351)


def test_scores_are_those_of_the_coco_evaluation() -> None:
    assert corpus_bleu(CANDIDATES, REFERENCES) == pytest.approx(BLEU, abs=1e-12)
    assert cider_d(CANDIDATES, REFERENCES) == pytest.approx(CIDER, abs=1e-12)
    scorer = CiderD(DocumentFrequencies.of(REFERENCES))
    each = [scorer.score(*pair) for pair in zip(CANDIDATES, REFERENCES, strict=True)]
    assert each == pytest.approx(CIDER_EACH, abs=1e-7)
    rouge = [rouge_l(*pair) for pair in zip(CANDIDATES, REFERENCES, strict=True)]
    assert rouge == pytest.approx(ROUGE_EACH, abs=1e-7)


def test_prepared_references_and_ids_give_the_same() -> None:
    words = sorted({word for human in REFERENCES for text in human for word in text})
    number = {word: place for place, word in enumerate(words)}
    in_numbers = [[[number[word] for word in text] for text in human] for human in REFERENCES]
    scorer = CiderD(DocumentFrequencies.of(in_numbers))
    for candidate, human, expected in zip(CANDIDATES, in_numbers, CIDER_EACH, strict=True):
        ids = [number.get(word, -1) for word in candidate]
        assert scorer.score(ids, scorer.prepare(human)) == pytest.approx(expected, abs=1e-7)
        assert scorer.score(ids, human) == pytest.approx(expected, abs=1e-7)


def test_given_frequencies_outrank_those_of_the_references() -> None:
    nothing_seen = DocumentFrequencies({}, 1000)
    assert cider_d(CANDIDATES, REFERENCES, nothing_seen) != pytest.approx(CIDER, abs=0.01)
    # Each n-gram is as rare as any other, so a caption that is its own reference scores full.
    same = [[candidate] for candidate in CANDIDATES[:3]]
    assert cider_d(CANDIDATES[:3], same, nothing_seen) == pytest.approx(10.0)


def test_ngrams_are_counted_up_to_four() -> None:
    counts = ngrams(["a", "b", "a", "b", "c"])
    assert counts["a",] == 2
    assert counts["a", "b"] == 2
    assert counts["a", "b", "a", "b"] == 1
    assert max(len(ngram) for ngram in counts) == 4


def test_a_length_apart_costs_by_the_bell_curve() -> None:
    frequencies = DocumentFrequencies({}, 100)
    scorer = CiderD(frequencies)
    reference = ["a", "b", "c", "d", "e"]
    # The same n-grams once more would only be clipped; what differs is the length.
    twice = scorer.score(reference * 2, [reference])
    assert 0 < twice < scorer.score(reference, [reference]) * math.exp(-(5**2) / 72) + 1e-9


@pytest.mark.parametrize("words", [[], ["never", "heard"]])
def test_without_a_match_everything_is_nothing(words: list[str]) -> None:
    assert max(corpus_bleu([words], [REFERENCES[0]])) < 1e-3
    assert cider_d([words, CANDIDATES[1]], REFERENCES[:2]) < CIDER_EACH[1]
    assert CiderD(DocumentFrequencies.of(REFERENCES)).score(words, REFERENCES[0]) == 0
    assert rouge_l(words, REFERENCES[0]) == 0


def test_lists_of_other_lengths_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="shorter"):
        corpus_bleu(CANDIDATES, REFERENCES[:2])
    with pytest.raises(ValueError, match="shorter"):
        cider_d(CANDIDATES, REFERENCES[:2])
