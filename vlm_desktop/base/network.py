"""The network gate: what makes "Network: off" true.

Once `install` was called, which the program's entry does before anything else, Python code of this
process can reach no other machine, nor this one over IP, unless it stands inside `opened` on its
own thread: looking up a name, connecting and sending are refused with `NetworkClosed`. Libraries
that would phone home on their own are refused like anything else, and told beforehand not to try.
Only Unix sockets stay free: they cannot leave the machine.

The gate is an audit hook (PEP 578). It sees what goes through Python's sockets; native code is out
of its sight, so the one library here that has a network client of its own (hf_xet) is switched off.
The hook cannot be taken away again; tests that need it run in a process of their own.
"""

import contextlib
import itertools
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from vlm_desktop.base.errors import NetworkClosed

QUIET_LIBRARIES = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_XET": "1",
    "DO_NOT_TRACK": "1",
}
"""Environment that keeps libraries, here and in child processes, from trying."""

_REACHING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_ASKING = {"socket.getaddrinfo", "socket.gethostbyname"}
_ASKING_BACK = {"socket.gethostbyaddr", "socket.getnameinfo"}
_UNIX = getattr(socket, "AF_UNIX", None)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Off:
    """Nothing may use the network, and nothing does."""


@dataclass(frozen=True, slots=True)
class Open:
    """The network is used towards `host`, to fetch `purpose` (the id of a model, for example)."""

    purpose: str
    host: str


State: TypeAlias = Off | Open
Listener: TypeAlias = Callable[[State], None]


class _Gate:
    """Who holds the gate open, by thread; who wants to hear of it; how often it was shut."""

    def __init__(self) -> None:
        self.installed = False
        self.refused = 0
        self.mine = threading.local()
        self.lock = threading.Lock()
        self.telling = threading.RLock()
        self.numbers = itertools.count()
        self.holders: dict[int, Open] = {}
        self.listeners: list[Listener] = []


_gate = _Gate()


def install() -> None:
    """Shut the gate for the rest of this process's life. Calling it again changes nothing."""
    if _gate.installed:
        return
    _gate.installed = True
    os.environ.update(QUIET_LIBRARIES)
    sys.addaudithook(_audit)


def is_installed() -> bool:
    """Whether the gate stands; without it `state` tells only what was announced."""
    return _gate.installed


@contextlib.contextmanager
def announced(purpose: str, host: str) -> Iterator[None]:
    """Have the sign say that the network is used until the block ends. Lets nobody through."""
    number = next(_gate.numbers)
    _hold(number, Open(purpose, host))
    try:
        yield
    finally:
        _hold(number, None)


@contextlib.contextmanager
def opened(purpose: str, host: str) -> Iterator[None]:
    """Let the calling thread use the network until the block ends, and have the sign say so."""
    _gate.mine.depth = getattr(_gate.mine, "depth", 0) + 1
    try:
        with announced(purpose, host):
            yield
    finally:
        _gate.mine.depth -= 1


def state() -> State:
    """What the sign says now: of several uses the one that began first. From any thread."""
    with _gate.lock:
        return next(iter(_gate.holders.values()), Off())


def refusals() -> int:
    """How often the gate was shut in somebody's face since the start."""
    return _gate.refused


def subscribe(listener: Listener) -> Callable[[], None]:
    """Call `listener(state)` at every change, on the thread that causes it; returns its end."""
    with _gate.lock:
        _gate.listeners.append(listener)

    def unsubscribe() -> None:
        with _gate.lock, contextlib.suppress(ValueError):
            _gate.listeners.remove(listener)

    return unsubscribe


def _hold(number: int, use: Open | None) -> None:
    # Changing and telling are one, or of two threads the one that ended could speak last.
    with _gate.telling:
        before = state()
        with _gate.lock:
            if use is None:
                _gate.holders.pop(number, None)
            else:
                _gate.holders[number] = use
            listeners = tuple(_gate.listeners)
        after = state()
        if after != before:
            for listener in listeners:
                listener(after)


def _audit(event: str, values: tuple[Any, ...]) -> None:
    if not event.startswith("socket."):
        return  # the common case by far: files, imports
    if event in _REACHING:
        if values[0].family != _UNIX and values[1] is not None:
            _admit(_host(values[1]))
    elif event in _ASKING_BACK or (event in _ASKING and not _is_numeric(values[0])):
        _admit(_host(values[0]))


def _admit(host: str) -> None:
    if getattr(_gate.mine, "depth", 0):
        return
    _gate.refused += 1
    _log.warning("A connection to %s was refused: the network is off", host)
    raise NetworkClosed(host=host)


def _host(address: Any) -> str:
    if isinstance(address, tuple):
        address = address[0] if address else ""
    return address.decode("ascii", "replace") if isinstance(address, bytes) else str(address)


def _is_numeric(host: Any) -> bool:
    """Whether an address is written out, so that looking it up asks nobody."""
    if host in (None, "", b""):
        return True
    for family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError, ValueError):
            socket.inet_pton(family, _host(host))
            return True
    return False
