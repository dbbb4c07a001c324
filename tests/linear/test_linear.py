"""Forty kilobytes of anything are read in time that grows with the text, and not faster."""

import subprocess
import sys

import pytest

from .readers import READERS

QUICK = ("numerals", "unspoken, whole", "sentences, in pieces of 7")


@pytest.mark.parametrize(
    "reader", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in READERS]
)
def test_in_proportion(reader: str) -> None:
    """In a process of its own, whose processor time is counted and limited."""
    done = subprocess.run([sys.executable, "-m", "tests.linear.measure", reader], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
