"""Where the starter looks: for a phrase, and for each word of its own caption.

`services.ground.looking`, for the lane "ground".
"""

from collections.abc import Callable

from vlm_desktop.backends.protocols import CaptionLooker
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatImage
from vlm_desktop.base.errors import ModelBroken
from vlm_desktop.base.grounding import GroundPicture, Heatmap, WordLook
from vlm_desktop.engine.ground.starterfinding import StarterFinder
from vlm_desktop.engine.residents import Residents


class Looking:
    """Any thread; models take turns. Nothing is loaded before it is asked."""

    def __init__(self, finder: StarterFinder, residents: Callable[[], Residents]) -> None:
        self._finder = finder
        self._residents = residents

    def heat(self, picture: GroundPicture, phrase: str, cancel: CancelToken) -> Heatmap:
        """How probable it is that each cell shows what the phrase names, 20x20 cells; they are
        those that boxes are chosen by. Raises ModelError, Cancelled."""
        return self._finder.heat(picture, phrase, cancel)

    def caption(self, picture: GroundPicture, cancel: CancelToken) -> tuple[WordLook, ...]:
        """The starter's caption, and for each word the attention of its decoder over the 7x7
        cells; the shares of a word sum to 1, and `strength` is how much more its best cell has
        than an even share would be. Raises ModelError, Cancelled."""
        model_id = self._finder.model_id
        image = ChatImage(picture.pixels, picture.content_hash)
        with self._residents().using(model_id, cancel) as model:
            if not isinstance(model, CaptionLooker):
                raise ModelBroken(model=model_id, detail="it does not say where it looks")
            looks = model.caption_looks(image, cancel)
        return tuple(
            WordLook(one.word, Heatmap(one.shares, float(one.shares.max() * one.shares.size)))
            for one in looks
        )
