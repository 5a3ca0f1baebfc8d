"""What the makers of documents give: words on sheets, and what is true of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from vlm_desktop.base.documents import FieldSpec
from vlm_desktop.base.pagereading import Word


@dataclass(frozen=True, slots=True)
class Made:
    """One document. `layout` names the way it was made, so that ways can be held out.

    It is asked for by a `preset`, or, where that is "", by `specs`. `truths` are texts by the name
    of a field, "" where the document does not say it; of fields without one nothing is known.
    """

    layout: str
    pages: tuple[tuple[Word, ...], ...]
    truths: Mapping[str, str]
    preset: str = ""
    specs: tuple[FieldSpec, ...] = ()
