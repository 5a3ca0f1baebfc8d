"""Plain functions as verbs, for `Changes` and lanes."""

from collections.abc import Callable, Generator
from typing import TypeVar

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event

Result = TypeVar("Result")


def quick(
    function: Callable[[], Result],
) -> Callable[[CancelToken], Generator[Event, None, Result]]:
    """A verb without events; it runs on the lane it is given to."""

    def verb(_: CancelToken) -> Generator[Event, None, Result]:
        yield from ()
        return function()

    return verb
