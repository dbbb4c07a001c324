"""Commands of the terminal run in this process, and what of their output was not looked up."""

import re
from pathlib import Path

import pytest

from tests.pseudo_language import BEGIN, END, own_words
from voicegui.__main__ import main


def left(text: str, *values: str) -> str:
    """Letters that were not looked up and are none of `values`, however one stands inside of another."""
    before = ""
    while before != text:
        before, text = text, re.sub(f"{BEGIN}[^{BEGIN}{END}]*{END}", " ", text)
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, " ")
    return own_words(text)


def run_command(capsys: "pytest.CaptureFixture[str]", profile: Path, *arguments: str) -> tuple[int, str, str]:
    try:
        code = main(["--profile", str(profile), *arguments])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else -1
    output = capsys.readouterr()
    return code, output.out, output.err
