"""What is imported when, in a fresh process."""

import asyncio
import sys

from tests.openai_server.script import models, scripted
from tests.openai_server.server import as_json

_PROBE = """
import asyncio, gc, sys
from voicegui.providers.openai.client import OpenAIClient
from voicegui.providers.openai.models import ModelList
from voicegui.providers.openai.service import custom

async def main(url):
    client = OpenAIClient(custom(url))
    assert not {"openai", "httpx2"} & set(sys.modules), "too early"
    await client.start()
    before = set(sys.modules)
    await ModelList(client).get()
    late = {name.partition(".")[0] for name in set(sys.modules) - before}
    assert not {"openai", "httpx2", "httpcore2", "anyio", "pydantic"} & late, late
    assert gc.get_freeze_count() > 10_000
    await client.aclose()

asyncio.run(main(sys.argv[1]))
"""


async def test_the_first_request_finds_everything_imported() -> None:
    """It need not wait for that."""
    async with scripted(models(as_json({"data": []}))) as server:
        probe = await asyncio.create_subprocess_exec(sys.executable, "-c", _PROBE, server.url)
        assert await probe.wait() == 0
