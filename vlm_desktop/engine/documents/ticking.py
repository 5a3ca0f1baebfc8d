"""Boxes to tick as fields: the box whose label is the field's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vlm_desktop.base.documents import Cause, CauseKind, Evidence, FieldValue
from vlm_desktop.engine.documents.labels import Hit, Wanted, find_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vlm_desktop.base.pagereading import Checkbox
    from vlm_desktop.engine.documents.gathering import Indexed

_LEAST_LABEL = 0.55


def ticked(indexed: Sequence[Indexed], field: Wanted) -> FieldValue | None:
    """Whether a field's box is ticked: "yes" or "no"; None when no box has its label."""
    best: tuple[float, Indexed, Checkbox, Hit] | None = None
    for one in indexed:
        hits = [hit for hit in find_labels(one.words, field) if hit.quality >= _LEAST_LABEL]
        for box in one.page.reading.checkboxes:
            words = set(box.label)
            for hit in hits:
                named = {word for span in hit.spans for word in one.page.words(span)}
                if named & words and (best is None or hit.quality > best[0]):
                    best = (hit.quality, one, box, hit)
    if best is None:
        return None
    quality, one, box, hit = best
    page = one.page.reading
    label = page.text(box.label)
    raw = "\u2612" if box.checked else "\u2610"
    return FieldValue(
        name=field.spec.name,
        raw=raw,
        value="yes" if box.checked else "no",
        confidence=round(min(0.99, quality * box.confidence), 4),
        evidence=(Evidence(page.number, page.view.box_to_page(box.box), raw, box.label),),
        causes=(Cause(CauseKind.LABEL, round(quality, 3), label),),
    )
