"""Which examples of the data set in hand are shown."""

from dataclasses import dataclass

from vlm_desktop.base.language import fill
from vlm_desktop.base.training import ExampleKind, Split
from vlm_desktop.base.trainingdata import Share
from vlm_desktop.gui.panes.train.data_words import share_name
from vlm_desktop.gui.strings import train_data as strings

LABEL, KIND, SOURCE = "label", "kind", "source"
PARTS = (LABEL, KIND, SOURCE)


@dataclass(frozen=True, slots=True)
class Narrow:
    """All of it holds of what is shown. `keys` are those that alone are; `title` says why, where a
    list beside chose it."""

    split: Split | None = None
    kind: ExampleKind | None = None
    label: str | None = None
    source: str | None = None
    words: str = ""
    keys: frozenset[str] | None = None
    title: str = ""

    @property
    def is_all(self) -> bool:
        return self == Narrow()


def of_share(part: str, share: Share) -> Narrow:
    """What a share of the balance counts."""
    name = share_name(part, share)
    if part == KIND:
        return Narrow(kind=ExampleKind(share.name), title=fill(strings.ONLY_KIND, name=name))
    if part == SOURCE:
        return Narrow(source=share.name, title=fill(strings.ONLY_SOURCE, name=name))
    title = fill(strings.ONLY_LABEL, name=name) if share.name else strings.ONLY_NO_LABEL
    return Narrow(label=share.name, title=title)
