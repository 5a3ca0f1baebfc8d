"""What an evaluation means: whether it is the best, what is said of it, what is alarming."""

from vlm_desktop.base.training import Alarm, Interval, Probed, Validated
from vlm_desktop.training.eventlog import Teller
from vlm_desktop.training.spec import LOSS_METRIC, Recipe
from vlm_desktop.training.standing import Standing
from vlm_desktop.training.validating import Examination, Examiner, as_plain, has_forgotten


class Judge:
    """Writes evaluations into a run's standing and tells them."""

    def __init__(
        self, recipe: Recipe, examiner: Examiner, standing: Standing, tell: Teller
    ) -> None:
        self._recipe = recipe
        self._examiner = examiner
        self._standing = standing
        self._tell = tell

    def judge(self, found: Examination) -> None:
        """Note an evaluation, and whether it is the best. The base competes with no one."""
        standing = self._standing
        standing.evaluated = found.step
        standing.last = as_plain(found)
        is_best = False
        if found.step == 0:
            standing.base = standing.last
        else:
            is_best = self._examiner.is_better(found.score.value, standing.best_score)
            standing.since_better = 0 if is_best else standing.since_better + 1
        if is_best:
            standing.best_step, standing.best_score = found.step, found.score.value
            standing.best = standing.last
        self.tell(found, is_best=is_best)

    def tell(self, found: Examination, *, is_best: bool) -> None:
        """Say an evaluation, the answers to the probes, and what is alarming."""
        self._tell.step = found.step
        self._tell(
            Validated,
            metric=found.metric,
            loss=found.loss,
            score=found.score,
            is_best=is_best,
            blind=None if found.blind is None else found.blind.value,
            general=None if found.general is None else found.general.value,
            blind_range=_range(found.blind),
            general_range=_range(found.general),
        )
        for one in found.items:
            if one.key in self._examiner.probes:
                self._tell(Probed, key=one.key, answer=one.answer, score=one.score)
        if found.step:
            self._raise_alarms(found)
        self._tell.step = self._standing.step

    def _raise_alarms(self, found: Examination) -> None:
        if found.blind is not None and self._examiner.sees_not(found):
            detail = f"{found.metric} {found.score.value:.3f}, {found.blind.value:.3f}"
            self._tell(Alarm, code="train-blind", detail=detail)
        before, after = (self._standing.base or {}).get("general"), found.general
        lower = found.metric == LOSS_METRIC
        if (
            before is not None
            and after is not None
            and has_forgotten(self._recipe.guard, before[0], after.value, lower_is_better=lower)
        ):
            self._tell(Alarm, code="train-forgot", detail=f"{before[0]:.3f}, {after.value:.3f}")


def _range(found: Interval | None) -> tuple[float, float] | None:
    return None if found is None else (found.low, found.high)
