"""From a region back to words: `services.ground.expressions`. For the lane "ground".

    naming.py     nouns that fit its pixels      referring.py   words that tell it from its rivals
    regioncolours.py   its colour, measured

Descriptions are sentences; a referring expression is the fewest words that find the region and
nothing else, and is told only after grounding found it so.
"""

import tomllib
from collections.abc import Callable, Generator, Mapping
from functools import lru_cache
from typing import Any

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatImage, GenerationOptions
from vlm_desktop.base.chaterrors import BadRegion
from vlm_desktop.base.events import Event
from vlm_desktop.base.grounding import (
    CLASSICAL,
    DescriptionLength,
    Expression,
    Grounded,
    GroundPicture,
    ObjectPrompt,
    Verdict,
)
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.types import Box
from vlm_desktop.engine.alttext import styles
from vlm_desktop.engine.alttext.writers import say
from vlm_desktop.engine.answering import Answerer
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.ground import spatial
from vlm_desktop.engine.ground.attributes import crop_of
from vlm_desktop.engine.ground.clauses import parsed
from vlm_desktop.engine.ground.masking import Masking
from vlm_desktop.engine.ground.naming import Naming
from vlm_desktop.engine.ground.phrases import Look, Phrases
from vlm_desktop.engine.ground.referring import ways_to_say
from vlm_desktop.engine.ground.regioncolours import RegionColours, region_colours

FOUND_AGAIN = 0.5
"""From this overlap on a region was found again."""
_LIKELY = 0.3
"""A noun with less than this share of the best one's probability is not tried: a finder that looks
with the same eyes finds the region by another thing's name, too."""
_MOST_TRIED = 24
_SHOWN = 3
_AROUND = 0.15
_TOKENS = {DescriptionLength.MEDIUM: 60, DescriptionLength.LONG: 160}
_MOST_COLOURS = 3
_NAMED_COLOUR = 0.3


class Expressions:
    """Describes regions and refers to them. English only. Any thread."""

    def __init__(
        self,
        phrases: Phrases,
        encoders: Encoders,
        search_model: Callable[[], str],
        masking: Masking,
        answerer: Callable[[], Answerer],
        chat_model: Callable[[], str],
    ) -> None:
        self._phrases = phrases
        self._masking = masking
        self._naming = Naming(encoders, search_model)
        self._answerer = answerer
        self._chat_model = chat_model

    def describe(
        self,
        picture: GroundPicture,
        region: Box | Mask,
        length: DescriptionLength,
        cancel: CancelToken,
    ) -> str:
        """Words for a region: "red cup"; a caption of it; or caption, colours and place.

        Captions are the chat model's; the short one needs the search model alone. Raises
        BadRegion, ModelError, Cancelled.
        """
        box, mask = self._place(picture, region, cancel)
        colours = region_colours(picture, box, mask)
        rows = _rows()
        if length is DescriptionLength.SHORT:
            (named,) = self._naming.names(picture, box, cancel, 1)
            colour = colours.main if named.has_colour else ""
            coloured = str(rows["say"]["coloured"])
            return coloured.format(colour=colour, noun=named.noun) if colour else named.noun
        caption = _sentence(_driven(self._caption(picture, box, length, cancel)))
        if length is DescriptionLength.MEDIUM:
            return caption
        return " ".join(filter(None, [caption, *_measured(picture, box, mask, colours)]))

    def refer(
        self,
        picture: GroundPicture,
        region: Box | Mask,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> tuple[Expression, ...]:
        """Phrases that find this region and no other, the shortest first.

        Each was grounded with the finder of `model_id`. Where none finds it alone, there are those
        that find others as well, the fewest `rivals` first; where none finds it, there is none.
        Raises BadRegion, ModelUnknown, ModelError, Cancelled.
        """
        box, mask = self._place(picture, region, cancel)
        colour = region_colours(picture, box, mask).main
        look = self._phrases.look(picture, cancel, model_id)
        tried: dict[str, Expression] = {}
        names = self._naming.names(picture, box, cancel)
        least = _LIKELY * names[0].probability
        for named in (one for one in names if one.probability >= least):
            rivals = _rivals(look, named.noun, box)
            said = colour if named.has_colour else ""
            for way in ways_to_say(named.noun, said, box, rivals, picture.size):
                if way not in tried and len(tried) < _MOST_TRIED:
                    cancel.raise_if_cancelled()
                    tried[way] = _tried(look, way, box)
                if way in tried and _proves(tried[way]):
                    break  # longer ways to say the same noun tell nothing more
        # Sorting is stable: of as many words, the likelier noun stays first.
        proven = sorted(filter(_proves, tried.values()), key=lambda one: len(one.text.split()))
        if proven:
            return tuple(proven)
        found = [one for one in tried.values() if one.overlap >= FOUND_AGAIN]
        return tuple(sorted(found, key=lambda one: one.rivals)[:_SHOWN])

    def _place(
        self, picture: GroundPicture, region: Box | Mask, cancel: CancelToken
    ) -> tuple[Box, Mask | None]:
        """The region's box within the picture, and its mask as well as it can be told."""
        mask = region if isinstance(region, Mask) else None
        box = region.box if isinstance(region, Mask) else region
        width, height = picture.size.width, picture.size.height
        if box is None or not (box.x0 < min(box.x1, width) and box.y0 < min(box.y1, height)):
            raise BadRegion(path=picture.path, width=width, height=height)
        box = Box(max(0.0, box.x0), max(0.0, box.y0), min(box.x1, width), min(box.y1, height))
        if box.x1 <= 0 or box.y1 <= 0:
            raise BadRegion(path=picture.path, width=width, height=height)
        if mask is None and min(spatial.width(box), spatial.height(box)) >= 2:
            made = self._masking.segment(picture, ObjectPrompt(box=box), cancel, model_id=CLASSICAL)
            mask = made.choices[made.best].mask if made.choices else None
        return box, mask

    def _caption(
        self, picture: GroundPicture, box: Box, length: DescriptionLength, cancel: CancelToken
    ) -> Generator[Event, None, str]:
        answerer, model_id = self._answerer(), self._chat_model()
        can, _ = answerer.about(model_id, cancel)
        ask = _rows()["ask"]
        key = "detail" if length is DescriptionLength.LONG else "sentence"
        if not (can.multi_turn and can.asks):
            key = "caption"
        name = f"{picture.content_hash}:{box.x0:g},{box.y0:g},{box.x1:g},{box.y1:g}"
        image = ChatImage(crop_of(picture, box, _AROUND), name)
        options = GenerationOptions(max_new_tokens=_TOKENS[length])
        prompt = styles.Prompt("", ask[key], 0)
        said = yield from say(answerer, model_id, can, prompt, image, options, cancel)
        return said.text


def _rivals(look: Look, noun: str, box: Box) -> list[Box]:
    """What else bears the noun."""
    there = [one.region.box for one in look.weigh(parsed(noun).thing).that_hold()]
    return [one for one in there if spatial.overlap(one, box) < FOUND_AGAIN]


def _tried(look: Look, way: str, box: Box) -> Expression:
    found: Grounded = look.ground(parsed(way))
    regions = found.regions if found.verdict in {Verdict.FOUND, Verdict.SEVERAL} else ()
    overlaps = [spatial.overlap(region.box, box) for region in regions]
    best = max(overlaps, default=0.0)
    return Expression(way, best, sum(one < FOUND_AGAIN for one in overlaps))


def _proves(one: Expression) -> bool:
    return one.overlap >= FOUND_AGAIN and one.rivals == 0


def _measured(
    picture: GroundPicture, box: Box, mask: Mask | None, colours: RegionColours
) -> list[str]:
    """Sentences about what was measured: colours, place, size."""
    rows = _rows()
    named = [name for name, share in colours.shares.items() if share >= _NAMED_COLOUR]
    found = []
    if named:
        found.append(str(rows["say"]["colours"]).format(colours=", ".join(named[:_MOST_COLOURS])))
    sides = " ".join(spatial.sides_of(box, picture.size))
    if sides:
        found.append(str(rows["say"]["place"]).format(place=rows["place"][sides]))
    area = spatial.area(box) if mask is None else float(mask.area)
    share = round(100 * area / max(1, picture.size.width * picture.size.height))
    found.append(str(rows["say"]["share"]).format(share=max(1, share)))
    return found


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _driven(verb: Generator[Event, None, str]) -> str:
    """Run a verb to its end; a single caption is told when it is whole."""
    while True:
        try:
            next(verb)
        except StopIteration as end:
            text: str = end.value
            return text


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, Any]:
    path = bundled("resources") / "grounding" / "descriptions.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
