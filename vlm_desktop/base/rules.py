"""Words and policies that are held against every photo, and what people say of the answers."""

from dataclasses import dataclass
from enum import StrEnum


class RuleKind(StrEnum):
    WORD = "word"
    """A word that becomes a tag of the photos it is accepted for."""
    POLICY = "policy"
    """Sentences that say what is to be flagged and what is fine."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was said of one photo: `verdict` +1 (it fits), -1 (it does not), 0 (nothing).

    `by_person` is False for those accepted wholesale: nobody looked at each, so nothing can be
    learnt from them. `probability` is what the program had thought.
    """

    content_id: int
    verdict: int
    by_person: bool = True
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule with its judgements.

    `cut` is where the person put it, None where nobody did; `learnt_from` are the judgements
    made since then, by a person. `seen` is the highest content id when it was last looked at.
    """

    kind: RuleKind
    name: str
    flag: tuple[str, ...]
    fine: tuple[str, ...]
    cut: float | None
    seen: int
    judgements: tuple[Judgement, ...]
    learnt_from: tuple[Judgement, ...]
