"""Run as a program: what each flood costs from its bytes to the outcome. Prints JSON: seconds of the processor for
each, and by how many kilobytes the memory of the process grew in all."""

import json
import resource
import sys
import time

from mcp.shared.message import SessionMessage
from pydantic import ValidationError

from tests.tools.mcp_servers.floods import FLOODS
from voicegui.core.tools import LONGEST_OUTCOME
from voicegui.tools.mcp import server
from voicegui.tools.mcp.framing import Limits, MessageLines
from voicegui.tools.mcp.message_filter import mended
from voicegui.tools.mcp.results import outcome
from voicegui.tools.mcp.server_status import ServerLog
from voicegui.tools.mcp.stdio import _message


def received(lines: list[bytes]) -> None:
    log, feed = ServerLog(64_000), MessageLines(Limits().message_bytes)
    for line in lines:
        for start in range(0, len(line), 65_536):
            for whole in feed.feed(line[start : start + 65_536]):
                message = _message(whole, log)
                if message is None:
                    continue
                item = mended(message)
                assert isinstance(item, SessionMessage)
                result = getattr(item.message, "result", None)
                if result is not None:
                    try:
                        found = server._ANSWER.validate_python(result)
                    except ValidationError:
                        continue
                    assert len(outcome(found.model_dump(by_alias=True, mode="json")).text) <= LONGEST_OUTCOME


def cost(lines: list[bytes]) -> float:
    before = time.process_time()
    received(lines)
    return time.process_time() - before


def main() -> None:
    text = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "a" * 1_900_000}]}})
    control = [text.encode() + b"\n"]
    cost(control)
    floods = {name: [line.encode() + b"\n" for line in made(1)] for name, (made, _) in FLOODS.items()}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = {"": cost(control)} | {name: cost(lines) / len(lines) for name, lines in floods.items()}
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    json.dump({"seconds": spent, "kilobytes": grown}, sys.stdout)


if __name__ == "__main__":
    main()
