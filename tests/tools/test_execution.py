"""What tools print, in a program whose standard output is read by another one."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, subprocess, sys, threading
from voicegui.core.tools import ToolCall
from voicegui.tools.execution import stdout_for_program
from voicegui.tools.registry import Registry, from_function

def chat() -> str:
    "Chats."
    print("tool: print")
    thread = threading.Thread(target=print, args=["tool: thread"])
    thread.start()
    thread.join()
    subprocess.run([sys.executable, "-c", "print('tool: child')"], check=True)
    return "ok"

async def chat_later() -> str:
    "Chats."
    print("tool: async")
    return "ok"

async def main() -> None:
    registry = Registry([from_function(chat), from_function(chat_later)])
    for name in ("chat", "chat_later"):
        print("program:", (await registry.call(ToolCall("1", name, ""))).text, flush=True)

print("program: before")
with stdout_for_program():
    asyncio.run(main())
    print("program: end")
print("program: after")
"""


def test_what_tools_print_goes_to_standard_error() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    program = ["program: before", "program: ok", "program: ok", "program: end", "program: after"]
    assert done.stdout.splitlines() == program
    assert sorted(done.stderr.split("\n")[:-1]) == ["tool: async", "tool: child", "tool: print", "tool: thread"]


FORKING = """
import asyncio, os
from voicegui.core.tools import ToolCall
from voicegui.tools.registry import Registry, from_function

def fork() -> str:
    "Forks."
    return "parent" if os.fork() else "child"

async def main() -> None:
    print((await Registry([from_function(fork)]).call(ToolCall("1", "fork", ""))).text, flush=True)
    os.wait()

asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_tool_that_forks_does_not_make_a_second_program() -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", FORKING], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "parent\n", "")
