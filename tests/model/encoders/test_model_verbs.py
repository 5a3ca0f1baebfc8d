"""The verbs over models: events while they run, frozen results, and cancelling."""

from typing import Any

import pytest

from vlm_desktop.backends.encoders.export import NEEDED
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, ModelBroken, ModelProtected
from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.engine.models import PRECISIONS, ModelShelf


def finish(verb: Any) -> tuple[list[Any], Any]:
    events = []
    while True:
        try:
            events.append(next(verb))
        except StopIteration as finished:
            return events, finished.value


def test_import_list_show_verify_and_remove(registry, pair_folder):
    shelf = ModelShelf(registry)
    _, card = finish(shelf.import_folder(pair_folder))
    _, cards = finish(shelf.list())
    assert [one.id for one in cards] == ["starter", "tiny", "shelved"]
    assert finish(shelf.show("tiny"))[1].path == card.path
    events, checked = finish(shelf.verify("tiny", CancelToken()))
    assert events[-1] == Progress(Phase.VERIFY, len(checked.files), len(checked.files))
    assert len(events) == len(checked.files) == 4
    assert {file.name for file in checked.files} >= {"image.onnx", "model.toml"}
    assert all(len(file.sha256) == 64 and file.size_bytes > 0 for file in checked.files)
    finish(shelf.remove("tiny"))
    assert [one.id for one in finish(shelf.list())[1]] == ["starter", "shelved"]


def test_verify_stops_at_the_altered_file_and_when_cancelled(registry, pair_folder):
    shelf = ModelShelf(registry)
    _, card = finish(shelf.import_folder(pair_folder))
    (card.path / "text.onnx").write_bytes(b"other")
    with pytest.raises(ModelBroken, match=r"text\.onnx"):
        finish(shelf.verify("tiny", CancelToken()))
    token = CancelToken()
    verb = shelf.verify("starter", token)
    next(verb)
    token.cancel()
    with pytest.raises(Cancelled):
        next(verb)


def test_the_bundled_model_stays(registry):
    with pytest.raises(ModelProtected):
        finish(ModelShelf(registry).remove("starter"))


def test_providers_name_every_one_with_a_reason(registry):
    _, choice = finish(ModelShelf(registry).providers())
    assert {trial.provider for trial in choice.trials} >= {"cuda", "cpu"}
    assert all(trial.rejection or trial.provider in choice.provider for trial in choice.trials)


def test_precisions_are_those_of_the_exporter():
    assert tuple(NEEDED) == PRECISIONS
