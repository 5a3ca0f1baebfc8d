"""What the window reads of data sets and the library, beside whole sets."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.flow.training_data.conftest import done, example, read_of
from vlm_desktop.base.alttext import Decision
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.trainerrors import DataSetUnknown
from vlm_desktop.base.training import Example, ExampleKind, Exchange, Split
from vlm_desktop.base.trainingdata import OnHand, PhotoText, PhotoTextCount, SkipReason
from vlm_desktop.base.types import Box, PhotoChanges
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train import adapters
from vlm_desktop.engine.train.facade import Training


def _names(training: Training, set_id: int, **narrow: object) -> list[str]:
    keys = training.datasets.keys(set_id, **narrow)  # type: ignore[arg-type]
    by_key = {one.key: one for one in training.datasets.examples(set_id)}
    return [Path(by_key[key].image).stem for key in keys]


def test_keys_are_narrowed_by_what_examples_are(training: Training, shots: list[Path]) -> None:
    kept = training.datasets.create("Mine")
    red, green, blue, yellow = shots
    rows = (
        example(red, "Größe zählt", label="warm", source="jsonl: line 1"),
        example(green, split=Split.VALIDATION, source="jsonl"),
        replace(example(blue, "no"), kind=ExampleKind.QUESTION, source="jsonlines: 3"),
        example(yellow, label="warm", split=Split.LEFT_OUT, source="chat: answer 1"),
    )
    done(training.datasets.add(kept.id, read_of(*rows), CancelToken()))
    assert _names(training, kept.id) == ["red", "green", "blue", "yellow"]
    assert _names(training, kept.id, split=Split.VALIDATION) == ["green"]
    assert _names(training, kept.id, kind=ExampleKind.QUESTION) == ["blue"]
    assert _names(training, kept.id, label="warm") == ["red", "yellow"]
    assert _names(training, kept.id, label="warm", split=Split.TRAIN) == ["red"]
    assert _names(training, kept.id, source="jsonl") == ["red", "green"]
    assert _names(training, kept.id, words="GRÖSSE") == ["red"]
    assert _names(training, kept.id, words="warm yellow") == ["yellow"]
    assert _names(training, kept.id, words="green.jpg") == ["green"]
    with pytest.raises(DataSetUnknown):
        training.datasets.keys(kept.id + 1)


def test_examples_are_put_in_once_they_were_prepared(training: Training, shots: list[Path]) -> None:
    kept = training.datasets.create("Mine")
    prepared = done(training.datasets.prepare([example(one) for one in shots], CancelToken()))
    assert all(one.content and one.key for one in prepared)
    assert training.datasets.get(kept.id).examples == 0
    added = training.datasets.put(kept.id, prepared[:3])
    assert (added.added, added.known) == (3, 0)
    again = training.datasets.put(kept.id, prepared)
    assert (again.added, again.known) == (1, 3)
    training.datasets.apply(again.undo)
    assert training.datasets.get(kept.id).examples == 3


def test_a_planned_split_changes_nothing_until_it_is_applied(
    training: Training, filled: int
) -> None:
    plan = done(training.splits.plan(filled, CancelToken(), share=0.5))
    assert (plan.groups, plan.train, plan.validation) == (4, 2, 2)
    assert training.datasets.get(filled).validation == 0
    back = training.datasets.apply(plan.undo)
    assert training.datasets.get(filled).validation == 2
    training.datasets.apply(back)
    assert training.datasets.get(filled).validation == 0


def test_a_box_that_was_moved_is_said_anew(training: Training, shots: list[Path]) -> None:
    kept = training.datasets.create("Boxes")
    one = Example(
        "", str(shots[0]), (Exchange("cup", "[1, 2, 3, 4]"),), ExampleKind.BOX, box=Box(1, 2, 3, 4)
    )
    done(training.datasets.add(kept.id, read_of(one), CancelToken()))
    (there,) = training.datasets.examples(kept.id)
    training.datasets.edit(kept.id, there.key, replace(there, box=Box(5.2, 6, 7, 8)))
    (moved,) = training.datasets.examples(kept.id)
    assert moved.turns == (Exchange("cup", "[5, 6, 7, 8]"),)


def test_pictures_anywhere_are_taken_with_what_lies_beside_them(
    training: Training, shots: list[Path], tmp_path: Path
) -> None:
    shots[0].with_suffix(".txt").write_text("Its own text.\n", encoding="utf-8")
    note = tmp_path / "note.doc"
    note.write_text("x", encoding="utf-8")
    paths = [*shots[:2], tmp_path / "gone.png", note]
    read = done(training.sources.pictures(paths, CancelToken(), label="Rocky"))
    assert [one.turns[0].answer for one in read.examples] == ["Its own text.", "Rocky"]
    assert {one.label for one in read.examples} == {"Rocky"}
    assert [one.reason for one in read.skipped] == [
        SkipReason.PICTURE_ABSENT, SkipReason.NO_PICTURE
    ]  # fmt: skip
    whole = done(training.sources.pictures([shots[0].parent], CancelToken(), text="A square."))
    assert sorted(one.turns[0].answer for one in whole.examples) == [
        "A square.", "A square.", "A square.", "Its own text."
    ]  # fmt: skip
    bare = done(training.sources.pictures(paths[:2], CancelToken()))
    assert [one.reason for one in bare.skipped] == [SkipReason.NO_TEXT]


def test_own_texts_of_photos_are_counted(services: AppServices, shots: list[Path]) -> None:
    sources = services.training.sources
    assert sources.on_hand() == OnHand()
    done(services.index([shots[0].parent], CancelToken()))
    ids = [services.library.content_of(path) or 0 for path in shots]
    assert sources.photo_texts(ids) == ()
    done(services.photos.edit(ids[:1], PhotoChanges(caption="A caption"), CancelToken()))
    assert sources.photo_texts(ids) == (PhotoTextCount(PhotoText.CAPTION, 1),)
    _approve(services, shots[:2], "en", "A red square.")
    _approve(services, shots[:1], "de", "Ein rotes Quadrat.")
    found = sources.photo_texts(ids)
    assert [(one.own, one.language, one.count) for one in found[:2]] == [
        (PhotoText.APPROVED, "en", 2), (PhotoText.APPROVED, "de", 1)
    ]  # fmt: skip
    german = sources.photos(ids, own=PhotoText.APPROVED, language="de")
    assert [one.turns[0].answer for one in german.examples] == ["Ein rotes Quadrat."]
    assert len(german.skipped) == 3
    assert dict(sources.on_hand().alt_texts) == {"en": 2, "de": 1}


def _approve(services: AppServices, shots: list[Path], language: str, text: str) -> None:
    sets = services.alttext.sets
    made = sets.new_set(f"Set {language}")
    ids = done(sets.add_files(made.id, shots, CancelToken())).images
    done(sets.refresh(made.id, CancelToken()))
    for image_id in ids:
        sets.save_text(image_id, language, text)
    sets.decide(ids, Decision.INFORMATIVE)
    assert done(sets.approve(ids, language, CancelToken())).refused == ()


def test_what_a_base_says_and_what_an_adapter_makes_of_it(
    training: Training, shots: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [replace(example(one), key=one.stem) for one in shots[:2]]
    asked = []

    def columns(*said: object) -> Generator[Event, None, object]:
        asked.append(said)
        yield Progress(Phase.EVALUATE, 0, 1)
        column = [SimpleNamespace(answer=f"{one.key} said") for one in items]
        return "cider", (column, [SimpleNamespace(answer="tuned")] * 2)

    info = SimpleNamespace(folder=Path("adapter"))
    monkeypatch.setattr(training.adapters._folders, "usable", lambda _: info)
    monkeypatch.setattr(adapters, "recipe_in", lambda _: "recipe")
    monkeypatch.setattr(adapters, "resolve", lambda *_: columns)
    base, tuned = done(training.adapters.answers("Mine", items, CancelToken()))
    assert (base, tuned) == (("red said", "green said"), ("tuned", "tuned"))
    assert asked[0][1] == items
    assert asked[0][4] == [Path("adapter")]
