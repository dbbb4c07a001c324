"""What the keys of this program do with the keyring of this session: `python -m tests.storage.keyring_probe STEP ...`.

Prints a line of JSON for each step: state, key (as its length and whether it is the one given), notice, error. Steps:
`set=TEXT`, `get=TEXT`, `state`, `delete`, `foreign=TEXT`, `lock` the keyring, `freeze` its service, `thaw` it.
"""

import asyncio
import json
import os
import signal
import sys

from voicegui.core.errors import VoiceError
from voicegui.core.keys import Secret
from voicegui.storage.keys import ANSWER_S, KeyStore
from voicegui.storage.serial_thread import SerialThread


async def main(steps: list[str]) -> None:
    thread = SerialThread("keyring", ANSWER_S)
    keys = KeyStore(thread=thread)
    for step in steps:
        name, _, text = step.partition("=")
        line: dict[str, object] = {"step": name}
        try:
            match name:
                case "set":
                    line["place"] = (await keys.set("openai", Secret(text))).place
                case "get":
                    line["same"] = await keys.get("openai") == (Secret(text) if text else None)
                case "state":
                    line["place"] = (await keys.state("openai")).place
                case "delete":
                    line["place"] = (await keys.delete("openai")).place
                case "foreign":
                    await asyncio.to_thread(write_as_another, text)
                case "lock":
                    await asyncio.to_thread(lock)
                case "freeze":
                    os.kill(int(os.environ["KEYRING_DAEMON"]), signal.SIGSTOP)
                    thread.timeout_s = 0.5
                case "thaw":
                    os.kill(int(os.environ["KEYRING_DAEMON"]), signal.SIGCONT)
                    thread.timeout_s = ANSWER_S
                    while thread.hangs:  # noqa: ASYNC110
                        await asyncio.sleep(0.01)
                case _:
                    raise SystemExit(f"no step {name}")
        except VoiceError as error:
            line["error"] = error.code
        print(json.dumps(line | {"notice": keys.notice()}), flush=True)


def write_as_another(text: str) -> None:
    """As `secret-tool store service voicegui username openai` does."""
    import secretstorage

    connection = secretstorage.dbus_init()
    attributes = {"service": "voicegui", "username": "openai", "made-by": f"another {len(text)}"}
    secretstorage.get_default_collection(connection).create_item("a key", attributes, text.encode())
    connection.close()


def lock() -> None:
    import secretstorage

    connection = secretstorage.dbus_init()
    secretstorage.get_default_collection(connection).lock()
    connection.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
