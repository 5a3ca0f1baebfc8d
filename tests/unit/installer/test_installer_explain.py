"""Each way an installation fails gets its own sentence."""

import pytest

from installer.explain import compiler_hint, explain

_FAILURES = [
    (
        "disk",
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "free some space",
    ),
    (
        "hash",
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have\n"
        "    Expected sha256 aaa\n         Got        bbb",
        "not the one this version was tested with",
    ),
    (
        "tls",
        "Could not fetch URL https://host/simple/torch/: There was a problem confirming the ssl "
        "certificate: HTTPSConnectionPool(host='host', port=443): Max retries exceeded with url: "
        "/simple/torch/ (Caused by SSLError(SSLCertVerificationError(1, '[SSL: "
        "CERTIFICATE_VERIFY_FAILED] certificate verify failed')))\n"
        "ERROR: No matching distribution found for torch===2.15.0",
        "PIP_CERT",
    ),
    (
        "proxy",
        "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.', "
        "OSError('Tunnel connection failed: 407 Proxy Authentication Required'))'",
        "HTTPS_PROXY",
    ),
    (
        "network",
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError: "
        "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution'\n"
        "ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from "
        "versions: none)\nERROR: No matching distribution found for numpy==2.4.6",
        "could not be reached",
    ),
    (
        "network",
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out.",
        "could not be reached",
    ),
    (
        "compiler",
        "  building 'x' extension\n  error: command 'gcc' failed: No such file or directory",
        "apt-get install build-essential",
    ),
    (
        "compiler",
        "error: Microsoft Visual C++ 14.0 or greater is required. Get it with ...",
        "no compiler",
    ),
    (
        "compiler",
        "error: command '/usr/bin/x86_64-linux-gnu-gcc' failed with exit code 1",
        "no compiler",
    ),
    (
        "unavailable",
        "ERROR: Could not find a version that satisfies the requirement pyside6==6.11.3 (from "
        "versions: 6.9.0)\nERROR: No matching distribution found for pyside6==6.11.3",
        "pyside6==6.11.3",
    ),
    (
        "old-python",
        "ERROR: Package 'vlm-desktop' requires a different Python: 3.14.0 not in '<3.14,>=3.11'",
        "use Python 3.12",
    ),
    (
        "permission",
        "ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied: 'x'",
        "in use",
    ),
    (
        "ensurepip",
        "The virtual environment was not created successfully because ensurepip is not available.",
        "sudo apt-get install python3-venv",
    ),
]


@pytest.mark.parametrize(("kind", "text", "word"), _FAILURES)
def test_failure_is_explained(kind: str, text: str, word: str) -> None:
    failure = explain(
        text,
        venv_line="sudo apt-get install python3-venv",
        compiler_line=compiler_hint("linux", "apt-get"),
    )
    assert failure.kind == kind
    assert word in failure.sentence
    assert failure.sentence.endswith(".")
    assert "{" not in failure.sentence


def test_an_unknown_failure_quotes_what_was_said() -> None:
    failure = explain("lines\nOSError: the moon is full\nnote: nothing\n")
    assert failure.kind == "unknown"
    assert "the moon is full" in failure.sentence


def test_harmless_output_is_not_explained_away() -> None:
    failure = explain("Collecting numpy==2.4.6\n  Using cached numpy.whl\n")
    assert failure.kind == "unknown"


@pytest.mark.parametrize(
    ("system", "manager", "word"),
    [
        ("linux", "apt-get", "sudo apt-get install build-essential"),
        ("linux", "dnf", "gcc-c++"),
        ("linux", "", ""),
        ("darwin", "", "xcode-select --install"),
        ("win32", "", "Visual Studio Build Tools"),
    ],
)
def test_compiler_hint(system: str, manager: str, word: str) -> None:
    hint = compiler_hint(system, manager)
    assert word in hint if word else hint == ""
