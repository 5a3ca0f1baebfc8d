"""Downloads in processes of their own: killed and taken up again; as a command; gate shut."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.hub.conftest import BALLAST, MODEL
from tests.flow.hub.hubserver import COMMIT, HubServer, wait_until
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.engine.models import ModelShelf

ROOT = Path(__file__).resolve().parents[3]


def child(tmp_path: Path, home_models: Path, hub: HubServer) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable, "-m", "tests.flow.hub.downloading_child",
            str(tmp_path / "bundled"), str(home_models), hub.endpoint, MODEL,
        ],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_killed_download_goes_on_where_it_was(
    tmp_path: Path, registry: Registry, home_models: Path, hub: HubServer
) -> None:
    hub.behaviour.bytes_per_second = 200_000
    process = child(tmp_path, home_models, hub)
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if int(line) > BALLAST / 2:
                break
        process.kill()
    assert process.wait(10) != 0
    kept = (home_models / f".download-{MODEL}" / "README.md.part").stat().st_size
    assert kept > BALLAST / 4
    assert registry.card(MODEL).state == "partial"

    hub.behaviour.bytes_per_second = 0
    hub.forget()
    again = child(tmp_path, home_models, hub)
    again.communicate(timeout=60)
    assert again.returncode == 0
    assert hub.served("/store/README.md") <= BALLAST - kept + 100
    assert hub.served() < BALLAST - kept + 20_000, "fewer bytes than the first time"
    assert registry.verify(MODEL)
    assert registry.open_encoder(MODEL).encode_texts(["a dog"]).shape == (1, 8)


@pytest.fixture
def environment(hub: HubServer) -> dict[str, str]:
    quiet = {name: value for name, value in os.environ.items() if name != "HF_TOKEN"}
    return quiet | {"HF_ENDPOINT": hub.endpoint, "PYTHONUTF8": "1"}


def command(home: Path, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "vlm_desktop", "--home", str(home), *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_command_says_what_it_is_about_to_do_and_why_it_failed(
    tmp_path: Path, environment: dict[str, str], hub: HubServer
) -> None:
    """The program's own shelf: this hub has none of its repositories."""
    done = command(tmp_path, environment, "models", "download", "clip-vit-base-patch32")
    assert done.returncode == 1
    assert done.stdout == ""
    plan, failure = done.stderr.splitlines()
    assert "OpenAI CLIP ViT-B/32 from 127.0.0.1" in plan
    assert "604 MB" in plan
    assert "Licence: MIT" in plan
    assert "has no repository openai/clip-vit-base-patch32" in failure
    assert hub.asked, "the gate let this one through"


def program(tmp_path: Path) -> str:
    """The program over the test's own shelf."""
    return (
        "import signal, sys\n"
        "from pathlib import Path\n"
        "from vlm_desktop import compose\n"
        # a shell that runs the tests in the background lets its children ignore Ctrl-C
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"compose.bundled = lambda _: Path({str(tmp_path / 'bundled')!r})\n"
        "from vlm_desktop.__main__ import main\n"
        "sys.exit(main())\n"
    )


def download_words(tmp_path: Path) -> list[str]:
    return ["--home", str(tmp_path / "home"), "--json", "models", "download", MODEL]


def test_the_command_downloads(
    tmp_path: Path,
    environment: dict[str, str],
    hub: HubServer,
    shelf: ModelShelf,
    registry: Registry,
) -> None:
    """The whole program, gate shut, over a shelf that has the tiny model."""
    done = subprocess.run(
        [sys.executable, "-c", program(tmp_path), *download_words(tmp_path)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["id"], answer["state"], answer["revision"]) == (MODEL, "installed", COMMIT)
    assert registry.verify(MODEL)
    checked = list(shelf.verify(MODEL, CancelToken()))
    assert len(checked) == 5


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_ctrl_c_stops_the_command_and_keeps_what_came(
    tmp_path: Path, home_models: Path, registry: Registry, environment: dict[str, str],
    hub: HubServer,
) -> None:  # fmt: skip
    hub.behaviour.bytes_per_second = 200_000
    process = subprocess.Popen(
        [sys.executable, "-c", program(tmp_path), *download_words(tmp_path)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    part = home_models / f".download-{MODEL}" / "README.md.part"
    wait_until(lambda: part.exists() and part.stat().st_size > 50_000, 30)
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert out == ""
    assert said.splitlines()[-1] == "Stopped."
    assert part.stat().st_size > 50_000
    assert registry.card(MODEL).state == "partial"
