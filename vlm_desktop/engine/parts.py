"""Parts of an object that are made when they are first asked for."""

from collections.abc import Callable
from threading import RLock
from typing import Generic, Protocol, TypeVar


class Whole(Protocol):
    """What has parts. `making` is held while one is made."""

    making: RLock


Owner = TypeVar("Owner", bound=Whole)
Result = TypeVar("Result")


class Part(Generic[Owner, Result]):
    """Made once for all threads; `functools.cached_property` holds no lock."""

    def __init__(self, make: Callable[[Owner], Result]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    def __get__(self, whole: Owner, owner: type | None = None) -> Result:
        # Without __set__ the instance's own attribute, once there, is found before this.
        with whole.making:
            if self._name not in whole.__dict__:
                whole.__dict__[self._name] = self._make(whole)
            made: Result = whole.__dict__[self._name]
            return made
