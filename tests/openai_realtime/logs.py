"""What may not be in a log."""

import pytest

from .server import KEY


def assert_discreet(caplog: pytest.LogCaptureFixture, *words: str) -> None:
    """The server runs in the same process: what its own library logs is not ours."""
    ours = [record for record in caplog.records if not record.name.startswith("websockets.server")]
    assert ours, "nothing was logged: then this proves nothing"
    shown = "\n".join(f"{record.name} {record.getMessage()} {record.exc_text or ''}" for record in ours)
    assert not [secret for secret in (KEY, *words) if secret in shown]
