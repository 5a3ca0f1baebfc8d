"""The claim ledger and the quiz with the models that ship."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from skimage import data

from tests.fakes import SignReader
from vlm_desktop.backends.chat.starter import StarterAssistant
from vlm_desktop.backends.encoders.onnx_dual import OnnxDualEncoder
from vlm_desktop.base.altchecks import ClaimState, EvidenceKind, Ledger
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.alttext.checking import Checker
from vlm_desktop.engine.answering import Answerer
from vlm_desktop.engine.chatpictures import PictureLoader
from vlm_desktop.engine.claimtruth import KnownPicture
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.residents import Budgets, Residents
from vlm_desktop.media.pool import DecodePool


@pytest.fixture
def cat(tmp_path: Path) -> Path:
    path = tmp_path / "cat.png"
    Image.fromarray(data.chelsea()).save(path)
    return path


@pytest.fixture
def checker() -> Iterator[Checker]:
    folder = bundled("models") / "starter"
    residents = Residents(
        lambda _: StarterAssistant(folder, model_id="starter", provider="cpu"),
        lambda: Budgets(10**9),
        lambda _: "",
    )
    encoders = Encoders(
        lambda _: OnnxDualEncoder(folder, model_id="starter", provider="cpu", threads=1)
    )
    pictures = PictureLoader(lambda: DecodePool(1, DecodeLimits()))
    answerer = Answerer(residents, SignReader)
    yield Checker(answerer, pictures, encoders, lambda: "starter", lambda: "starter")
    pictures.close()
    residents.close()
    encoders.close()


def _end(verb):
    while True:
        try:
            next(verb)
        except StopIteration as end:
            return end.value


def test_the_ledger_tells_a_cat_from_a_motorcycle(checker: Checker, cat: Path) -> None:
    text = "A cat. A red motorcycle on a beach."
    ledger: Ledger = _end(checker.ledger(cat, text, CancelToken(), samples=3))
    claims = {one.text: one for one in ledger.claims}
    there, absent = claims["There is a cat."], claims["There is a motorcycle."]
    assert there.state is ClaimState.SUPPORTED
    assert absent.state is ClaimState.DISPUTED
    assert claims["The motorcycle is on a beach."].state is not ClaimState.SUPPORTED

    def said(one) -> list[EvidenceKind]:
        return [piece.kind for piece in one.evidence]

    assert {EvidenceKind.SAMPLES, EvidenceKind.ANSWER} <= set(said(there)) & set(said(absent))
    height, width = data.chelsea().shape[:2]
    for one in ledger.claims:
        for box in (piece.box for piece in one.evidence if piece.box):
            assert 0 <= box.x0 < box.x1 <= width
            assert 0 <= box.y0 < box.y1 <= height


def test_the_quiz_finds_what_an_empty_phrase_leaves_out(checker: Checker, cat: Path) -> None:
    good = _end(checker.quiz(cat, "A cat.", "", CancelToken()))
    poor = _end(checker.quiz(cat, "My favourite.", "", CancelToken()))
    assert good.by_rules
    assert good.model_id == "starter"
    assert [line.question for line in good.lines] == [line.question for line in poor.lines]
    assert len(good.not_conveyed) < len(poor.not_conveyed)


def test_what_people_said_is_measured(checker: Checker, cat: Path) -> None:
    pictures = [
        KnownPicture("a", cat, ("A brown cat looks at something.",), ("cat",), {"cat": 1}),
        KnownPicture("b", cat.with_name("gone.png"), ("A red bus on a street.",), ("bus",), {}),
    ]
    report = _end(checker.measure(pictures, CancelToken(), samples=2))
    assert report.pictures == 1
    assert report.unreadable == 1
    truths = {(one.source, one.text): one.truth for one in report.judged}
    assert truths["own", "There is a cat."]
    assert not truths["other", "There is a bus."]
    assert report.figures["captions", ""].claims == len(
        [one for one in report.judged if one.source in {"own", "other"}]
    )
