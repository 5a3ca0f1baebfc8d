"""Which models wear which adapters: those that answer, and the one that answers searches.

What is worn is part of a model's id, "starter+shop@0.8", and so of the settings: answers, vectors
and caches made with it are known by that id, and nothing made with it is taken for the base's.
Models that answer change adapters where they lie in memory (`engine.residents`). Vectors of
pictures are made anew beside the old ones, which go on answering until all are there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vlm_desktop.backends.adapters.folder import worn_name
from vlm_desktop.backends.adapters.opening import split_worn
from vlm_desktop.base.adapters import (
    MOST_STRENGTH,
    MOST_WORN,
    AdapterInfo,
    Wearer,
    WornNow,
)
from vlm_desktop.base.trainerrors import AdaptersTooMany, StrengthWrong
from vlm_desktop.engine.wornmodels import encoder_to_open

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from vlm_desktop.backends.registry import Registry
    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.base.events import Event
    from vlm_desktop.base.settings import Settings, Value
    from vlm_desktop.engine.encoding import Encoders


class Wearing:
    """Puts adapters on and takes them off. Looking is quick; any thread."""

    def __init__(
        self,
        registry: Registry,
        settings: Callable[[], Settings],
        change: Callable[[Mapping[str, Value]], Generator[Event, None, object]],
        adopt: Callable[[str, CancelToken], Generator[Event, None, str]],
        search_model: Callable[[], str],
        encoders: Encoders,
        forget: Callable[[tuple[str, ...]], None],
    ) -> None:
        """`search_model` names the vectors that answer searches; `forget` deletes those of models
        with adapters but these."""
        self._registry = registry
        self._settings = settings
        self._change = change
        self._adopt = adopt
        self._search_model = search_model
        self._encoders = encoders
        self._forget = forget

    # --- looking -----------------------------------------------------------------------

    def now(self) -> tuple[WornNow, ...]:
        """What models that answer wear, and the search model."""
        found = []
        for wearer in Wearer:
            model_id = self._in_use(wearer)
            found.append(WornNow(wearer, model_id, _parts(model_id)[1]))
        return tuple(found)

    def strengths(self) -> dict[str, float]:
        """Strength by id of what is worn by any."""
        return {name: strength for one in self.now() for name, strength in one.adapters}

    def _in_use(self, wearer: Wearer) -> str:
        settings = self._settings()
        if wearer is Wearer.ANSWERS:
            return settings.chat_model
        return encoder_to_open(self._registry, settings.search_model, self._search_model())

    # --- changing ----------------------------------------------------------------------

    def put_on(
        self,
        info: AdapterInfo,
        strength: float,
        cancel: CancelToken,
        name_of: Callable[[str], str] = str,
    ) -> Generator[Event, None, WornNow]:
        """Wear an adapter beside what is worn, or with another strength; 0 takes it off. Where its
        base is not the model in use, that becomes the model in use. `name_of` gives the names that
        people know of adapters by their ids.

        Of Search it may take an indexing of all photos; the old model answers meanwhile, and what
        was done is kept when it is stopped. Raises StrengthWrong, AdaptersTooMany, and what
        `Switching.adopt` raises.
        """
        check_strength(strength)
        if strength == 0.0:
            return (yield from self.take_off(info.id, cancel))
        wearer = info.wearer
        base, parts = _parts(self._in_use(wearer))
        if base != info.base:
            base, parts = info.base, ()
        others = tuple(one for one in parts if one[0] != info.id)
        if len(others) >= MOST_WORN:
            names = ", ".join(name_of(adapter_id) for adapter_id, _ in others)
            raise AdaptersTooMany(most=MOST_WORN, worn=names)
        return (yield from self._wear(wearer, base, (*others, (info.id, strength)), cancel))

    def take_off(self, adapter_id: str, cancel: CancelToken) -> Generator[Event, None, WornNow]:
        """Take an adapter off whatever wears it, also one whose files are gone. Raises what
        `Switching.adopt` raises."""
        last = None
        for one in self.now():
            if any(name == adapter_id for name, _ in one.adapters):
                base, parts = _parts(one.model_id)
                left = tuple(part for part in parts if part[0] != adapter_id)
                last = yield from self._wear(one.wearer, base, left, cancel)
        return last or self.now()[0]

    def _wear(
        self,
        wearer: Wearer,
        base: str,
        parts: tuple[tuple[str, float], ...],
        cancel: CancelToken,
    ) -> Generator[Event, None, WornNow]:
        wanted = worn_name(base, parts)
        if wearer is Wearer.ANSWERS:
            yield from self._change({"chat_model": wanted})
        else:
            before, vectors = self._search_model(), self._registry.vectors_id(wanted)
            if vectors != before:
                yield from self._adopt(vectors, cancel)
                self._forget((before, vectors))  # the last one stays: going back is quick
                self._encoders.release(before)
            if self._settings().search_model != wanted:
                yield from self._change({"search_model": wanted})
            self._encoders.release(vectors)  # names that it knows may be others now
        return WornNow(wearer, wanted, parts)


def check_strength(strength: float) -> None:
    """Raises StrengthWrong."""
    if not (math.isfinite(strength) and 0.0 <= strength <= MOST_STRENGTH):
        raise StrengthWrong(strength=f"{strength:g}", most=MOST_STRENGTH)


def _parts(model_id: str) -> tuple[str, tuple[tuple[str, float], ...]]:
    try:
        return split_worn(model_id)
    except StrengthWrong:  # settings can be edited by hand
        return model_id.partition("+")[0], ()
