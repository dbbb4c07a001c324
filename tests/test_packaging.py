"""The scripts that start the program fit it: what they import is there."""

import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[1]


def test_the_headless_turn_imports_what_there_is() -> None:
    program = "import runpy; runpy.run_path('packaging/headless_turn.py', run_name='imported')"
    done = subprocess.run([sys.executable, "-c", program], cwd=TOP, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
