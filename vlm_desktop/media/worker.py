"""A worker process: reads requests from stdin, decodes, writes replies to stdout.

Run as `python -m vlm_desktop.media.worker`; a frozen build re-enters itself and calls `main`.
It ends when its parent closes the pipe or dies, and it never outlives a decoder that hangs.
"""

import contextlib
import faulthandler
import io
import os
import queue
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from typing import TypeAlias

from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.types import DecodeLimits, DecodeOutcome, DecodeRequest, RefusedFile
from vlm_desktop.media.decode import decode_file
from vlm_desktop.media.guard import hush_loggers
from vlm_desktop.media.wire import (
    Frame,
    Reply,
    frame_of_reply,
    limits_of,
    pack,
    read_frame,
    request_of,
)

if sys.platform != "win32":
    import resource

DecodeFunction: TypeAlias = Callable[[DecodeRequest, DecodeLimits], DecodeOutcome]

_NICENESS = 5
_GRACE_SECONDS = 15.0
"""The parent ends a worker that hangs; this much later the worker ends itself."""


def main() -> int:
    """Serve until the parent goes away."""
    return serve(decode_file)


def serve(decode: DecodeFunction) -> int:
    """The worker's loop around `decode` (another one in tests)."""
    requests, replies = _take_streams()
    _settle_down()
    first = read_frame(requests)
    if first is None:
        return 0
    limits = limits_of(first)
    room = _limit_memory(limits.max_memory)
    inbox: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, inbox), daemon=True).start()
    _send(replies, Frame({"ready": True}))
    while True:
        request = request_of(inbox.get())
        faulthandler.dump_traceback_later(limits.seconds + _GRACE_SECONDS, exit=True)
        reply = _answer(decode, request, limits, room)
        faulthandler.cancel_dump_traceback_later()
        _send(replies, frame_of_reply(reply))
        if reply.retiring:
            return 0
        _drop_noise()


def _answer(
    decode: DecodeFunction, request: DecodeRequest, limits: DecodeLimits, room: int
) -> Reply:
    try:
        outcome = decode(request, limits)
    except MemoryError:
        outcome = RefusedFile(request.path, Refusal.OUT_OF_MEMORY, "")
    exhausted = isinstance(outcome, RefusedFile) and outcome.reason is Refusal.OUT_OF_MEMORY
    return Reply(outcome, retiring=exhausted or (room > 0 and _address_space() > room))


def _limit_memory(max_memory: int) -> int:
    """Let the process grow by `max_memory` bytes from here on, where the system can hold it to.

    Returns the address space, in bytes, beyond which the worker had better be replaced;
    0 where that cannot be told. Elsewhere the pool watches from outside.
    """
    if sys.platform != "linux":
        return 0
    used = _address_space()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = used + max_memory if hard == resource.RLIM_INFINITY else min(used + max_memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    return used + max_memory // 2


def _address_space() -> int:
    """Bytes of address space in use (Linux)."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _take_streams() -> tuple[io.FileIO, io.FileIO]:
    """Private copies of stdin and stdout; what a library prints goes to stderr instead."""
    requests = io.FileIO(os.dup(0), "r")
    replies = io.FileIO(os.dup(1), "w")
    os.dup2(2, 1)
    return requests, replies


def _settle_down() -> None:
    """Be quiet, be polite, leave Ctrl-C to the parent and no core dumps behind."""
    warnings.simplefilter("ignore")
    hush_loggers()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.nice(_NICENESS)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _listen(requests: io.FileIO, inbox: "queue.SimpleQueue[Frame]") -> None:
    """Take requests off the pipe at once; the end of the pipe ends the process, mid-decode."""
    while True:
        frame = read_frame(requests)
        if frame is None:
            os._exit(0)
        inbox.put(frame)


def _send(replies: io.FileIO, frame: Frame) -> None:
    for part in pack(frame):
        left = part.cast("B") if part.nbytes else part
        while left.nbytes:
            try:
                count = replies.write(left)
            except OSError:  # the parent is gone
                os._exit(0)
            left = left[count:]


def _drop_noise() -> None:
    """Forget what libraries wrote to stderr: what is there after a crash is about that file."""
    with contextlib.suppress(OSError):
        if os.fstat(2).st_size > 0:
            os.ftruncate(2, 0)
            os.lseek(2, 0, os.SEEK_SET)


if __name__ == "__main__":
    sys.exit(main())
