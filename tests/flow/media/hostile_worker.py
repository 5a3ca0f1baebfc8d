"""A worker whose decoder does what a file's name says. Started by the pool's tests."""

import ctypes
import os
import sys
import time

from vlm_desktop.base.types import DecodeLimits, DecodeOutcome, DecodeRequest
from vlm_desktop.media.decode import decode_file
from vlm_desktop.media.worker import serve


def decode(request: DecodeRequest, limits: DecodeLimits) -> DecodeOutcome:
    name = request.path.name
    if name.startswith("crash"):
        ctypes.string_at(0)
    if name.startswith("exit"):
        os._exit(3)
    if name.startswith("raise"):
        raise ZeroDivisionError("a bug of ours")
    if name.startswith("hang"):
        while True:
            time.sleep(0.01)
    if name.startswith("slow"):
        time.sleep(0.8)
    if name.startswith("print"):
        os.write(1, b"libraries write to stdout\n" * 1000)
        os.write(2, b"and to stderr\n" * 1000)
    if name.startswith("flaky"):
        marker = request.path.with_suffix(".tried")
        if not marker.exists():
            marker.touch()
            os._exit(1)
    if name.startswith("bomb"):
        hoard = [bytearray(16 * 1024 * 1024) for _ in range(10_000)]
        assert hoard
    return decode_file(request, limits)


if __name__ == "__main__":
    if "--broken" in sys.argv:
        sys.exit("cannot start")
    sys.exit(serve(decode))
