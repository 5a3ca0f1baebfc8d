"""Captions' scores beside those of the COCO caption evaluation itself.

pycocoevalcap is no dependency of the program or of its tests, since parts of it are not free to
give away; where somebody has installed it, these tests hold our numbers to its own. Its tokeniser
and its METEOR need Java.
"""

import importlib
import json
import random
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from vlm_desktop.backends.meteor import MeteorAbsence, MeteorCommand, find_meteor, meteor
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.captionscores import cider_d, corpus_bleu, rouge_l
from vlm_desktop.base.captiontokens import tokenise

WORDS = tuple("abcdefghijklmno")
METEOR = 0.33713095180693736
"""What pycocoevalcap 1.2 says of the two captions below."""


def _coco(module: str, name: str) -> Any:
    """A scorer of the original, made; skips where the package is not installed."""
    pytest.importorskip("pycocoevalcap", reason="pycocoevalcap is not installed")
    return getattr(importlib.import_module(f"pycocoevalcap.{module}"), name)()


def _java() -> None:
    if shutil.which("java") is None:
        pytest.skip("there is no Java runtime")


def _dev(shared_data: Path) -> list[list[str]]:
    lines = (shared_data / "flickr8k_224" / "captions.jsonl").read_text().splitlines()
    rows = map(json.loads, lines)
    return [row["captions"] for row in rows if row["split"] == "dev"]


def _random_corpus(seed: int) -> tuple[list[tuple[str, ...]], list[list[tuple[str, ...]]]]:
    draw = random.Random(seed)

    def caption(shortest: int) -> tuple[str, ...]:
        return tuple(draw.choices(WORDS, k=draw.randint(shortest, 12)))

    count = draw.randint(2, 20)
    human = [[caption(1) for _ in range(draw.randint(1, 5))] for _ in range(count)]
    return [caption(0) for _ in range(count)], human


def _compare(candidates: list[tuple[str, ...]], references: list[list[tuple[str, ...]]]) -> None:
    gts = {place: [" ".join(text) for text in human] for place, human in enumerate(references)}
    res = {place: [" ".join(text)] for place, text in enumerate(candidates)}
    bleu, _ = _coco("bleu.bleu", "Bleu").compute_score(gts, res, verbose=0)
    cider, _ = _coco("cider.cider", "Cider").compute_score(gts, res)
    _, rouge = _coco("rouge.rouge", "Rouge").compute_score(gts, res)
    assert corpus_bleu(candidates, references) == pytest.approx(tuple(bleu), abs=1e-9)
    assert cider_d(candidates, references) == pytest.approx(float(cider), abs=1e-9)
    ours = [rouge_l(*pair) for pair in zip(candidates, references, strict=True)]
    assert ours == pytest.approx([float(one) for one in rouge], abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_random_captions_score_the_same(seed: int) -> None:
    _compare(*_random_corpus(seed))


def test_real_captions_score_the_same(shared_data: Path) -> None:
    humans = [[tokenise(text) for text in captions] for captions in _dev(shared_data)]
    # A person's caption against those of others, every third one against the wrong picture's.
    candidates = [
        humans[place - 1][0] if place % 3 == 0 else captions[4]
        for place, captions in enumerate(humans)
    ]
    _compare(candidates, [captions[:4] for captions in humans])


def test_real_captions_split_into_the_same_tokens(shared_data: Path) -> None:
    _java()
    captions = _dev(shared_data)
    named = {place: [{"caption": text} for text in texts] for place, texts in enumerate(captions)}
    theirs = _coco("tokenizer.ptbtokenizer", "PTBTokenizer").tokenize(named)
    for place, texts in enumerate(captions):
        assert [" ".join(tokenise(text)) for text in texts] == theirs[place]


def test_meteor_is_that_of_the_coco_evaluation() -> None:
    _java()
    pytest.importorskip("pycocoevalcap", reason="pycocoevalcap is not installed")
    command = find_meteor()
    assert isinstance(command, MeteorCommand)
    candidates = ["a dog runs through the grass", "a man is riding a bike on a road"]
    references = [
        ["a brown dog is running through the tall grass", "a dog runs in a field of grass"],
        ["a man rides a bicycle down a road", "a cyclist on a mountain road"],
    ]
    score = meteor(
        command,
        [text.split() for text in candidates],
        [[text.split() for text in human] for human in references],
        CancelToken(),
    )
    assert score == pytest.approx(METEOR, abs=1e-9)


def test_a_meteor_that_does_not_run_is_no_number(tmp_path: Path) -> None:
    for java in (sys.executable, str(tmp_path / "nothing")):  # one that ends at once, and none
        command = MeteorCommand(java, tmp_path)
        assert meteor(command, [["a"]], [[["a"]]], CancelToken()) is MeteorAbsence.FAILED


def test_without_its_resources_there_is_no_meteor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vlm_desktop.backends.meteor._PACKAGE", "no_such_package_here")
    assert find_meteor() is MeteorAbsence.NO_RESOURCES
