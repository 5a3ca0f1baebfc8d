"""The network gate, tried in processes of their own: once shut, it cannot be taken away."""

import os
import subprocess
import sys
import textwrap
import threading

import pytest

from vlm_desktop.base import network
from vlm_desktop.base.errors import AppError, NetworkClosed


def run_gated(code: str) -> list[str]:
    """The lines that `code` writes in a process whose gate is shut."""
    start = "import socket, sys\nfrom vlm_desktop.base import network\nnetwork.install()\n"
    body = textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-c", start + body],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


REFUSED = """
    from vlm_desktop.base.errors import NetworkClosed
    def attempt(name, act):
        try:
            act()
        except NetworkClosed as error:
            print(name, "refused", error.fields["host"])
        except OSError as error:
            print(name, "let through", type(error).__name__)
        else:
            print(name, "let through")
"""


def test_nothing_gets_out_unless_the_gate_is_open() -> None:
    lines = run_gated(
        REFUSED
        + """
    listening = socket.create_server(("127.0.0.1", 0))
    here = listening.getsockname()
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    attempt("connect", lambda: socket.create_connection(here))
    attempt("connect_ex", lambda: socket.socket().connect_ex(here))
    attempt("look up", lambda: socket.getaddrinfo("hub.example", 443))
    attempt("old look up", lambda: socket.gethostbyname("hub.example"))
    attempt("name of an address", lambda: socket.gethostbyaddr("192.0.2.1"))
    attempt("name of a place", lambda: socket.getnameinfo(("192.0.2.1", 80), 0))
    attempt("datagram", lambda: datagrams.sendto(b"x", here))
    with network.opened("download", "127.0.0.1"):
        attempt("inside", lambda: socket.create_connection(here).close())
    attempt("after", lambda: socket.create_connection(here))
    print(network.refusals())
    """
    )
    assert lines == [
        "connect refused 127.0.0.1",
        "connect_ex refused 127.0.0.1",
        "look up refused hub.example",
        "old look up refused hub.example",
        "name of an address refused 192.0.2.1",
        "name of a place refused 192.0.2.1",
        "datagram refused 127.0.0.1",
        "inside let through",
        "after refused 127.0.0.1",
        "8",
    ]


def test_only_the_thread_that_opened_it_may_pass() -> None:
    lines = run_gated(
        REFUSED
        + """
    import threading
    here = socket.create_server(("127.0.0.1", 0)).getsockname()
    with network.opened("download", "127.0.0.1"):
        other = threading.Thread(
            target=attempt, args=("other", lambda: socket.create_connection(here))
        )
        other.start()
        other.join(60)
    """
    )
    assert lines == ["other refused 127.0.0.1"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no Unix sockets in Python")
def test_unix_sockets_stay_free() -> None:
    lines = run_gated(
        REFUSED
        + """
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        server = socket.socket(socket.AF_UNIX)
        server.bind(folder + "/s")
        server.listen()
        attempt("unix", lambda: socket.socket(socket.AF_UNIX).connect(folder + "/s"))
    """
    )
    assert lines == ["unix let through"]


def test_libraries_are_told_to_stay_quiet() -> None:
    lines = run_gated(
        """
    import huggingface_hub
    from huggingface_hub.errors import OfflineModeIsEnabled
    print(huggingface_hub.is_offline_mode())
    """
    )
    assert lines == ["True"]


def test_the_program_shuts_the_gate_and_a_call_from_a_test_does_not() -> None:
    code = "import sys; sys.argv = ['vlm-desktop', '--help']\n"
    code += "from vlm_desktop.base import network\nfrom vlm_desktop.__main__ import main\n"
    for call, expected in (("main()", "True"), ("main(['--help'])", "False")):
        tried = f"try:\n    {call}\nexcept SystemExit:\n    pass\n"
        done = subprocess.run(
            [sys.executable, "-c", code + tried + "print(network.is_installed())"],
            capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "80"},
            timeout=300,
        )  # fmt: skip
        assert done.stdout.splitlines()[-1] == expected


def test_the_sign_follows_every_use() -> None:
    heard: list[network.State] = []
    unsubscribe = network.subscribe(heard.append)
    assert network.state() == network.Off()
    with network.opened("download", "a.example"):
        assert network.state() == network.Open("download", "a.example")
        with network.opened("download", "b.example"):
            assert network.state() == network.Open("download", "a.example")
    unsubscribe()
    with network.opened("download", "c.example"):
        pass
    assert heard == [network.Open("download", "a.example"), network.Off()]
    assert network.state() == network.Off()


def test_the_sign_stays_on_while_another_thread_still_uses_the_network() -> None:
    inside, leave = threading.Event(), threading.Event()

    def use() -> None:
        with network.opened("download", "slow.example"):
            inside.set()
            leave.wait(5)

    thread = threading.Thread(target=use)
    thread.start()
    assert inside.wait(5)
    with network.opened("download", "quick.example"):
        pass
    assert network.state() == network.Open("download", "slow.example")
    leave.set()
    thread.join(60)
    assert network.state() == network.Off()


def test_the_last_word_of_the_sign_is_the_state() -> None:
    """A use that ends while another begins must not say "off" after it."""
    heard: list[network.State] = []
    beginning, begun = threading.Event(), threading.Event()

    def use() -> None:
        beginning.set()
        with network.opened("download", "second.example"):
            begun.set()
            leave.wait(5)

    def listen(said: network.State) -> None:
        if said == network.Off() and not beginning.is_set():
            thread.start()
            assert beginning.wait(5)
            begun.wait(0.2)  # time for the other one to overtake, if it may
        heard.append(said)

    leave = threading.Event()
    thread = threading.Thread(target=use)
    unsubscribe = network.subscribe(listen)
    with network.opened("download", "first.example"):
        pass
    assert begun.wait(5)
    assert heard[-1] == network.state() == network.Open("download", "second.example")
    leave.set()
    thread.join(60)
    unsubscribe()


def test_a_refusal_is_an_error_of_ours_and_a_missing_connection_to_libraries() -> None:
    error = NetworkClosed(host="hub.example")
    assert isinstance(error, AppError)
    assert isinstance(error, OSError)
    assert error.fields == {"host": "hub.example"}
