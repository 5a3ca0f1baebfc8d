"""The grammar of claims on what people really write: captions of Flickr8k."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from vlm_desktop.engine.alttext import englishwords as en
from vlm_desktop.engine.alttext.claims import split
from vlm_desktop.engine.alttext.rebuilding import strike
from vlm_desktop.engine.alttext.tagging import sentences

_UNSEEN = en.VIEW | en.MEDIA | en.GROUPS | en.NO_NOUNS


@pytest.fixture(scope="module")
def captions(shared_data: Path) -> list[str]:
    table = shared_data / "flickr8k_224" / "captions.jsonl"
    rows = [json.loads(line) for line in table.read_text(encoding="utf-8").splitlines()]
    return [row["captions"][number % 5] for number, row in enumerate(rows[::40])]


def test_nearly_every_noun_is_in_a_claim(captions: list[str]) -> None:
    nouns, covered, missed = 0, 0, Counter[str]()
    for caption in captions:
        claims = split(caption).claims
        for word in (one for some in sentences(caption) for one in some):
            if word.tag not in {"N", "P"} or word.low in _UNSEEN:
                continue
            nouns += 1
            within = any(one.start <= word.start and word.end <= one.end for one in claims)
            covered += within
            missed[word.low] += not within
    assert nouns > 500
    assert covered / nouns > 0.97, missed.most_common(10)


def test_claims_are_short_sentences_of_every_kind(captions: list[str]) -> None:
    kinds = Counter[str]()
    for caption in captions:
        for one in split(caption).claims:
            kinds[one.kind] += 1
            if one.kind != "other":
                assert re.fullmatch(r"[A-Z0-9].*[.]", one.text), one.text
                assert len(one.text.split()) <= 18, one.text
    assert {"object", "attribute", "number", "action", "relation", "place"} <= set(kinds)
    assert kinds["other"] < len(captions) / 30


_CUT_OFF = re.compile(r"\b(?:a|an|the|and|of|with) ?[.]?$")
_WRONG_ARTICLE = re.compile(r"\ba [aeio]\w+|\ban [bcdfgjklmnpqrstvwxyz]\w+")


def test_what_is_left_of_a_caption_is_tidy(captions: list[str]) -> None:
    struck, untidy = 0, []
    for caption in captions[::2]:
        ledger = split(caption)
        was = [(one.kind, one.text) for one in ledger.claims]
        for index, claim in enumerate(ledger.claims):
            left = strike(caption, ledger, [index])
            struck += 1
            assert len(left) <= len(caption) + 4
            assert "  " not in left or "  " in caption
            said = [(one.kind, one.text) for one in split(left).claims]
            still = said.count((claim.kind, claim.text)) >= was.count((claim.kind, claim.text))
            bad = _CUT_OFF.search(left) or _WRONG_ARTICLE.search(left)
            if still or (bad and not _WRONG_ARTICLE.search(caption)):
                untidy.append((caption, claim.text, left))
    assert struck > 400
    # People write "an are gallery" and the like; what the tagger misreads stays misread.
    assert len(untidy) / struck < 0.02, untidy[:10]
