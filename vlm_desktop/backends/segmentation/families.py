"""What sets each family of promptable segmenters apart, as data. Importing this loads no network.

A family is one row; `PromptableModel` runs them all.
"""

from dataclasses import dataclass

PADDED, STRETCHED = "padded", "stretched"


@dataclass(frozen=True, slots=True)
class MaskFamily:
    """Networks of one kind.

    `model_types` are those of config.json, `network` is the class of transformers that answers
    prompts about pictures. `fit` says how a picture gets the network's square: "padded" keeps its
    aspect and fills up right and below, "stretched" does not. `tower` names how its halves are
    called (`towers.TOWERS`), `features` what the first half hands the second, in order.
    `pads_boxes`: a padding token follows the corners of a box, as it follows points.
    """

    model_types: tuple[str, ...]
    network: str
    fit: str
    tower: str
    features: tuple[str, ...]
    pads_boxes: bool


_LEVELS = ("fine", "middle", "embedding")

ROWS = (
    MaskFamily(("sam",), "SamModel", PADDED, "plain", ("embedding",), pads_boxes=False),
    MaskFamily(
        ("sam_hq",), "SamHQModel", PADDED, "early", ("embedding", "early"), pads_boxes=False
    ),
    MaskFamily(
        ("sam2", "sam2_video"), "Sam2Model", STRETCHED, "levels", _LEVELS, pads_boxes=True
    ),
    MaskFamily(
        ("edgetam", "edgetam_video"), "EdgeTamModel", STRETCHED, "levels", _LEVELS,
        pads_boxes=True,
    ),
    MaskFamily(
        ("sam3_tracker", "sam3_tracker_video", "sam3_video"), "Sam3TrackerModel", STRETCHED,
        "levels", _LEVELS, pads_boxes=True,
    ),
)  # fmt: skip
FAMILIES = {name: row for row in ROWS for name in row.model_types}
"""By `model_type`. SAM 2.1, EdgeTAM and SAM 3 are published as models of videos; of their weights
those for single pictures are read."""
