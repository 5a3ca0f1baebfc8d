"""A loaded network: its decoder, what runs its image tower, and what both remember."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vlm_desktop.backends.adapters.folder import Worn
from vlm_desktop.backends.chat.families import ChatFamily
from vlm_desktop.backends.chat.featurecache import FeatureCache
from vlm_desktop.backends.chat.loading import Loaded, first_line
from vlm_desktop.backends.chat.onnxvision import OnnxVision
from vlm_desktop.backends.chat.parts import PROJECTOR, VISION, part_of
from vlm_desktop.backends.chat.pictures import Prepared
from vlm_desktop.backends.chat.prefixcache import PrefixCache
from vlm_desktop.backends.chat.vision import Features, check_places, look_at
from vlm_desktop.backends.late import resolve

LAYERS = "vlm_desktop.backends.adapters.layers:LayerWardrobe"


class ChatNetwork:
    """The weights of one model on their device. Not thread-safe."""

    def __init__(
        self,
        model_id: str,
        family: ChatFamily,
        loaded: Loaded,
        image_token: int,
        cache_folder: Path | None,
        revision: str,
    ) -> None:
        self._id = model_id
        self.model = loaded.model
        self.reasons = list(loaded.passed_over)
        """Why better ways to run it were passed over, for `doctor` and reports."""
        self.prefix = PrefixCache(
            loaded.model.config, image_token, reuse=family.reuse,
            fresh_pictures=family.fresh_pictures,
        )  # fmt: skip
        self.cache = FeatureCache(cache_folder)
        self._graph: OnnxVision | None = None
        self._name = f"{model_id}|{revision}|{loaded.plan.precision}"
        self._dress = Dress(loaded.model)

    @property
    def vision(self) -> str:
        """What runs the image tower: "onnx" or "torch"."""
        return "torch" if self._graph is None else "onnx"

    def use_graph(self, folder: Path, revision: str, *, wanted: str, threads: int) -> None:
        """Let ONNX Runtime run the image tower, where its graph is there and no slower place."""
        try:
            graph = OnnxVision(folder, revision, wanted=wanted, threads=threads)
        except ValueError as error:
            self.reasons.append(f"ONNX: {first_line(error)}")
            return
        device = str(self.model.device.type)
        if device != "cpu" and graph.provider == "cpu":
            self.reasons.append(f"ONNX: it has no {device} here, PyTorch has")
            return
        self._graph = graph

    def wear(self, worn: Sequence[Worn]) -> None:
        """See `WearsAdapters`. What was read with others on is dropped; what was seen only where
        these change what is seen."""
        seen_with = self._dress.seen_with
        self._dress.put_on(worn)
        self.prefix.forget()
        if self._dress.seen_with != seen_with:
            self.cache.forget()

    @property
    def seen_with(self) -> str:
        """The adapters that pictures are looked at with; "" where these see as the base does."""
        return self._dress.seen_with

    def features(self, picture: Prepared, adapter: str) -> tuple[Features, bool]:
        """What stands for a picture, and whether the tower had to run for it.

        Raises `ModelBroken` when there are not as many features as places for them.
        """
        name = f"{self._name}|{self.vision}|{picture.key}|{adapter}" if picture.key else ""
        known = self.cache.get(name) if name else None
        if known is not None and known.places == picture.tokens:
            return known.to(self.model.device), False
        seen = self._look_at(picture)
        check_places(self._id, picture, seen)
        if name:
            self.cache.put(name, seen)
        return seen.to(self.model.device), True

    def forget(self) -> None:
        """Drop what takes memory beside the weights."""
        self.prefix.forget()
        self.cache.forget()

    def _look_at(self, picture: Prepared) -> Features:
        if self._graph is not None and not self.seen_with:
            try:
                seen = self._graph.look_at(picture)
                if seen is not None:
                    return seen
            except ValueError as error:
                self.reasons.append(f"ONNX: {first_line(error)}")
                self._graph = None
        return look_at(self.model, picture)


class Dress:
    """The adapters that a network wears. `seen_with` names those that change its image tower."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._wardrobe: Any = None
        self.seen_with = ""

    def put_on(self, worn: Sequence[Worn]) -> None:
        """Wear these alone. Raises `BadInputFile`, and then what was on stays on."""
        if self._wardrobe is None:
            if not worn:
                return
            self._wardrobe = resolve(LAYERS, "using an adapter")(self._model)
        self._wardrobe.wear(worn)
        parts = {part_of(name) for name in self._wardrobe.modules(worn)}
        looks = bool(parts & {VISION, PROJECTOR})
        self.seen_with = "+".join(f"{one.folder.name}@{one.strength:.4g}" for one in worn) * looks


def end_tokens(model: Any, tokenizer: Any, family: ChatFamily) -> frozenset[int]:
    """Every token that ends an answer: the model's, the tokenizer's and the family's."""
    own = getattr(model.generation_config, "eos_token_id", None)
    ids = {*(own if isinstance(own, list) else [own]), tokenizer.eos_token_id}
    ids |= {tokenizer.convert_tokens_to_ids(word) for word in family.stop_words}
    return frozenset(one for one in ids if isinstance(one, int) and one != tokenizer.unk_token_id)
