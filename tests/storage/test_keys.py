from collections.abc import Iterator

import keyring
import pytest
from keyring.backends import fail, null

from voicegui.storage.keys import probe_keyring


@pytest.fixture(autouse=True)
def keep_backend() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_without_a_backend_it_is_not_usable() -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    found = probe_keyring()
    assert (found.name, found.usable) == ("NoKeyringError", False)


def test_a_backend_that_can_be_read_is_usable() -> None:
    keyring.set_keyring(null.Keyring())  # type: ignore[no-untyped-call]
    assert probe_keyring().usable
