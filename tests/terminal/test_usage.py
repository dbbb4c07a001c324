"""Wrong use is said in a sentence, and ends with 2."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from voicegui.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["models", "get", "nosuch"], "There is no model called “nosuch”."),
        (["models", "get", ""], "There is no model called “”."),
        (["models", "get", "a\x1b[2Jb"], "⟨U+001B⟩"),
        *(
            (["ask", "--text", "Hi", f"--wait={wrong}"], "is no number of seconds")
            for wrong in ("-3", "soon", "nan", "inf", "")
        ),
        *((["ask", "--text", empty], "there is no question in it") for empty in ("", " ", "\n\t")),
        (["ask"], "QUESTION.wav --text is required"),
    ],
)
def test_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], said: str) -> None:
    try:
        code = main(["--profile", str(tmp_path), *arguments])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else -1
    output = capsys.readouterr()
    assert code == 2 and said in output.err and not output.out
    assert "Traceback" not in output.err and "_seconds" not in output.err


def test_it_says_which_version_it_is() -> None:
    import subprocess
    import sys
    from importlib.metadata import version

    done = subprocess.run([sys.executable, "-m", "voicegui", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"voicegui {version('voicegui')}\n"
