"""The readable model: odds, calibration, and the file it is read from."""

import math
import tomllib

import pytest

from vlm_desktop.base.documents import CauseKind, FieldSpec, FieldType
from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.documents.labels import wanted
from vlm_desktop.engine.documents.scorer import (
    KINDS,
    calibrated,
    causes,
    kind_of,
    odds,
    probability,
    weights_from,
    weights_of,
)


def test_options_share_one_softmax_with_silence() -> None:
    found = [probability(one) for (one,) in odds([[1.0], [0.0]])]
    whole = math.e + 1 + 1
    assert found == pytest.approx([math.e / whole, 1 / whole])


def test_very_sure_odds_stay_finite() -> None:
    assert all(math.isfinite(one) for (one,) in odds([[800.0], [-800.0]]))


def test_what_is_printed_often_is_no_likelier_and_no_rival_of_itself() -> None:
    ((once,),) = odds([[-1.0]])
    (often,) = odds([[-1.0, -1.0, -1.0]])
    assert often == pytest.approx([once] * 3)


def test_causes_add_up_to_the_calibrated_log_odds() -> None:
    weights = weights_from({"offset": -1.0, "label_right": 3.0, "calibration": [0.5, 0.2]})
    features = {"offset": 1.0, "label_right": 0.9}
    ((log_odds,),) = odds([[weights.score(features)]])
    told = causes(weights, features, log_odds, {CauseKind.LABEL: "Total"})
    assert sum(one.weight for one in told) == pytest.approx(calibrated(weights, log_odds), abs=0.1)
    assert told[0].detail == "Total"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_weights_and_a_calibration(kind: str) -> None:
    weights = weights_of(kind)
    assert weights.weights
    assert 0.1 <= weights.slope <= 2.0
    assert 0.0 < weights.least <= 0.5


def test_what_is_sure_to_help_never_speaks_against() -> None:
    text = (bundled("resources") / "documents" / "weights.toml").read_text(encoding="utf-8")
    for table in tomllib.loads(text).values():
        for name, weight in table.items():
            if name.startswith(("ocr_", "label_right", "label_inline", "label_below")):
                assert weight >= 0, name
            if name.startswith("row_"):
                assert weight <= 0, name


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        (FieldSpec("total", FieldType.AMOUNT), "total"),
        (FieldSpec("tax", FieldType.AMOUNT), "amount"),
        (FieldSpec("Date Sent"), "key"),
        (FieldSpec("advertiser", description="Who advertises"), "text"),
        (FieldSpec("vendor", description="The company that sold"), "name"),
        (FieldSpec("iban", FieldType.IBAN), "code"),
        (FieldSpec("order", FieldType.NUMBER), "number"),
        (FieldSpec("where", FieldType.ADDRESS), "address"),
        (FieldSpec("when", FieldType.DATE), "date"),
    ],
)
def test_a_field_has_its_kind(spec: FieldSpec, kind: str) -> None:
    assert kind_of(wanted(spec)) == kind
