"""The window starts without arrays, and so does a canvas with boxes."""

import subprocess
import sys


def test_a_canvas_and_its_list_load_no_arrays() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys\n"
            "from vlm_desktop.gui.widgets import overlay_canvas, region_list\n"
            "print('numpy' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert done.stdout.strip() == "False"
