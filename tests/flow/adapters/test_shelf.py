"""Adapters as folders: from a run to the shelf, named, removed, brought back, handed on."""

import shutil
from pathlib import Path

import pytest

from tests.flow.adapters.conftest import MakeRun, write_weights
from vlm_desktop import strings
from vlm_desktop.backends.adapters.folder import read_card
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.adapters import AdapterState, Wearer
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile, HomeNotWritable, ModelError
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.trainerrors import (
    AdapterDamaged,
    AdapterForeign,
    AdapterKnown,
    AdapterNameEmpty,
    AdapterNameTaken,
    AdaptersTooMany,
    AdapterUnknown,
    AdapterUnproven,
    AdapterWorn,
    NothingToCompare,
    RunDamaged,
    RunNotEnded,
    RunUnknown,
    StrengthWrong,
)
from vlm_desktop.base.training import (
    Example,
    Exchange,
    Interval,
    RunState,
    Split,
    StateChanged,
    Validated,
)
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.train import adapters
from vlm_desktop.engine.train.adapterfolders import AdapterFolders
from vlm_desktop.engine.train.adapternames import slug
from vlm_desktop.engine.train.adapters import Adapters
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.engine.train.wearing import Wearing
from vlm_desktop.engine.wornmodels import dressed_name, encoder_to_open, ids_with_each
from vlm_desktop.training.eventlog import append_event
from vlm_desktop.training.learners.protocol import ItemScore
from vlm_desktop.training.runfolder import RunFolder


class Desk:
    """Settings that can be changed, a search model that can be switched."""

    def __init__(self, home: Path, registry: Registry) -> None:
        self.settings = Settings(chat_model="small", search_model="small")
        self.vectors = "small"
        self.adopted: list[str] = []
        self.forgot: list[tuple[str, ...]] = []
        runs = Runs(home / "training" / "runs", lambda _: "3333")
        wearing = Wearing(
            registry, lambda: self.settings, self.change, self.adopt, lambda: self.vectors,
            Encoders(lambda _: None), self.forgot.append,  # type: ignore[arg-type, return-value]
        )  # fmt: skip
        self.shelf = Adapters(home, registry, runs, None, wearing, lambda: None)  # type: ignore[arg-type, return-value]

    def change(self, values):
        yield from ()
        self.settings = Settings(**{
            "chat_model": self.settings.chat_model, "search_model": self.settings.search_model,
            **values,
        })  # fmt: skip

    def adopt(self, model_id, cancel):
        del cancel
        self.adopted.append(model_id)
        self.vectors = model_id
        yield from self.change({"search_model": model_id})
        return model_id


@pytest.fixture
def desk(home: Path, registry: Registry, folders: AdapterFolders) -> Desk:
    del folders  # it has the check of weights replaced
    return Desk(home, registry)


def drive(verb):
    while True:
        try:
            next(verb)
        except StopIteration as end:
            return end.value


def put_on(desk: Desk, name: str, strength: float = 1.0):
    return drive(desk.shelf.use(name, CancelToken(), strength=strength))


# --- from a run ------------------------------------------------------------------------


def test_the_best_of_a_run_becomes_an_adapter_with_its_lineage(desk: Desk, make_run: MakeRun):
    run = make_run()
    info = desk.shelf.from_run("run-1", "Große Läden 店")
    assert info.state is AdapterState.SOUND
    assert info.name == "Große Läden 店"
    assert info.id == f"groe-laden-{info.sha256[:8]}"
    assert (info.base, info.base_revision, info.licence) == ("small", "3333", "MIT")
    assert (info.data, info.run) == ("d" * 64, "run-1")
    assert info.metrics["base"] == 0.1
    assert info.metrics["best blind"] == 0.2
    assert info.metrics["base general"] == 0.4
    assert info.recipe == run.recipe.read_text(encoding="utf-8")
    assert desk.shelf.all(verify=True) == (desk.shelf.get("GROSSE läden 店"),)
    with pytest.raises(AdapterKnown):
        desk.shelf.from_run("run-1", "again")


def test_another_checkpoint_is_taken_with_its_own_figures(desk: Desk, make_run: MakeRun):
    run = make_run()
    write_weights(run.weights_at(50), seed=5)
    append_event(run.events, Validated(50, 1.0, "cider", 1.0, Interval(0.3, 0.2, 0.4), False))
    append_event(run.events, StateChanged(90, 2.0, RunState.DONE))
    info = desk.shelf.from_run("run-1", "Earlier", step=50)
    assert info.metrics == {
        "base": 0.1, "base general": 0.4, "base low": 0.0, "base high": 0.2,
        "best": 0.3, "best low": 0.2, "best high": 0.4,
    }  # fmt: skip
    assert desk.shelf.from_run("run-1", "Best").sha256 != info.sha256
    with pytest.raises(RunDamaged):
        desk.shelf.from_run("run-1", "None", step=60)


def test_a_run_that_did_not_end_or_was_altered_is_none(desk: Desk, make_run: MakeRun):
    make_run("paused", RunState.PAUSED)
    with pytest.raises(RunNotEnded):
        desk.shelf.from_run("paused")
    altered = make_run("altered")
    write_weights(altered.best, seed=9)
    with pytest.raises(RunDamaged):
        desk.shelf.from_run("altered")
    bare = make_run("bare")
    bare.card.write_text("{}")
    with pytest.raises(RunDamaged):
        desk.shelf.from_run("bare")
    with pytest.raises(RunUnknown):
        desk.shelf.from_run("none")
    assert desk.shelf.all() == ()


# --- names, bin ------------------------------------------------------------------------


def test_names_are_unique_and_the_id_stays(desk: Desk, make_run: MakeRun):
    make_run("run-1")
    make_run("run-2", seed=1)
    first = desk.shelf.from_run("run-1", "Shop")
    with pytest.raises(AdapterNameTaken):
        desk.shelf.from_run("run-2", "SHOP")
    second = desk.shelf.from_run("run-2")
    assert second.name == "run-2"
    with pytest.raises(AdapterNameTaken):
        desk.shelf.rename("run-2", "shop")
    for empty in ("", " \n\u200b"):
        with pytest.raises(AdapterNameEmpty):
            desk.shelf.rename("run-2", empty)
    renamed = desk.shelf.rename("shop", "Grocery\tshop\udc80")
    assert renamed.name == "Grocery shop"
    assert renamed.id == first.id
    assert renamed.recipe == first.recipe
    assert desk.shelf.rename(first.id, "SHOP").name == "SHOP"
    assert slug("店") == "adapter"


def test_removing_is_undone_until_the_bin_is_emptied(desk: Desk, make_run: MakeRun):
    make_run()
    before = desk.shelf.from_run("run-1", "Shop")
    desk.shelf.remove("shop")
    assert desk.shelf.all() == ()
    assert desk.shelf.restore(before.id) == before
    desk.shelf.remove("shop")
    assert desk.shelf.purge() == 1
    for gone in (before.id, "../adapters", ""):
        with pytest.raises(AdapterUnknown):
            desk.shelf.restore(gone)


# --- bad days --------------------------------------------------------------------------


def test_states_say_what_is_wrong(desk: Desk, make_run: MakeRun, home: Path):
    make_run()
    info = desk.shelf.from_run("run-1", "Shop")
    model = home / "models" / "small" / "model.toml"
    plain = model.read_text()
    model.write_text(plain.replace("3333", "4444"))
    assert desk.shelf.get("shop").state is AdapterState.FOREIGN
    with pytest.raises(AdapterForeign) as caught:
        put_on(desk, "shop")
    assert "3333" in strings.sentence(caught.value)
    shutil.move(model, home / "away.toml")
    shutil.rmtree(model.parent)
    assert desk.shelf.get("shop").state is AdapterState.BASE_ABSENT
    with pytest.raises(ModelError):
        put_on(desk, "shop")
    model.parent.mkdir()
    model.write_text(plain)
    write_weights(info.folder, seed=5)
    assert desk.shelf.all()[0].state is AdapterState.SOUND, "same size: only reading tells"
    assert desk.shelf.all(verify=True)[0].state is AdapterState.DAMAGED
    with pytest.raises(AdapterDamaged):
        put_on(desk, "shop")
    (info.folder / "adapter.safetensors").unlink()
    assert desk.shelf.all()[0].state is AdapterState.DAMAGED
    (info.folder / "adapter.toml").write_text("metrics = 3\nname = 4\n")
    assert desk.shelf.all()[0].name == info.id
    assert desk.settings.chat_model == "small"


def test_a_home_that_refuses_writing_is_told(desk: Desk, make_run: MakeRun, home: Path):
    make_run()
    (home / "adapters").write_text("in the way")
    with pytest.raises(HomeNotWritable):
        desk.shelf.from_run("run-1")


def test_strangers_are_taken_in_once_checksum_and_base_are_right(
    desk: Desk, make_run: MakeRun, tmp_path: Path
):
    make_run()
    made = desk.shelf.from_run("run-1", "Shop")
    far = tmp_path / "far"
    shutil.copytree(made.folder, far)
    card = (far / "adapter.toml").read_text(encoding="utf-8")

    def with_card(old: str, new: str) -> None:
        assert old in card
        (far / "adapter.toml").write_text(card.replace(old, new), encoding="utf-8")

    with pytest.raises(AdapterKnown):
        desk.shelf.take_in(far)
    desk.shelf.remove("shop")
    with_card(made.sha256, "")
    with pytest.raises(AdapterUnproven):
        desk.shelf.take_in(far)
    with_card(made.sha256, "ab" * 32)
    with pytest.raises(BadInputFile, match="not those"):
        desk.shelf.take_in(far)
    with_card('base = "small"', 'base = "other"')
    with pytest.raises(ModelError):
        desk.shelf.take_in(far)
    with_card('"3333"', '""')
    with pytest.raises(AdapterForeign):
        desk.shelf.take_in(far)
    with_card('"Shop"', '"../../x\\u0007"')
    info = desk.shelf.take_in(far)
    assert info.name == "../../x"
    assert info.folder.parent == made.folder.parent
    assert read_card(info.folder).sha256 == made.sha256
    (far / "adapter_config.json").unlink()
    with pytest.raises(BadInputFile):
        desk.shelf.take_in(far, "Third")


# --- wearing ---------------------------------------------------------------------------


def test_two_are_worn_a_third_is_refused(desk: Desk, make_run: MakeRun):
    ids = []
    for number in range(3):
        make_run(f"run-{number}", seed=number)
        ids.append(desk.shelf.from_run(f"run-{number}", f"Shop {number}").id)
    put_on(desk, "shop 0", 0.5)
    put_on(desk, "shop 1", 1.5)
    put_on(desk, "shop 0", 0.8)
    wanted = sorted([f"{ids[0]}@0.8", f"{ids[1]}@1.5"])
    assert desk.settings.chat_model == "+".join(["small", *wanted])
    with pytest.raises(AdaptersTooMany) as caught:
        put_on(desk, "shop 2")
    assert "Shop 0" in strings.sentence(caught.value)
    for wrong in (1.6, -0.1, float("nan")):
        with pytest.raises(StrengthWrong):
            put_on(desk, "shop 0", wrong)
    with pytest.raises(AdapterWorn):
        desk.shelf.remove("shop 0")
    put_on(desk, "shop 0", 0)
    shutil.rmtree(desk.shelf.get("shop 1").folder)
    worn = drive(desk.shelf.take_off(ids[1], CancelToken()))
    assert worn.model_id == desk.settings.chat_model == "small"
    with pytest.raises(AdapterUnknown):
        drive(desk.shelf.take_off(ids[1], CancelToken()))


def test_search_wears_an_encoder_by_vectors_of_its_own_and_names_by_those_of_the_base(
    desk: Desk, make_run: MakeRun, registry: Registry
):
    make_run("run-1", kind="encoder")
    dogs = desk.shelf.from_run("run-1", "Dogs")
    names_run = make_run("run-2", kind="probe", seed=1)
    config = '{"peft_type": "NAMES", "target_modules": [], "names": ["brumaline"]}'
    (names_run.best / "adapter_config.json").write_text(config)
    names = desk.shelf.from_run("run-2", "Names")
    put_on(desk, "names")
    assert desk.adopted == [], "pictures have the vectors they had"
    wished = f"small+{names.id}@1"
    assert desk.settings.search_model == wished
    assert encoder_to_open(registry, wished, "small") == wished
    assert encoder_to_open(registry, wished, "other") == "other"
    put_on(desk, "dogs")
    assert desk.adopted == [f"small+{dogs.id}@1"]
    assert desk.forgot == [("small", f"small+{dogs.id}@1")], "all other vectors of adapters go"
    assert desk.settings.search_model == f"small+{dogs.id}@1+{names.id}@1"
    assert {one.wearer: len(one.adapters) for one in desk.shelf.worn()} == {
        Wearer.ANSWERS: 0,
        Wearer.SEARCH: 2,
    }
    shutil.rmtree(names.folder)
    assert encoder_to_open(registry, desk.settings.search_model, "small") == "small"
    drive(desk.shelf.take_off("dogs", CancelToken()))


def test_nothing_held_out_is_nothing_to_compare(desk: Desk, make_run: MakeRun):
    make_run()
    desk.shelf.from_run("run-1", "Shop")
    with pytest.raises(NothingToCompare):
        drive(desk.shelf.compare("shop", CancelToken()))


def test_another_adapter_stands_beside_only_where_it_was_taught_the_same(
    desk: Desk, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
):
    make_run()
    make_run("run-2", seed=1)
    make_run("run-3", seed=2, kind="encoder")
    for number, name in enumerate(("Shop", "Style", "Dogs"), 1):
        desk.shelf.from_run(f"run-{number}", name)
    seen = []

    def columns(recipe, examples, home, general, weights, cancel, others):
        del recipe, home, general, cancel
        yield from ()
        seen.append(([one.parent.name for one in weights], [one[1].name for one in others]))
        return "CIDEr", [
            [ItemScore(one.key, "", score, 1.0) for one in examples] for score in (0.1, 0.3, 0.2)
        ]

    monkeypatch.setattr(adapters, "resolve", lambda *_: columns)
    held = Example("k", "a.png", (Exchange("", "tea"),), split=Split.VALIDATION)
    monkeypatch.setattr(RunFolder, "read_examples", lambda *_: (held,))
    found = drive(desk.shelf.compare("shop", CancelToken(), beside=["style"]))
    assert [one.name for one in found.columns] == ["base", "Shop", "Style"]
    assert seen == [(["adapters"], [desk.shelf.get("style").id])]
    with pytest.raises(AdapterForeign):
        drive(desk.shelf.compare("shop", CancelToken(), beside=["dogs"]))


def test_models_are_listed_with_each_adapter_by_its_name(desk: Desk, make_run: MakeRun):
    make_run()
    make_run("run-2", seed=1, kind="encoder")
    shop = desk.shelf.from_run("run-1", "Shop")
    desk.shelf.from_run("run-2", "Dogs")
    assert shop.base_name == "Small"
    assert ids_with_each("small", desk.shelf.all()) == [f"small+{shop.id}@1"]
    put_on(desk, "shop", 0.5)
    (worn,) = ids_with_each("small", desk.shelf.all())
    assert worn == f"small+{shop.id}@0.5" == desk.settings.chat_model
    assert ids_with_each("other", desk.shelf.all()) == []
    names = {shop.id: "Shop"}
    assert dressed_name("Small", worn, names) == "Small + Shop (50 %)"
    assert dressed_name("Small", f"small+{shop.id}@1+gone@1.5", names) == (
        "Small + Shop + gone (150 %)"
    )
    assert dressed_name("Small", "small+shop@nine", names) == "Small"
