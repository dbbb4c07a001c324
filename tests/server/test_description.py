"""The description of `/voice` is true, and one that the tools for such descriptions understand."""

import json
import subprocess
import sys
from pathlib import Path

from voicegui.server.voice.messages import MAKERS, VoiceOptions

from .description import FILE, description, kinds

NODE = Path(__file__).parents[1] / "node"


def test_the_authority_for_such_descriptions_finds_no_fault() -> None:
    node = Path(sys.executable).with_name("node")
    done = subprocess.run([node, "asyncapi.mjs", FILE], cwd=NODE, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_all_that_a_client_may_say_is_described_and_nothing_else() -> None:
    assert kinds("fromClient") == set(MAKERS)
    described = description()["components"]["schemas"]["configure"]["properties"]
    assert set(described) - {"type"} == set(VoiceOptions.__dataclass_fields__)
