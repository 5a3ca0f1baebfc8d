"""Captions against human captions: BLEU, CIDEr-D and ROUGE-L over tokens.

The numbers equal those of the COCO caption evaluation (Chen et al. 2015, arXiv:1504.00325;
packaged as pycocoevalcap) on the same tokens; `captiontokens.tokenise` makes its tokens. Scores
here are on the scale of that code: BLEU and ROUGE-L 0..1, CIDEr-D 0..10. Papers print all of them
times 100.

Pure and thread-safe, so training can use them too. A token is anything hashable: words, or ids.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Tokens: TypeAlias = Sequence[Hashable]
Ngram: TypeAlias = tuple[Hashable, ...]

ORDERS = 4
"""n-grams of 1 to 4 tokens."""

_SIGMA = 6.0
_CIDER_SCALE = 10.0
_ROUGE_BETA = 1.2
# Kept from the COCO code, so that a score without any match is the same number there and here.
_TINY = 1e-15
_SMALL = 1e-9


def ngrams(tokens: Tokens) -> Counter[Ngram]:
    """How often each n-gram of 1 to 4 tokens occurs."""
    words = tuple(tokens)
    return Counter(
        words[start : start + order]
        for order in range(1, ORDERS + 1)
        for start in range(len(words) - order + 1)
    )


def corpus_bleu(
    candidates: Sequence[Tokens], references: Sequence[Sequence[Tokens]]
) -> tuple[float, float, float, float]:
    """BLEU-1 to BLEU-4 of a whole corpus (Papineni et al. 2002), 0..1.

    Counts are summed before the precisions are taken; the brevity penalty compares with the
    reference closest in length, the shorter one of two. `references` holds one or more per
    candidate.
    """
    guessed, correct = [0] * ORDERS, [0] * ORDERS
    length = reference_length = 0
    for candidate, human in zip(candidates, references, strict=True):
        most: dict[Ngram, int] = {}
        for caption in human:
            for ngram, count in ngrams(caption).items():
                most[ngram] = max(count, most.get(ngram, 0))
        for ngram, count in ngrams(candidate).items():
            guessed[len(ngram) - 1] += count
            correct[len(ngram) - 1] += min(count, most.get(ngram, 0))
        length += len(candidate)
        reference_length += _closest(len(candidate), human)
    ratio = (length + _TINY) / (reference_length + _SMALL)
    brevity = math.exp(1 - 1 / ratio) if ratio < 1 else 1.0
    product, scores = 1.0, []
    for order in range(ORDERS):
        product *= (correct[order] + _TINY) / (guessed[order] + _SMALL)
        scores.append(product ** (1 / (order + 1)) * brevity)
    return scores[0], scores[1], scores[2], scores[3]


def _closest(length: int, references: Sequence[Tokens]) -> int:
    return min((abs(len(caption) - length), len(caption)) for caption in references)[1]


@dataclass(frozen=True, slots=True)
class DocumentFrequencies:
    """In how many documents each n-gram occurs; a document is all human captions of a picture."""

    counts: Mapping[Ngram, int]
    documents: int

    @classmethod
    def of(cls, references: Iterable[Iterable[Tokens]]) -> "DocumentFrequencies":
        """Count over the human captions of each picture."""
        counts: Counter[Ngram] = Counter()
        documents = 0
        for human in references:
            documents += 1
            counts.update({ngram for caption in human for ngram in ngrams(caption)})
        return cls(counts, documents)


@dataclass(frozen=True, slots=True)
class WeightedCaption:
    """A caption's n-grams with their TF-IDF weights, the norm of each order, and its length.

    The length counts pairs of tokens, as the COCO code does.
    """

    weights: Mapping[Ngram, float]
    norms: tuple[float, ...]
    length: int


class CiderD:
    """CIDEr-D (Vedantam et al. 2015, arXiv:1411.5726) against given document frequencies.

    Prepare the references of a picture once and score many candidates with them: that makes some
    ten thousand scores a second.
    """

    def __init__(self, frequencies: DocumentFrequencies) -> None:
        log_documents = math.log(max(frequencies.documents, 1))
        self._unseen = log_documents
        self._rarity = {
            ngram: log_documents - math.log(max(count, 1))
            for ngram, count in frequencies.counts.items()
        }

    def prepare(self, references: Iterable[Tokens]) -> tuple[WeightedCaption, ...]:
        """Weigh the human captions of one picture, for `score`."""
        return tuple(self._weigh(caption) for caption in references)

    def score(
        self, candidate: Tokens, references: Sequence[Tokens] | Sequence[WeightedCaption]
    ) -> float:
        """One candidate against one or more references, prepared or not; 0..10."""
        own = self._weigh(candidate)
        total = 0.0
        for reference in references:
            other = reference if isinstance(reference, WeightedCaption) else self._weigh(reference)
            total += _similarity(own, other)
        return _CIDER_SCALE * total / ORDERS / len(references)

    def _weigh(self, tokens: Tokens) -> WeightedCaption:
        weights: dict[Ngram, float] = {}
        squares = [0.0] * ORDERS
        for ngram, count in ngrams(tokens).items():
            weight = count * self._rarity.get(ngram, self._unseen)
            weights[ngram] = weight
            squares[len(ngram) - 1] += weight * weight
        norms = tuple(math.sqrt(square) for square in squares)
        return WeightedCaption(weights, norms, max(len(tokens) - 1, 0))


def _similarity(candidate: WeightedCaption, reference: WeightedCaption) -> float:
    """Clipped cosine of each order, summed, less for a difference in length."""
    shared = [0.0] * ORDERS
    theirs = reference.weights
    for ngram, weight in candidate.weights.items():
        other = theirs.get(ngram)
        if other is not None:
            shared[len(ngram) - 1] += min(weight, other) * other
    total = 0.0
    for part, own, other_norm in zip(shared, candidate.norms, reference.norms, strict=True):
        if own and other_norm:
            total += part / (own * other_norm)
    apart = candidate.length - reference.length
    return total * math.exp(-(apart**2) / (2 * _SIGMA**2))


def cider_d(
    candidates: Sequence[Tokens],
    references: Sequence[Sequence[Tokens]],
    frequencies: DocumentFrequencies | None = None,
) -> float:
    """Mean CIDEr-D of a corpus, 0..10. Without `frequencies` they are its references' own."""
    scorer = CiderD(frequencies or DocumentFrequencies.of(references))
    scores = [
        scorer.score(candidate, human)
        for candidate, human in zip(candidates, references, strict=True)
    ]
    return math.fsum(scores) / len(scores)


def rouge_l(candidate: Tokens, references: Sequence[Tokens]) -> float:
    """ROUGE-L (Lin and Och 2004) of one candidate, 0..1.

    The longest common subsequence, best precision and best recall over the references, weighed
    with beta 1.2. Without tokens it stands as one empty token, as the COCO code has it.
    """
    own = tuple(candidate) or ("",)
    precision = recall = 0.0
    for caption in references:
        other = tuple(caption) or ("",)
        common = _common_length(own, other)
        precision = max(precision, common / len(own))
        recall = max(recall, common / len(other))
    if not precision or not recall:
        return 0.0
    square = _ROUGE_BETA**2
    return (1 + square) * precision * recall / (recall + square * precision)


def _common_length(one: Tokens, other: Tokens) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for token in one:
        diagonal = 0
        for place, against in enumerate(other, start=1):
            above = row[place]
            row[place] = diagonal + 1 if token == against else max(above, row[place - 1])
            diagonal = above
    return row[-1]
