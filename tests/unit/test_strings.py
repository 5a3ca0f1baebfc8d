"""Every code that can reach a person has its sentence, and every sentence fills in."""

from pathlib import Path

import pytest

from vlm_desktop import strings
from vlm_desktop.backends.reports import Rejection
from vlm_desktop.base import errors
from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.events import Phase
from vlm_desktop.base.types import Verdict


def test_every_code_has_a_sentence() -> None:
    assert set(strings.REFUSAL_SENTENCES) == set(Refusal)
    assert set(strings.REJECTIONS) == {one.value for one in Rejection}
    assert set(strings.PHASES) == set(Phase)


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        (errors.BadInputFile(path=Path("a.txt"), line=3, detail="bad"), ("a.txt, line 3,", "bad")),
        (errors.BadInputFile(path=Path("a.txt"), line=None, detail="bad"), ("a.txt cannot",)),
        (
            errors.MediaRefused(path=Path("x.jpg"), reason=Refusal.TOO_SLOW, detail="20 s"),
            ("x.jpg", "longer than one file may take (20 s)"),
        ),
        (errors.DatabaseCorrupt(path=Path("l"), copy=None, detail="d"), ("damaged",)),
        (
            errors.ExportRefused(model="m", precision="fp16", cosine=0.5, needed=0.999),
            ("fp16", "0.5", "0.999"),
        ),
    ],
)
def test_sentences_name_what_happened(error: errors.AppError, parts: tuple[str, ...]) -> None:
    said = strings.sentence(error)
    assert all(part in said for part in parts)
    assert "{" not in said
    assert said.endswith(".")


def test_verdicts_count() -> None:
    assert strings.verdict(Verdict.NONE, 0, 0) == "Nothing here matches."
    assert strings.verdict(Verdict.LIKELY, 1_234, 61) == "1,234 likely, 61 possible."
