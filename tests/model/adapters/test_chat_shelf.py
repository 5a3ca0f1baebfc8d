"""Adapters of shelf models: from a run to the shelf, worn, swapped, merged, taken in, refused."""

import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from accelerate.state import AcceleratorState  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402
from skimage import data  # noqa: E402

from tests.model.chat.tiny.table import BUILDERS  # noqa: E402
from vlm_desktop.backends.adapters.folder import WEIGHTS, weights_hash  # noqa: E402
from vlm_desktop.backends.importing import copy_in, recognise  # noqa: E402
from vlm_desktop.base.adapters import AdapterState, Wearer  # noqa: E402
from vlm_desktop.base.cancel import CancelToken  # noqa: E402
from vlm_desktop.base.chat import (  # noqa: E402
    ChatImage,
    GenerationOptions,
    ImagePart,
    Message,
    Role,
)
from vlm_desktop.base.errors import BadInputFile  # noqa: E402
from vlm_desktop.base.trainerrors import AdapterForeign, QuantisedNotMerged  # noqa: E402
from vlm_desktop.base.training import Example, Exchange, RunState, Split, StateChanged  # noqa: E402
from vlm_desktop.compose import build_services  # noqa: E402
from vlm_desktop.engine.services import AppServices  # noqa: E402
from vlm_desktop.training.asking import Asked  # noqa: E402
from vlm_desktop.training.eventlog import EventLog, Teller  # noqa: E402
from vlm_desktop.training.loop import Ending  # noqa: E402
from vlm_desktop.training.runfolder import Command, RunFolder, write_whole  # noqa: E402
from vlm_desktop.training.spec import recipe_of, recipe_text  # noqa: E402
from vlm_desktop.training.worker import LEARNERS  # noqa: E402
from vlm_desktop.training.working import work  # noqa: E402

pytestmark = pytest.mark.model

SHOWN = {"chelsea": "a red dog", "coffee": "two boats"}
CAT = ChatImage(data.chelsea(), "cat")
ASKED = [Message(Role.USER, (ImagePart(0),))]


def drive(verb: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(verb)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models of one family and one of another way, as importing leaves them."""
    made, home = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("home-models")
    for name in ("internvl", "git"):
        BUILDERS[name](made / name)
        copy_in(recognise(made / name, name), made / name, home)
    return home


@pytest.fixture
def services(tmp_path: Path, models: Path) -> Iterator[AppServices]:
    shutil.copytree(models, tmp_path / "home" / "models")
    built = build_services(tmp_path / "home")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield built
    built.close()
    torch.set_num_threads(before)


def make_run(
    home: Path, name: str, model: str = "internvl", steps: int = 6, **method: Any
) -> RunFolder:
    """A frozen run over two photos."""
    recipe = recipe_of(
        {
            "model": {"id": model, "kind": "chat"},
            "method": {"rank": 2, "dropout": 0.1, **method},
            "run": {
                "steps": steps, "batch": 1, "accumulation": 1, "rate": 0.02, "evaluate_every": 0,
                "save_every": steps // 2, "threads": 1, "device": "cpu", "blind": "never",
            },
        },
        home,
    )  # fmt: skip
    run = RunFolder(home / "training" / "runs" / name)
    run.root.mkdir(parents=True)
    write_whole(run.recipe, recipe_text(recipe))
    examples = []
    for key, words in SHOWN.items():
        path = home / f"{key}.png"
        Image.fromarray(getattr(data, key)()).resize((120, 90)).save(path)
        turns = (Exchange("", words),)
        examples += [
            Example(f"{key} {split}", str(path), turns, split=split)
            for split in (Split.TRAIN, Split.VALIDATION)
        ]
    run.write_examples(run.data, examples)
    return run


class _Pausing(Teller):
    """Asks its run to pause once it told of so many steps."""

    def __init__(self, log: EventLog, run: RunFolder, after: int) -> None:
        super().__init__(log)
        self._run, self._after = run, after

    def __call__(self, kind: Any, **values: Any) -> None:
        super().__call__(kind, **values)
        if self.step == self._after:
            self._run.ask(Command.PAUSE)


def work_on(run: RunFolder, pause_after: int = -1) -> Ending:
    """Work on a run in this process, as its worker would."""
    AcceleratorState._reset_state(reset_partial_state=True)
    with EventLog(run.events) as log:
        tell = _Pausing(log, run, pause_after)
        ending = work(run, tell, Asked(run), LEARNERS)
        tell(StateChanged, state=ending.state)
    run.take_back()
    return ending


def said(services: AppServices, model_id: str) -> str:
    with services.residents.using(model_id, CancelToken()) as model:
        options = GenerationOptions(max_new_tokens=12)
        return str(drive(model.stream(ASKED, [CAT], options, CancelToken())).text)


def test_a_paused_run_goes_on_bit_for_bit_and_its_adapter_is_worn(
    services: AppServices, tmp_path: Path
):
    home = tmp_path / "home"
    straight, paused = make_run(home, "straight"), make_run(home, "paused")
    assert work_on(straight).state is RunState.DONE
    assert work_on(paused, pause_after=2).state is RunState.PAUSED
    assert work_on(paused).state is RunState.DONE
    for name in ("weights/adapter.safetensors", "optimiser.safetensors"):
        one, other = (
            load_file(run.checkpoints / "step-000006" / name) for run in (straight, paused)
        )
        assert one.keys() == other.keys()
        assert all(torch.equal(one[key], other[key]) for key in one)

    shelf = services.training.adapters
    info = shelf.from_run("straight", "Red dogs")
    assert (info.kind, info.base, info.state) == ("chat", "internvl", AdapterState.SOUND)
    base = said(services, "internvl")
    worn = drive(shelf.use("red dogs", CancelToken()))
    assert worn.wearer is Wearer.ANSWERS
    assert services.settings.chat_model == worn.model_id == f"internvl+{info.id}@1"
    tuned = said(services, worn.model_id)
    assert tuned != base
    with services.residents.using("internvl", CancelToken()) as first:
        pass
    with services.residents.using(worn.model_id, CancelToken()) as second:
        assert first is second
    assert said(services, "internvl") == base
    assert said(services, f"internvl+{info.id}@0") == base
    assert said(services, worn.model_id) == tuned
    assert [one.model_id for one in services.residents.loaded()] == ["internvl"]

    compared = drive(shelf.compare("red dogs", CancelToken()))
    assert len(compared.items) == len(SHOWN)


def test_merging_into_sixteen_bits_keeps_what_is_said(services: AppServices, tmp_path: Path):
    shelf = services.training.adapters
    # Sure of every word, and of the end: the rest of what random weights say tips at any rounding.
    run = make_run(tmp_path / "home", "sure", steps=60, targets=["language", "head"], rank=8)
    assert work_on(run).state is RunState.DONE
    info = shelf.from_run("sure")
    merged = drive(shelf.merge("sure", CancelToken()))
    assert sum(one.is_same for one in merged.replayed) >= 0.8 * len(merged.replayed) > 0
    assert said(services, merged.model_id) == said(services, f"internvl+{info.id}@1")
    state = load_file(merged.folder / "model.safetensors")
    assert {one.dtype for one in state.values()} == {torch.float16}
    card = drive(services.models.show(merged.model_id))
    assert card.name.endswith("+ sure")
    assert card.chat_family == "transformers-chat"
    drive(services.models.verify(merged.model_id, CancelToken()))
    assert not list(services.paths.models.glob(".merging*"))


def test_a_captioner_wears_two_at_once(services: AppServices, tmp_path: Path):
    home, shelf = tmp_path / "home", services.training.adapters
    for name, method in (("one", {}), ("two", {"targets": ["projector"]})):
        assert work_on(make_run(home, name, "git", **method)).state is RunState.DONE
        shelf.from_run(name)
    one, two = shelf.get("one"), shelf.get("two")
    drive(shelf.use("one", CancelToken(), strength=0.5))
    both = drive(shelf.use("two", CancelToken(), strength=1.5))
    assert dict(both.adapters) == {one.id: 0.5, two.id: 1.5}
    turned = f"git+{two.id}@1.5+{one.id}@0.5"
    base = said(services, "git")
    assert said(services, both.model_id) == said(services, turned)
    network = _network(services, both.model_id)
    active = {tuple(layer.active_adapters) for layer in network.modules()
              if hasattr(layer, "lora_A")}  # fmt: skip
    assert {len(names) for names in active} == {2}
    assert said(services, "git") == base


def _network(services: AppServices, model_id: str) -> Any:
    with services.residents.using(model_id, CancelToken()) as model:
        return model._model  # type: ignore[attr-defined]


def test_taking_in_checks_hash_shapes_and_base(services: AppServices, tmp_path: Path):
    home, shelf = tmp_path / "home", services.training.adapters
    assert work_on(make_run(home, "one")).state is RunState.DONE
    info = shelf.from_run("one")
    out = drive(shelf.export("one", tmp_path / "out", CancelToken())).folder
    shelf.remove("one")
    shelf.purge()
    again = shelf.take_in(out, "Again")
    assert again.sha256 == info.sha256 == weights_hash(out)
    base = said(services, "internvl")
    assert said(services, f"internvl+{again.id}@1") != base

    def changed(name: str, text: str, into: str) -> Path:
        folder = tmp_path / name
        shutil.copytree(out, folder)
        card = (folder / "adapter.toml").read_text()
        assert text in card
        (folder / "adapter.toml").write_text(card.replace(text, into))
        return folder

    with pytest.raises(AdapterForeign):
        shelf.take_in(changed("other", info.base_revision, "0" * 16))
    odd = changed("odd", 'name = "one"', 'name = "odd"')
    state = load_file(odd / WEIGHTS)
    key = next(one for one in state if one.endswith("lora_B.weight"))
    state[key] = state[key][:3].contiguous()
    save_file(state, odd / WEIGHTS)
    with pytest.raises(BadInputFile, match="adapter.toml names"):
        shelf.take_in(odd)
    card = (odd / "adapter.toml").read_text().replace(info.sha256, weights_hash(odd))
    (odd / "adapter.toml").write_text(card)
    with pytest.raises(BadInputFile, match="internvl|language_model"):
        shelf.take_in(odd)


def test_what_was_taught_on_four_bits_is_not_merged(services: AppServices, tmp_path: Path):
    home, shelf = tmp_path / "home", services.training.adapters
    run = make_run(home, "one")
    assert work_on(run).state is RunState.DONE
    text = run.recipe.read_text().replace("quantised = false", "quantised = true")
    write_whole(run.recipe, text)
    info = shelf.from_run("one")
    with pytest.raises(QuantisedNotMerged):
        drive(shelf.merge("one", CancelToken()))

    # One that spoils on the shelf leaves its base usable.
    base = said(services, "internvl")
    state = load_file(info.folder / WEIGHTS)
    save_file({name: one[:1].contiguous() for name, one in state.items()}, info.folder / WEIGHTS)
    with pytest.raises(BadInputFile):
        said(services, f"internvl+{info.id}@1")
    assert said(services, "internvl") == base
