import copy
import dataclasses
import json
import pickle
import traceback
from dataclasses import dataclass

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.keys import Secret, checked_key

KEY = "-".join(("sk", "proj", "planted"))


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret(KEY)
    assert secret.reveal() == KEY
    shown = (
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>40}",
        f"{secret:>40}",
    )
    assert not [text for text in shown if KEY in text]


@dataclass(frozen=True)
class Config:
    key: Secret


def test_a_secret_stays_hidden_inside_other_things() -> None:
    config = Config(Secret(KEY))
    assert KEY not in repr(config) and KEY not in repr(dataclasses.asdict(config))
    assert copy.deepcopy(config) == copy.copy(config) == config
    with pytest.raises(TypeError) as refused:
        json.dumps(config.key)
    assert KEY not in str(refused.value)


def test_a_secret_never_leaves_the_process() -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="neither pickled"):
            pickle.dumps(Secret(KEY), protocol)


def test_a_traceback_with_local_variables_does_not_show_it() -> None:
    def send(secret: Secret) -> None:
        raise ValueError(f"refused {secret}")

    try:
        send(Secret(KEY))
    except ValueError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "secret = Secret(…)" in shown and KEY not in shown


def test_secrets_are_equal_by_their_text() -> None:
    assert Secret(KEY) == Secret(KEY) and hash(Secret(KEY)) == hash(Secret(KEY))
    assert Secret(KEY) != Secret("other") and Secret(KEY) != KEY


def test_what_surrounds_a_key_is_taken_off() -> None:
    assert checked_key(f" \t{KEY}\r\n").reveal() == KEY


@pytest.mark.parametrize("inner", [" ", "\n", "\r\n", "\t", "\x00", "\x7f", "\u200b", "\u00a0", "é"])
def test_what_cannot_be_a_key_is_refused_without_repeating_it(inner: str) -> None:
    with pytest.raises(VoiceError) as refused:
        checked_key(KEY + inner + KEY)
    assert refused.value.code is ErrorCode.BAD_KEY and not refused.value.retryable
    assert "Copy it again" in refused.value.message and KEY not in refused.value.message


@pytest.mark.parametrize("text", ["", "  \n"])
def test_no_key_at_all_is_said_to_be_empty(text: str) -> None:
    with pytest.raises(VoiceError, match="empty"):
        checked_key(text)
