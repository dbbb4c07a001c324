"""The example of the README, as it is written there."""

import asyncio
import re
import sys
from pathlib import Path

from tests.conversation.fakes import words_to_bytes

from .running import KEY, PATIENCE_S, Stages, running

ROOT = Path(__file__).parents[2]


def example(first_words: str) -> str:
    """The indented block of the README that begins with these words."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"    {first_words}"))
    block: list[str] = []
    for line in lines[start:]:
        if not line.startswith("    "):
            break
        block.append(line[4:])
    return "\n".join(block)


async def test_five_lines_of_python_get_a_spoken_answer(tmp_path: Path) -> None:
    code = example("from websockets.sync.client import connect")
    assert len(code.splitlines()) == 5
    (tmp_path / "tests" / "speech").mkdir(parents=True)
    (tmp_path / "tests" / "speech" / "question-01.wav").write_bytes(b"RIFF" + bytes(40) + words_to_bytes("how are you"))
    async with running(Stages([("how are you", "I am well.")])) as server:
        code = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{server.port}", code).replace("Bearer KEY", f"Bearer {KEY}")
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=tmp_path)
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0
    answer = (tmp_path / "answer.wav").read_bytes()
    assert answer[:4] == b"RIFF" and len(answer) > 40_000
