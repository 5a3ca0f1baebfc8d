"""Which examples a step takes, and at which rate: pure functions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.training.order import Plan, plan_of
from vlm_desktop.training.schedule import rate_factor, warmup_steps
from vlm_desktop.training.spec import RunPart

KEYS = [f"k{number:03}" for number in range(50)]


def test_an_epoch_takes_every_example_once_and_the_next_in_another_order() -> None:
    plan = plan_of(RunPart(batch=5, accumulation=2, seed=3), KEYS)
    assert plan.steps_per_epoch == 5
    epochs = [
        [key for step in range(5) for part in plan.parts(step + 5 * epoch, 0) for key in part]
        for epoch in range(2)
    ]
    assert sorted(epochs[0]) == sorted(epochs[1]) == KEYS
    assert epochs[0] != epochs[1]
    assert plan.parts(7, 0) == plan_of(RunPart(batch=5, accumulation=2, seed=3), KEYS[::-1]).parts(
        7, 0
    )
    assert plan.parts(7, 0) != plan_of(RunPart(batch=5, accumulation=2, seed=4), KEYS).parts(7, 0)
    assert plan.draw(4) != plan.draw(5)


@given(st.integers(1, 60), st.integers(1, 9), st.integers(1, 4), st.integers(1, 3))
def test_no_example_is_twice_in_a_step_and_all_parts_are_full(
    count: int, batch: int, accumulation: int, processes: int
) -> None:
    plan = plan_of(RunPart(batch=batch, accumulation=accumulation), KEYS[:count], processes)
    for step in range(4):
        parts = [plan.parts(step, process) for process in range(processes)]
        keys = [key for of_process in parts for part in of_process for key in part]
        assert len(keys) == plan.whole
        assert {len(part) for of_process in parts for part in of_process} == {plan.batch}
        if count >= processes:
            assert len(set(keys)) == len(keys)


def test_two_processes_see_what_one_sees_with_twice_the_batch() -> None:
    one = Plan(tuple(KEYS), 0, batch=8, accumulation=2)
    two = Plan(tuple(KEYS), 0, batch=4, accumulation=2, processes=2)
    for step in range(12):
        alone = one.parts(step, 0)
        together = zip(two.parts(step, 0), two.parts(step, 1), strict=True)
        assert [first + second for first, second in together] == list(alone)


@pytest.mark.parametrize(("batch", "halves"), [(8, [4, 2, 1]), (6, [3, 1]), (7, [1]), (1, [])])
def test_a_halved_plan_takes_the_same_examples_a_step(batch: int, halves: list[int]) -> None:
    plan: Plan | None = Plan(tuple(KEYS), 1, batch, 1)
    assert plan is not None
    wanted = [key for part in plan.parts(9 % plan.steps_per_epoch, 0) for key in part]
    found = []
    while (plan := plan.halved()) is not None:
        found.append(plan.batch)
        assert [key for part in plan.parts(9 % plan.steps_per_epoch, 0) for key in part] == wanted
    assert found == halves


def test_few_examples_make_smaller_steps_not_none() -> None:
    plan = plan_of(RunPart(batch=16, accumulation=4), KEYS[:3])
    assert (plan.batch, plan.accumulation) == (3, 1)
    assert plan_of(RunPart(batch=16), KEYS[:1]).parts(5, 0) == (("k000",),)
    assert plan.total(RunPart(steps=7)) == 7
    assert plan_of(RunPart(batch=5), KEYS).total(RunPart(epochs=1.5)) == 15


@pytest.mark.parametrize("schedule", ["cosine", "linear", "constant"])
def test_the_rate_rises_then_falls_and_never_is_nothing(schedule: str) -> None:
    run = RunPart(schedule=schedule, warmup=0.1)
    assert warmup_steps(run, 100) == 10
    rates = [rate_factor(run, step, 100) for step in range(100)]
    assert all(0 < one <= 1 for one in rates)
    assert rates[:11] == sorted(rates[:11])
    assert rates[10] == 1
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert (rates[-1] < 0.05) == (schedule != "constant")
    assert rate_factor(RunPart(warmup=0.9), 0, 1) == 1
