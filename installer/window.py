"""Whether Qt can show a window here, and if not, which system packages are lacking."""

import sys

from installer import machine
from installer.environment import Environment
from installer.explain import missing_libraries
from installer.pip import python_output

_CHECK = """
import ctypes, pathlib, sys

def report(names):
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            print(name + ": cannot open shared object file")

try:
    import PySide6.QtGui
    import PySide6.QtWidgets
except ImportError as error:
    print(error)
    report({qt!r})
    sys.exit(1)
plugin = pathlib.Path(PySide6.__file__).parent / "Qt/plugins/platforms/libqxcb.so"
if {x11!r} and plugin.exists():
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        print(error)
        report({x11!r})
        sys.exit(1)
"""


def window_trouble(environment: Environment, *, x11: bool, system: str = sys.platform) -> str:
    """A sentence about why Qt cannot start, "" when it can. Takes a fraction of a second."""
    linux = system.startswith("linux")
    code = _CHECK.format(
        qt=list(machine.QT_LIBRARIES) if linux else [],
        x11=list(machine.X11_LIBRARIES) if linux and x11 else [],
    )
    result = python_output(environment, code)
    if result.ok:
        return ""
    return trouble_sentence(result.text, machine.package_manager(), root=machine.is_root())


def trouble_sentence(text: str, manager: str, *, root: bool) -> str:
    """From what the check printed to a sentence with the command that mends it."""
    libraries = missing_libraries(text)
    if libraries:
        line = machine.libraries_line(libraries, manager, root=root)
        return f"The window needs system libraries that are missing: {line}"
    last = [line.strip() for line in text.splitlines() if line.strip()]
    return f"Qt does not start on this system ({last[-1] if last else 'it gave no reason'})."
