"""The pool with real processes: whatever a file does, it costs that file only."""

import os
import signal
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DecoderUnavailable, Refusal
from vlm_desktop.base.types import (
    DecodedFile,
    DecodeLimits,
    DecodeOutcome,
    DecodeRequest,
    KnownFile,
    RefusedFile,
)
from vlm_desktop.media.decode import decode_file
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.media.source import content_hash

HOSTILE = [sys.executable, str(Path(__file__).with_name("hostile_worker.py"))]
HANGS = 30
"""Seconds, half of what a hanging worker is given: who takes longer has waited for it."""
QUICK = DecodeLimits(seconds=0.7, max_memory=600 * 1024**2)


@pytest.fixture(autouse=True)
def nothing_leaks() -> Iterator[None]:
    """No process, thread or file descriptor is left behind by a pool."""
    me = psutil.Process()
    children, threads = set(me.children()), set(threading.enumerate())
    descriptors = me.num_fds() if hasattr(me, "num_fds") else 0
    yield
    until = time.monotonic() + 2
    while time.monotonic() < until and set(me.children()) - children:
        time.sleep(0.01)
    assert set(me.children()) <= children
    assert set(threading.enumerate()) <= threads
    if descriptors:
        assert me.num_fds() <= descriptors


@pytest.fixture
def photo(tmp_path: Path) -> Callable[[str], Path]:
    pixels = np.random.default_rng(3).integers(0, 256, (60, 80, 3), dtype=np.uint8)

    def make(name: str) -> Path:
        path = tmp_path / name
        Image.fromarray(pixels).save(path, "JPEG")
        return path

    return make


def run(pool: DecodePool, *paths: Path) -> dict[str, DecodeOutcome]:
    """All outcomes by file name, after checking that there is exactly one each."""
    outcomes = list(pool.decode((DecodeRequest(path) for path in paths), CancelToken()))
    assert sorted(outcome.path for outcome in outcomes) == sorted(paths)
    return {outcome.path.name: outcome for outcome in outcomes}


def reason(outcome: DecodeOutcome) -> Refusal:
    assert isinstance(outcome, RefusedFile), outcome
    return outcome.reason


def test_outcomes_are_those_of_decoding_in_process(photo: Callable[[str], Path]) -> None:
    path = photo("a.jpg")
    with DecodePool(1, DecodeLimits()) as pool:
        found = run(pool, path)["a.jpg"]
    expected = decode_file(DecodeRequest(path), DecodeLimits())
    assert isinstance(found, DecodedFile)
    assert isinstance(expected, DecodedFile)
    assert np.array_equal(found.pages[0].pixels, expected.pages[0].pixels)
    assert found.pages[0].pixels.flags.c_contiguous
    for name in ("content_hash", "metadata", "thumbnail", "pixel_hash", "format", "mtime_ns"):
        assert getattr(found, name) == getattr(expected, name)


def test_a_crash_costs_one_file(photo: Callable[[str], Path]) -> None:
    good = [photo(f"good{index}.jpg") for index in range(12)]
    bad = [photo("crash.jpg"), photo("exit.jpg"), photo("raise.jpg")]
    with DecodePool(2, QUICK, command=HOSTILE) as pool:
        outcomes = run(pool, *good[:3], *bad, *good[3:])
    for path in bad:
        assert reason(outcomes[path.name]) is Refusal.DECODER_CRASHED
    details = {path.name: getattr(outcomes[path.name], "detail", "") for path in bad}
    assert details["raise.jpg"] == "ZeroDivisionError: a bug of ours"
    if sys.platform != "win32":
        assert details["crash.jpg"] == "SIGSEGV"
        assert details["exit.jpg"] == "exit code 3"
    assert all(isinstance(outcomes[path.name], DecodedFile) for path in good)


def test_a_hang_costs_one_file_and_its_time(photo: Callable[[str], Path]) -> None:
    good = [photo(f"good{index}.jpg") for index in range(6)]
    with DecodePool(1, QUICK, command=HOSTILE) as pool:
        run(pool, good[0])
        start = time.monotonic()
        outcomes = run(pool, photo("hang.jpg"), *good)
        assert time.monotonic() - start < HANGS
    assert reason(outcomes["hang.jpg"]) is Refusal.TOO_SLOW
    assert sum(isinstance(outcome, DecodedFile) for outcome in outcomes.values()) == 6


def test_a_slow_file_does_not_hold_others_back(photo: Callable[[str], Path]) -> None:
    paths = [photo("slow.jpg"), *(photo(f"good{index}.jpg") for index in range(12))]
    with DecodePool(2, DecodeLimits(), command=HOSTILE) as pool:
        run(pool, photo("slow1.jpg"), photo("slow2.jpg"))  # both workers are up after this
        order = [
            outcome.path.name for outcome in pool.decode(map(DecodeRequest, paths), CancelToken())
        ]
    assert order.index("slow.jpg") >= 10


def _flat_png(side: int) -> bytes:
    """A grey square that takes few bytes on disk and `side` * `side` in memory."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + checksum

    squeezer = zlib.compressobj(1)
    rows = b"".join([squeezer.compress(bytes(side + 1)) for _ in range(side)])
    header = side.to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", rows + squeezer.flush())
        + chunk(b"IEND", b"")
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems are watched more loosely")
def test_memory_is_bounded(photo: Callable[[str], Path], tmp_path: Path) -> None:
    real = tmp_path / "real.png"
    real.write_bytes(_flat_png(14_000))
    with DecodePool(1, DecodeLimits(max_memory=160 * 1024**2), command=HOSTILE) as pool:
        outcomes = run(pool, photo("bomb.jpg"), photo("good.jpg"), real, photo("good2.jpg"))
    assert reason(outcomes["bomb.jpg"]) is Refusal.OUT_OF_MEMORY
    assert reason(outcomes["real.png"]) is Refusal.OUT_OF_MEMORY
    assert isinstance(outcomes["good.jpg"], DecodedFile)
    assert isinstance(outcomes["good2.jpg"], DecodedFile)


def test_a_file_whose_worker_died_by_chance_gets_another_try(
    photo: Callable[[str], Path],
) -> None:
    with DecodePool(1, QUICK, command=HOSTILE) as pool:
        outcomes = run(pool, photo("good.jpg"), photo("flaky.jpg"), photo("good2.jpg"))
    assert all(isinstance(outcome, DecodedFile) for outcome in outcomes.values())


def test_what_libraries_print_does_no_harm(
    photo: Callable[[str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    with DecodePool(1, QUICK, command=HOSTILE) as pool:
        outcomes = run(pool, photo("print.jpg"), photo("good.jpg"))
    assert all(isinstance(outcome, DecodedFile) for outcome in outcomes.values())
    assert capfd.readouterr() == ("", "")


def test_vanished_known_and_odd_names(photo: Callable[[str], Path], tmp_path: Path) -> None:
    known = photo("known.jpg")
    hashes = frozenset({content_hash(known.read_bytes())})
    odd = photo("Gr\u00fc\u00dfe \u4f60\u597d \U0001f600 'quoted' \"x\".jpg")
    long = photo("n" * 200 + ".jpg")
    requests = [
        DecodeRequest(known, skip_hashes=hashes),
        DecodeRequest(tmp_path / "gone.jpg"),
        DecodeRequest(odd),
        DecodeRequest(long),
    ]
    with DecodePool(2, QUICK) as pool:
        outcomes = {outcome.path: outcome for outcome in pool.decode(requests, CancelToken())}
    assert isinstance(outcomes[known], KnownFile)
    assert reason(outcomes[tmp_path / "gone.jpg"]) is Refusal.VANISHED
    assert isinstance(outcomes[odd], DecodedFile)
    assert isinstance(outcomes[long], DecodedFile)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_names_that_are_no_text(photo: Callable[[str], Path], tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jpg"))
    photo("a.jpg").rename(path)
    with DecodePool(1, QUICK) as pool:
        outcomes = list(pool.decode([DecodeRequest(path)], CancelToken()))
    assert isinstance(outcomes[0], DecodedFile)
    assert outcomes[0].path == path


def test_a_growing_file_is_changing_or_decoded_never_lost(
    photo: Callable[[str], Path], tmp_path: Path
) -> None:
    path = photo("growing.jpg")
    stop = threading.Event()

    def grow() -> None:
        while not stop.wait(0.0005):
            with path.open("ab") as file:
                file.write(bytes(4096))

    writer = threading.Thread(target=grow)
    with DecodePool(1, DecodeLimits()) as pool:
        writer.start()
        try:
            seen = [
                outcome
                for _ in range(30)
                for outcome in pool.decode([DecodeRequest(path)], CancelToken())
            ]
        finally:
            stop.set()
            writer.join(60)
    assert len(seen) == 30
    assert Refusal.CHANGING in {
        outcome.reason for outcome in seen if isinstance(outcome, RefusedFile)
    }


def test_requests_are_pulled_lazily(photo: Callable[[str], Path]) -> None:
    path = photo("a.jpg")
    pulled = 0

    def requests() -> Iterator[DecodeRequest]:
        nonlocal pulled
        for _ in range(100):
            pulled += 1
            yield DecodeRequest(path)

    with DecodePool(2, QUICK) as pool:
        outcomes = pool.decode(requests(), CancelToken())
        next(outcomes)
        assert pulled <= 9
        assert sum(1 for _ in outcomes) == 99


def test_cancel_ends_within_a_second(photo: Callable[[str], Path]) -> None:
    token = CancelToken()
    limits = DecodeLimits(seconds=60)
    with DecodePool(2, limits, command=HOSTILE) as pool:
        paths = [photo("good.jpg"), *(photo(f"hang{index}.jpg") for index in range(6))]
        outcomes = pool.decode(map(DecodeRequest, paths), token)
        assert isinstance(next(outcomes), DecodedFile)
        token.cancel()
        start = time.monotonic()
        assert list(outcomes) == []
        assert time.monotonic() - start < HANGS
        assert isinstance(run(pool, photo("after.jpg"))["after.jpg"], DecodedFile)


def test_an_abandoned_iterator_frees_the_pool(photo: Callable[[str], Path]) -> None:
    with DecodePool(1, DecodeLimits(seconds=60), command=HOSTILE) as pool:
        outcomes = pool.decode(
            map(DecodeRequest, [photo("good.jpg"), photo("hang.jpg"), photo("more.jpg")]),
            CancelToken(),
        )
        next(outcomes)
        with pytest.raises(RuntimeError, match="decoding already"):
            next(pool.decode([], CancelToken()))
        outcomes.close()
        assert isinstance(run(pool, photo("after.jpg"))["after.jpg"], DecodedFile)


def test_close_takes_under_a_second_in_the_middle(photo: Callable[[str], Path]) -> None:
    pool = DecodePool(2, DecodeLimits(seconds=60), command=HOSTILE)
    paths = [photo("good.jpg"), *(photo(f"hang{index}.jpg") for index in range(4))]
    outcomes = pool.decode(map(DecodeRequest, paths), CancelToken())
    next(outcomes)
    start = time.monotonic()
    pool.close()
    assert time.monotonic() - start < HANGS
    outcomes.close()
    pool.close()


def test_close_while_the_workers_are_still_starting(photo: Callable[[str], Path]) -> None:
    token = CancelToken()
    pool = DecodePool(2, QUICK)
    token_thread = threading.Timer(0.05, token.cancel)
    token_thread.start()
    assert list(pool.decode([DecodeRequest(photo("a.jpg"))], token)) == []
    start = time.monotonic()
    pool.close()
    assert time.monotonic() - start < HANGS
    token_thread.join(60)


@pytest.mark.parametrize(
    "command", [[*HOSTILE, "--broken"], ["/nowhere/python"]], ids=["ends", "absent"]
)
def test_workers_that_do_not_start_are_no_fault_of_files(
    command: list[str], photo: Callable[[str], Path]
) -> None:
    with (
        DecodePool(2, QUICK, command=command) as pool,
        pytest.raises(DecoderUnavailable) as caught,
    ):
        list(pool.decode([DecodeRequest(photo("a.jpg"))], CancelToken()))
    assert caught.value.fields["detail"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX")
def test_workers_end_with_their_parent(photo: Callable[[str], Path], tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import sys, os\n"
        "from pathlib import Path\n"
        "from vlm_desktop.base.cancel import CancelToken\n"
        "from vlm_desktop.base.types import DecodeLimits, DecodeRequest\n"
        "from vlm_desktop.media.pool import DecodePool\n"
        "pool = DecodePool(2, DecodeLimits(seconds=60), command=sys.argv[4:])\n"
        "requests = [DecodeRequest(Path(name)) for name in sys.argv[1:4]]\n"
        "work = pool.decode(requests, CancelToken())\n"  # let go of, it would end the workers
        "next(work)\n"
        "import psutil\n"
        "print(*(child.pid for child in psutil.Process().children()), flush=True)\n"
        "os.kill(os.getpid(), 9)\n",
        encoding="utf-8",
    )
    names = [str(photo(name)) for name in ("good.jpg", "hang1.jpg", "hang2.jpg")]
    root = str(Path(__file__).resolve().parents[3])
    parent = psutil.Popen(
        [sys.executable, str(script), *names, *HOSTILE],
        stdout=-1,
        env=os.environ | {"PYTHONPATH": root},
    )
    output, _ = parent.communicate(timeout=30)
    workers = [int(number) for number in output.split()]
    assert workers
    until = time.monotonic() + 5
    while time.monotonic() < until and any(map(_runs, workers)):
        time.sleep(0.02)
    assert not any(map(_runs, workers))


def _runs(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_workers_stay_for_the_next_run_and_are_polite(photo: Callable[[str], Path]) -> None:
    others = set(psutil.Process().children())  # another test's pool may be open
    with DecodePool(1, QUICK) as pool:
        run(pool, photo("a.jpg"))
        [worker] = set(psutil.Process().children()) - others
        if sys.platform != "win32":
            assert worker.nice() >= 5
        run(pool, photo("b.jpg"))
        assert set(psutil.Process().children()) - others == {worker}
        time.sleep(QUICK.seconds + 0.3)  # idle time is nobody's decoding time
        run(pool, photo("c.jpg"))
        assert set(psutil.Process().children()) - others == {worker}


def test_a_sign_of_life_comes_while_a_file_hangs(photo: Callable[[str], Path]) -> None:
    with DecodePool(1, QUICK, command=HOSTILE) as pool:
        request = DecodeRequest(photo("hang.jpg"))
        outcomes = list(pool.decode([request], CancelToken(), tick_seconds=0.1))
    assert outcomes.count(None) >= 2
    assert [one.path for one in outcomes if one is not None] == [request.path]


def test_a_worker_imports_little() -> None:
    code = (
        "import sys, vlm_desktop.media.worker\n"
        "heavy = {'torch', 'PySide6', 'rawpy', 'pypdfium2', 'pi_heif', 'exifread', 'sqlite3',\n"
        "         'psutil', 'sqlite_utils', 'transformers', 'asyncio', 'multiprocessing'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = psutil.Popen([sys.executable, "-c", code], stdout=-1, text=True)
    output, _ = done.communicate(timeout=30)
    assert output.strip() == ""
