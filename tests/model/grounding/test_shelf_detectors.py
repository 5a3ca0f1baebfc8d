"""A detector taken into the home folder, asked through the services and by the command."""

import json

import numpy as np
import pytest
from PIL import Image
from skimage import data

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.grounding import ObjectPrompt, Verdict
from vlm_desktop.cli.main import main
from vlm_desktop.compose import build_services


def finish(verb):
    while True:
        try:
            next(verb)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def services(home, tiny_folder):
    built = build_services(home)
    for name in ("clipseg", "grounding-dino", "git"):
        finish(built.models.import_folder(tiny_folder(name), name))
    yield built
    built.close()


@pytest.fixture(scope="module")
def photo(home):
    path = home / "astronaut.jpg"
    Image.fromarray(data.astronaut()).save(path)
    return path


def test_the_shelf_names_what_finds_phrases(services):
    assert {"clipseg", "grounding-dino"} == {card.id for card in services.ground.phrases.models()}


@pytest.mark.parametrize("model_id", ["clipseg", "grounding-dino"])
def test_each_phrase_has_an_answer_from_the_model(model_id, services, photo):
    picture = services.ground.pictures.load(photo, CancelToken())
    verb = services.ground.phrases.ground(
        picture, ["the woman", "a helmet"], CancelToken(), model_id=model_id
    )
    answers = finish(verb)
    assert [one.phrase for one in answers] == ["the woman", "a helmet"]
    for one in answers:
        assert one.model == model_id
        assert one.verdict in Verdict
        # Random weights say as much of a submarine, so nothing they box is believed.
        assert one.verdict is not Verdict.FOUND


def test_regions_lie_in_the_full_picture_and_can_be_outlined(services, photo):
    picture = services.ground.pictures.load(photo, CancelToken())
    finds = services.ground.models.detectors.finder("clipseg").find(picture, "woman", CancelToken())
    assert finds.heatmap is not None
    assert 0 <= finds.present <= 1
    for region in finds.regions:
        assert region.mask.size == picture.size
        made = services.ground.masks.segment(picture, ObjectPrompt(box=region.box), CancelToken())
        assert made.choices
        assert made.choices[0].mask.size == picture.size


def test_what_takes_memory_gives_it_back_to_models_that_answer(services, photo):
    picture = services.ground.pictures.load(photo, CancelToken())
    finder = services.ground.models.detectors.finder("clipseg")
    before = finder.find(picture, "woman", CancelToken())
    with services.residents.using("git", CancelToken()):
        assert services.residents.make_room("git"), "the detector was in memory"
        assert not services.residents.make_room("git")
    after = finder.find(picture, "woman", CancelToken())
    assert after.present == pytest.approx(before.present, abs=1e-5)


def test_the_command_asks_a_model_of_the_shelf(services, home, photo, capsys):
    del services  # they took the models in
    argv = ["--home", str(home), "--json", "ground", str(photo), "a dog", "--model", "clipseg"]
    assert main(argv, build_services) == 0
    (answer,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (answer["model"], answer["phrase"]) == ("clipseg", "a dog")
    assert answer["verdict"] in ("found", "several", "absent", "unsure")


def test_a_model_that_was_removed_is_not_asked_again(services, photo, tiny_folder):
    finish(services.models.import_folder(tiny_folder("clipseg"), "going"))
    picture = services.ground.pictures.load(photo, CancelToken())
    finish(services.ground.phrases.ground(picture, ["dog"], CancelToken(), model_id="going"))
    finish(services.models.remove("going"))
    with pytest.raises(AppError) as told:
        finish(services.ground.phrases.ground(picture, ["cat"], CancelToken(), model_id="going"))
    assert told.value.fields["model"] == "going"
    assert np.asarray(picture.pixels).any()


def test_what_bins_cost_is_printed_beside_the_figures(services, home, photo, capsys):
    del services
    rows = [
        {"image": photo.name, "phrase": "the woman", "box": [50, 10, 400, 500]},
        {"image": photo.name, "phrase": "the submarine", "box": None},
    ]
    table = photo.parent / "rows.jsonl"
    table.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    argv = ["--home", str(home), "--json", "evaluate", "grounding", str(table)]
    argv += ["--model", "clipseg", "--no-masks", "--bins", "10", "1000"]
    assert main(argv, build_services) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["model"] == "clipseg"
    assert report["no_target"] == 1
    few, many = report["quantisation"]
    assert (few["bins"], many["bins"]) == (10, 1000)
    assert few["overlaps"][0] < many["overlaps"][0]
    assert main([*argv[:2], *argv[3:]], build_services) == 0
    assert "bins a side" in capsys.readouterr().out


def test_an_installed_detector_takes_over_where_none_is_named(services, home, photo, capsys):
    assert services.ground.phrases.automatic() == "grounding-dino"
    argv = ["--home", str(home), "--json", "ground", str(photo), "a dog"]
    assert main(argv, build_services) == 0
    assert main([*argv, "--model", "starter"], build_services) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["model"] for one in answers] == ["grounding-dino", "starter"]


def test_a_detector_whose_files_were_changed_leaves_its_place(home, photo, tiny_folder, tmp_path):
    built = build_services(tmp_path)
    finish(built.models.import_folder(tiny_folder("grounding-dino"), "spoilt"))
    with (tmp_path / "models" / "spoilt" / "model.safetensors").open("ab") as file:
        file.write(b"more")
    picture = built.ground.pictures.load(photo, CancelToken())
    assert built.ground.phrases.automatic() == "spoilt"
    (answer,) = finish(built.ground.phrases.ground(picture, ["dog"], CancelToken()))
    assert answer.model == built.ground.phrases.automatic() == "starter"
    built.close()
