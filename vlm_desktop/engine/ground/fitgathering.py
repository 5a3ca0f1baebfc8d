"""What the starter's finder is fitted on: photos looked at, with the phrases of their rows."""

from collections.abc import Generator

import numpy as np

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.events import Event, Phase, Progress, Quarantined
from vlm_desktop.base.types import Size
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.ground.cellmaps import look
from vlm_desktop.engine.ground.fitting import FitPhoto
from vlm_desktop.engine.ground.phraseheat import CellSight
from vlm_desktop.engine.ground.phraserows import PhraseRow, PhraseRows
from vlm_desktop.engine.ground.pictures import GroundPictures
from vlm_desktop.engine.ground.regionproposals import propose


def gather(
    rows: PhraseRows,
    pictures: GroundPictures,
    encoders: Encoders,
    model_id: str,
    cancel: CancelToken,
) -> Generator[Event, None, list[FitPhoto]]:
    """Look at every picture once; those that do not read are told and left out. All boxes of a
    noun are its objects, so each should have all of its rows. Raises ModelError, Cancelled."""
    by_image: dict[str, list[PhraseRow]] = {}
    for row in rows.rows:
        by_image.setdefault(row.image, []).append(row)
    found = []
    for done, (image, some) in enumerate(by_image.items()):
        yield Progress(Phase.EVALUATE, done, len(by_image))
        try:
            picture = pictures.load(some[0].path, cancel)
        except MediaRefused as refused:
            yield Quarantined(some[0].path, refused.reason, refused.detail)
            continue
        tower = encoders.cells(model_id)
        maps = look(tower, picture.pixels, cancel)
        sight = CellSight(encoders, model_id, tower, maps)
        nouns = list(dict.fromkeys(row.noun for row in some))
        texts = encoders.queries(model_id, nouns)
        signals = {noun: sight.signals(text) for noun, text in zip(nouns, texts, strict=True)}
        found.append(
            FitPhoto(image, maps, propose(picture.pixels), signals, _objects(some, picture.size))
        )
    return found


def _objects(rows: list[PhraseRow], size: Size) -> dict[str, np.ndarray]:
    """The boxes of each noun in shares of the picture [n, 4]."""
    found: dict[str, list[tuple[float, ...]]] = {}
    for row in rows:
        if row.box is not None:
            sides = (row.box.x0, row.box.y0, row.box.x1, row.box.y1)
            found.setdefault(row.noun, []).append(sides)
    scale = np.array([size.width, size.height, size.width, size.height])
    return {noun: np.array(boxes) / scale for noun, boxes in found.items()}
