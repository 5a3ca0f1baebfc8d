"""Models in memory that wear adapters: loaded once, dressed for each turn."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fakes import FakeChatModel
from vlm_desktop.backends.adapters.folder import Worn
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile, ModelUnsupported
from vlm_desktop.engine.residents import Budgets, Residents


class Dressed(FakeChatModel):
    """Wears what it is given, but nothing called "torn"."""

    def __init__(self) -> None:
        super().__init__("starter")
        self.on: tuple[Worn, ...] = ()
        self.swaps = 0

    def wear(self, worn: Sequence[Worn]) -> None:
        self.on = tuple(worn)
        self.swaps += 1
        if self.is_loaded:
            self._fit()

    def load(self) -> None:
        super().load()
        self._fit()

    def _fit(self) -> None:
        for one in self.on:
            if one.folder.name == "torn":
                raise BadInputFile(path=one.folder, line=None, detail="it does not fit")


def worn(model_id: str) -> tuple[Worn, ...]:
    parts = (part.split("@") for part in model_id.split("+")[1:])
    return tuple(Worn(Path(name), float(strength)) for name, strength in parts)


def residents(model: FakeChatModel) -> Residents:
    return Residents(lambda _: model, lambda: Budgets(10_000), lambda _: "", worn)


def use(held: Residents, model_id: str) -> None:
    with held.using(model_id, CancelToken()):
        pass


def test_adapters_are_swapped_and_the_base_is_loaded_once():
    model = Dressed()
    held = residents(model)
    for model_id in ("starter", "starter+shop@1", "starter+shop@1", "starter+shop@0.5", "starter"):
        with held.using(model_id, CancelToken()):
            assert model.on == worn(model_id)
    assert (model.loads, model.swaps) == (1, 3)
    assert held.has("starter+other@1")
    assert [one.model_id for one in held.loaded()] == ["starter"]
    with held.using("starter+shop@1", CancelToken(), load=False):
        assert model.on == (), "looking at a model changes nothing"
    held.close()


def test_what_is_opened_anew_is_dressed_anew():
    model = Dressed()
    held = residents(model)
    use(held, "starter+shop@1")
    held.renew_later()
    model.on = ()
    use(held, "starter+shop@1")
    assert model.on == worn("starter+shop@1")
    with held.using("starter+shop@1", CancelToken()):
        held.begin_anew("starter+shop@1")
        assert held.has("starter")
        held.drop("starter+shop@1")
        assert not held.has("starter")
    held.close()


@pytest.mark.parametrize("first", ["starter", "starter+torn@1"])
def test_what_does_not_fit_leaves_the_base(first: str):
    model = Dressed()
    held = residents(model)
    for model_id in (first, "starter+torn@1"):
        if "torn" in model_id:
            with pytest.raises(BadInputFile):
                use(held, model_id)
        else:
            use(held, model_id)
    use(held, "starter")
    assert model.on == ()
    use(held, "starter+shop@1")
    assert model.on == worn("starter+shop@1")
    held.close()


def test_a_model_that_wears_nothing_says_so():
    held = residents(FakeChatModel("starter"))
    use(held, "starter")
    with pytest.raises(ModelUnsupported):
        use(held, "starter+shop@1")
    held.close()
