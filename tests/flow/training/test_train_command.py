"""`vlm-desktop train`: start, follow, pause by Ctrl+C, resume, check."""

import json
import threading
import time
from pathlib import Path

import pytest

from tests.fakes import make_photo
from tests.flow.training.conftest import Cli
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.training.eventlog import read_events
from vlm_desktop.training.runfolder import Command, RunFolder

COLOURS = ("red", "green", "blue", "yellow", "grey")


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """A recipe beside its data, which it names relative to itself."""
    folder = tmp_path / "project"
    rows = []
    for at, colour in enumerate(COLOURS):
        make_photo(folder / "photos" / f"{colour}.jpg", "red", (64, 48), seed=at)
        rows.append({"image": f"photos/{colour}.jpg", "caption": f"This is {colour} number {at}."})
    (folder / "data.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    path = folder / "recipe.toml"
    path.write_text(
        '[model]\nid = "some"\nkind = "probe"\n[data]\nfile = "data.jsonl"\n[run]\nsteps = 5\n'
    )
    return path


def _run_of(home: Path) -> RunFolder:
    return RunFolder(next((home / "training" / "runs").iterdir()))


def test_a_run_is_told_as_json_lines_to_its_end(cli: Cli, recipe: Path, tmp_path: Path) -> None:
    code, out, err = cli("--json", "train", recipe)
    assert code == 0, err
    said = [json.loads(line) for line in out.splitlines()]
    assert [one["step"] for one in said if one["event"] == "StepDone"] == [1, 2, 3, 4, 5]
    assert said[-1]["event"] == "StateChanged"
    assert said[-1]["state"] == "done"
    run = _run_of(tmp_path / "home")
    frozen = run.read_examples(run.data)
    assert {Path(one.image).name for one in frozen} == {f"{one}.jpg" for one in COLOURS}
    assert all(one.key for one in frozen)


def test_for_people_it_is_sentences_on_stderr(cli: Cli, recipe: Path) -> None:
    code, out, err = cli("train", recipe)
    assert code == 0
    assert out == ""
    assert "Step 5 of 5: loss 1.0000" in err
    assert "The run is done." in err
    code, out, _ = cli("train", "list")
    assert code == 0
    assert "is done" in out
    assert "5 of 5" in out


def test_an_interrupt_pauses_and_says_how_to_go_on(
    cli: Cli, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe.write_text(recipe.read_text().replace("steps = 5", "steps = 200"))
    monkeypatch.setenv("STEP_SECONDS", "0.05")
    follow = Runs.follow

    def interrupted(self: Runs, *given: object) -> object:
        for number, event in enumerate(follow(self, *given)):  # type: ignore[arg-type]
            if number == 6:
                raise KeyboardInterrupt
            yield event

    monkeypatch.setattr(Runs, "follow", interrupted)
    code, _, err = cli("train", recipe)
    assert code == 130
    run = _run_of(tmp_path / "home")
    assert f"--resume {run.root.name}" in err
    assert "The run is paused." in err
    assert run.living_process() is None
    monkeypatch.undo()
    monkeypatch.setenv("STEP_SECONDS", "0.001")
    code, out, err = cli("--json", "train", "--resume", run.root.name)
    assert code == 0, err
    steps = [json.loads(line)["step"] for line in out.splitlines() if '"StepDone"' in line]
    assert steps[0] > 1, "only what is new is told"
    assert steps[-1] == 200


def test_other_commands_reach_a_run(
    cli: Cli, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe.write_text(recipe.read_text().replace("steps = 5", "steps = 100000"))
    monkeypatch.setenv("STEP_SECONDS", "0.02")
    code, out, err = cli("--json", "train", recipe, "--detach")
    assert code == 0, err
    name = json.loads(out)["run"]
    code, _, err = cli("train", "pause", name)
    assert code == 0, err
    run = _run_of(tmp_path / "home")
    assert read_events(run.events)[0][-1].state.value == "paused"  # type: ignore[attr-defined]
    code, _, err = cli("train", "pause", name)
    assert code == 1
    assert name in err
    cli("train", "--resume", name, "--detach")
    watcher = threading.Thread(target=_stop_soon, args=(run,))
    watcher.start()
    code, _, err = cli("train", "follow", name)
    watcher.join()
    assert code == 0
    assert "The run was stopped." in err
    assert cli("train", "remove", name)[0] == 0
    assert cli("train", "list")[1] == ""


def test_a_frozen_run_waits_for_whoever_launches_it(cli: Cli, recipe: Path) -> None:
    code, out, err = cli("--json", "train", "freeze", recipe)
    assert code == 0, err
    said = json.loads(out)
    assert "accelerate launch -m vlm_desktop train-worker" in err
    assert not RunFolder(Path(said["folder"])).process.exists()
    assert "is paused" in cli("train", "list")[1]
    code, out, _ = cli("--json", "train", "--resume", said["run"])
    assert code == 0
    assert json.loads(out.splitlines()[-1])["state"] == "done"


def _stop_soon(run: RunFolder) -> None:
    before = len(read_events(run.events)[0])
    while len(read_events(run.events)[0]) < before + 3:
        time.sleep(0.02)
    run.ask(Command.STOP)


def test_check_says_parts_memory_and_what_the_network_sees(cli: Cli, recipe: Path) -> None:
    code, out, err = cli("--json", "train", "check", recipe)
    assert code == 0, err
    said = json.loads(out)
    assert said["can_start"] is True
    assert said["data"]["train"] + said["data"]["validation"] == 5
    assert said["components"][1] == {"name": "adapter", "parameters": 50, "trainable": 50}
    memory = said["memory"]
    assert memory["corrected"] > memory["estimated"] > 0
    first = said["xray"][0]
    assert (first["tokens"], first["supervised"], first["image_tokens"]) == (2, 1, 1)
    assert first["learned"] == "red"
    long = [one for one in said["findings"] if one["code"] == "too-long"]
    assert [one["keys"] for one in long] == [[first["key"]]]
    assert "70 > 64" in long[0]["sentence"]
    assert "too-long" not in said["not_checked"]
    code, out, _ = cli("train", "check", recipe)
    assert code == 0
    assert "It can start: 9 steps of 2 examples." in out
    assert "6 x 4 pixels, 1 image tokens, 1 of 2 tokens learned" in out


def test_check_says_why_it_would_not_start(cli: Cli, recipe: Path) -> None:
    data = recipe.parent / "data.jsonl"
    whole = data.read_text()
    data.write_text(whole.replace("This is red number 0.", "mute"))
    code, out, _ = cli("train", "check", recipe)
    assert code == 1
    assert "It would not start: " in out
    data.write_text(whole.splitlines()[0])
    code, out, err = cli("--json", "train", "check", recipe)
    assert code == 1, err
    said = json.loads(out)
    assert not said["can_start"]
    assert said["refusal"].endswith(".")
    code, _, err = cli("train", recipe)
    assert code == 1
    assert err.strip().endswith(".")


def test_wrong_words_and_recipes_are_sentences(cli: Cli, recipe: Path, tmp_path: Path) -> None:
    assert cli("train")[0] == 2
    assert cli("train", "check")[0] == 1  # taken for a recipe of that name
    recipe.write_text(recipe.read_text().replace("steps", "stesp"))
    code, _, err = cli("train", recipe)
    assert code == 1
    assert "[run] stesp" in err
    code, _, err = cli("train", "--resume", "nobody")
    assert code == 1
    assert "nobody" in err
