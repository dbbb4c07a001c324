"""What is loaded before the window shows."""

import subprocess
import sys


def test_declaring_tools_loads_nothing_heavy() -> None:
    program = (
        "import sys, voicegui.tools.registry, voicegui.tools.builtin, voicegui.tools.user_tools\n"
        "print([name for name in ('pydantic', 'pydantic_core', 'pint', 'httpx2', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
