"""From pip's output to one sentence that says what went wrong and what to do."""

import re
from dataclasses import dataclass

from installer.machine import install_line


@dataclass(frozen=True)
class Failure:
    """`kind` is for the program, `sentence` for the person."""

    kind: str
    sentence: str


# The first pattern that is found decides, so causes come before what follows from them.
_CAUSES: tuple[tuple[str, str, str], ...] = (
    (
        "disk",
        r"No space left on device|\[Errno 28\]|\[WinError 112\]|Disk quota exceeded|\[Errno 122\]",
        "The disk is full: free some space and run this again; it goes on where it stopped.",
    ),
    (
        "hash",
        r"THESE PACKAGES DO NOT MATCH THE HASHES",
        "A package that arrived is not the one this version was tested with: the download was "
        "damaged, or a mirror serves another file. Run this again; if it stays so, "
        "VLM_DESKTOP_LOCK=off installs without that check.",
    ),
    (
        "tls",
        r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|certificate verify failed"
        r"|SSLError\(",
        "The package registry's certificate is not trusted, as happens behind a company's "
        "inspecting proxy: set PIP_CERT to that company's certificate file and run this again.",
    ),
    (
        "proxy",
        r"ProxyError|Tunnel connection failed|407 Proxy Authentication",
        "The proxy refused the connection: set HTTPS_PROXY to http://user:password@host:port "
        "as your network needs it and run this again.",
    ),
    (
        "network",
        r"NewConnectionError|NameResolutionError|Temporary failure in name resolution"
        r"|getaddrinfo failed|nodename nor servname|Network is unreachable|No route to host"
        r"|ConnectTimeoutError|ReadTimeoutError|Read timed out|Connection refused"
        r"|Connection reset by peer|ConnectionResetError|IncompleteRead|IncompleteDownload"
        r"|Max retries exceeded|RemoteDisconnected|Could not install packages due to an OSError: "
        r"HTTPSConnectionPool",
        "The package registry could not be reached: check the network connection (set-up is the "
        "only time one is needed) and run this again; it goes on where it stopped.",
    ),
    (
        "compiler",
        r"error: command '[^']*(gcc|cc|clang|c\+\+|g\+\+|cl\.exe)[^']*' failed"
        r"|Microsoft Visual C\+\+ .* is required|unable to execute '[^']*(cc|gcc|clang)'"
        r"|No such file or directory: '(gcc|cc|clang|c\+\+|g\+\+)'"
        r"|Unknown compiler\(s\)|No CMAKE_C(XX)?_COMPILER could be found"
        r"|xcrun: error: invalid active developer path|can't find Rust compiler",
        "A part has no ready-made build for this Python and system, and there is no compiler to "
        "make one: use Python 3.12 on a current system, or install a compiler{compiler_line}.",
    ),
    (
        "old-python",
        r"requires a different Python|Requires-Python",
        "A part does not exist for this Python: use Python 3.12 and run this again.",
    ),
    (
        "unavailable",
        r"No matching distribution found for (?P<package>[^\s(]+)"
        r"|is not a supported wheel on this platform",
        "The registry has no build of {package} for this system.",
    ),
    (
        "permission",
        r"\[Errno 13\]|Permission denied|\[WinError 5\]|\[WinError 32\]",
        "A file in .venv may not be written or is in use: close VLM Desktop, check that this "
        "folder is yours, and run this again.",
    ),
    (
        "path-too-long",
        r"\[Errno 36\]|File name too long|\[WinError 206\]",
        "The path of this folder is too long for the files that belong in it: move the folder "
        "nearer to the top of the disk and run this again.",
    ),
    (
        "memory",
        r"MemoryError|Cannot allocate memory|\[Errno 12\]",
        "The machine ran out of memory: close other programs and run this again.",
    ),
    (
        "ensurepip",
        r"ensurepip is not available|No module named '?ensurepip|No module named '?venv",
        "This Python lacks what is needed to make an environment: {venv_line}.",
    ),
)

_COMPILER_LINES = {
    "apt-get": "build-essential",
    "dnf": "gcc gcc-c++ make",
    "pacman": "base-devel",
    "zypper": "gcc gcc-c++ make",
}

_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object file")


def compiler_hint(system: str, manager: str, *, root: bool = False) -> str:
    """How to get a compiler here, as the end of a sentence."""
    if system == "win32":
        return ' (the "Desktop development with C++" part of the Visual Studio Build Tools)'
    if system == "darwin":
        return " (xcode-select --install)"
    packages = _COMPILER_LINES.get(manager)
    if packages is None:
        return ""
    return f" ({install_line(manager, packages.split(), root)})"


def explain(text: str, *, venv_line: str = "", compiler_line: str = "") -> Failure:
    """The sentence for this output of pip or venv. The last 400 lines are looked at."""
    tail = "\n".join(text.splitlines()[-400:])
    for kind, pattern, sentence in _CAUSES:
        match = re.search(pattern, tail)
        if match is None:
            continue
        package = match.groupdict().get("package") or "a part"
        return Failure(
            kind,
            sentence.format(package=package, venv_line=venv_line, compiler_line=compiler_line),
        )
    return Failure("unknown", _unknown(tail))


def _unknown(tail: str) -> str:
    lines = [line.strip() for line in tail.splitlines()]
    raised = [line for line in lines if re.match(r"(ERROR: |[\w.]*(Error|Exception): )", line)]
    said = f' It said: "{raised[-1][:200]}".' if raised else ""
    return f"Installing failed for a reason that is not known here.{said}"


def missing_libraries(text: str) -> tuple[str, ...]:
    """Names of the .so files that a message of the dynamic loader says are missing."""
    return tuple(dict.fromkeys(_LIBRARY.findall(text)))
