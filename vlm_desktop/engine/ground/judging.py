"""What was checked of the regions of a noun, before a verdict is made of it."""

from dataclasses import dataclass, replace

from vlm_desktop.base.grounding import Clause, ClauseKind, FoundRegion
from vlm_desktop.engine.ground import spatial


@dataclass(frozen=True, slots=True)
class Check:
    """How probable it is that a part of a phrase holds for a region, 0..1; 0.5 cannot be told.

    `instead` is what was seen in its place. `vague`: said of nothing that could be measured, so
    not telling is no reason for doubt.
    """

    kind: ClauseKind
    text: str
    probability: float
    instead: str = ""
    vague: bool = False

    @property
    def holds(self) -> bool | None:
        return spatial.holds(self.probability)

    def negated(self) -> "Check":
        return replace(self, probability=1 - self.probability, instead="")

    def doubted(self, sure: float) -> "Check":
        """The same, read off a region that is the right one with this probability: of a wrong one
        it says nothing."""
        return replace(self, probability=0.5 + (self.probability - 0.5) * sure)

    def clause(self) -> Clause:
        """As it is shown; its confidence is that of what `holds` says."""
        said = self.holds
        sure = max(self.probability, 1 - self.probability)
        return Clause(self.kind, self.text, said, sure, self.instead if said is False else "")


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A region of a noun and what was checked of it."""

    region: FoundRegion
    checks: tuple[Check, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether something surely does not hold."""
        return any(check.holds is False for check in self.checks)

    @property
    def is_open(self) -> bool:
        """Whether something that matters cannot be told."""
        return any(check.holds is None and not check.vague for check in self.checks)

    @property
    def weight(self) -> float:
        """What regions are ordered by: all that was said, taken together."""
        product = self.region.confidence
        for check in self.checks:
            product *= check.probability
        return product

    def with_checks(self, *checks: Check) -> "Fit":
        return replace(self, checks=(*self.checks, *checks))

    def surest(self) -> FoundRegion:
        """The region, no surer than the least sure thing that holds of it."""
        sure = [check.probability for check in self.checks if check.holds]
        return replace(self.region, confidence=min([self.region.confidence, *sure]))
