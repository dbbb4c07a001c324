"""The platform's keyring, through the `keyring` package. Everything here blocks: call it in a thread of its own."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, Protocol

from voicegui.core.errors import TRY_AGAIN, ErrorCode, VoiceError
from voicegui.core.wording import Sentence, sentence, sentences, shown

log = logging.getLogger(__name__)

PROGRAM = "voicegui"
"""The service under which a keyring shows our entries; the user name of each is the service the key is for."""


class Backend(Protocol):
    """What we use of a `keyring.backend.KeyringBackend`."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


FindBackend = Callable[[], Backend]


def find_backend() -> Backend:
    """The best keyring of this platform that encrypts what it keeps. Raises KeyringError and others.

    The package also accepts plain-text files, a keyring that forgets and anything an extension brings. Only the ones of
    operating systems and desktops are used here, whatever its configuration says.
    """
    import keyring
    from keyring.backends.chainer import ChainerBackend
    from keyring.errors import NoKeyringError

    chosen = keyring.get_keyring()
    for backend in chosen.backends if isinstance(chosen, ChainerBackend) else (chosen,):
        if _is_trusted(backend):
            return backend
    raise NoKeyringError(f"{type(chosen).__module__} does not encrypt")


def _is_trusted(backend: object) -> bool:
    package, _, name = type(backend).__module__.rpartition(".")
    return package == "keyring.backends" and name not in ("fail", "null", "chainer")


class KeyringUnusable(VoiceError):
    """VoiceError(NO_KEYRING | KEYRING_FAILED)."""

    def __init__(self, code: ErrorCode, what: Sentence, following: Sentence, hint: Sentence) -> None:
        """`following`: the same, and what becomes of keys."""
        super().__init__(code, what, retryable=code is ErrorCode.KEYRING_FAILED, hint=hint)
        self.notice = sentences(following, hint)


class SystemKeyring:
    """Reads and writes the entries of this program. Methods raise KeyringUnusable."""

    def __init__(self, find: FindBackend = find_backend) -> None:
        self._find = find

    def check(self) -> str:
        """What a person will have to do before a key can be kept; "" for nothing. Opens nothing."""
        with _translated():
            backend = self._find()
            if not _is_secret_service(backend):
                return ""
            import secretstorage
            from secretstorage.exceptions import ItemNotFoundException

            with closing(secretstorage.dbus_init()) as connection:
                try:
                    collection = secretstorage.Collection(connection, _DEFAULT)
                    collection.ensure_not_locked()
                except ItemNotFoundException:
                    return shown(
                        "It has no place for keys yet: it asks for a new password when the first one is entered."
                    )
                except secretstorage.exceptions.LockedException:
                    return shown("It is locked: it asks for its password when a key is entered or needed.")
            return ""

    def read(self, service: str) -> str | None:
        with _translated():
            backend = self._find()
            if _keeps_nothing(backend, service):
                return None
            if _is_secret_service(backend):
                return of_ours(backend, service)
            try:
                return backend.get_password(PROGRAM, service)
            except UnicodeDecodeError:
                return None

    def write(self, service: str, text: str) -> None:
        with _translated():
            self._find().set_password(PROGRAM, service, text)

    def erase(self, service: str) -> bool:
        """Whether it is gone, also when there was nothing."""
        from keyring.errors import PasswordDeleteError

        with _translated():
            backend = self._find()
            left = _left(backend, service)
            for _ in range(_MOST_ENTRIES):
                before = left
                if before is None:
                    return True
                # the error says the same of what was not there and of what could not be deleted
                with suppress(PasswordDeleteError):
                    backend.delete_password(PROGRAM, service)
                left = _left(backend, service)
                if left == before and not _is_secret_service(backend):
                    break
            return left is None


_DEFAULT = "/org/freedesktop/secrets/aliases/default"

_MOST_ENTRIES = 20
"""Of one key: other programs may have made some beside ours."""


def _is_secret_service(backend: Backend) -> bool:
    return type(backend).__module__.endswith(".SecretService")


def of_ours(backend: Any, service: str) -> str | None:
    """Of several entries of one key the one that this program wrote, and of those the newest: the `keyring` package
    would take any."""
    collection = backend.get_preferred_collection()
    with closing(collection.connection):
        items = list(collection.search_items({"service": PROGRAM, "username": service}))
        if not items:
            return None
        mine = [item for item in items if item.get_attributes().get("application") == getattr(backend, "appid", "")]
        for item in sorted(mine or items, key=lambda item: int(item.get_modified()), reverse=True):
            backend.unlock(item)
            with suppress(UnicodeDecodeError):  # of another program: no key
                return str(item.get_secret().decode("utf-8"))
        return None


def _left(backend: Backend, service: str) -> str | None:
    """The text of an entry that is still there, "" if it is no text; None: there is none."""
    if _keeps_nothing(backend, service):
        return None
    try:
        return backend.get_password(PROGRAM, service)
    except UnicodeDecodeError:
        return ""


def _keeps_nothing(backend: Backend, service: str) -> bool:
    """Where there is no entry of ours nobody is asked for a password: the `keyring` package would unlock the keyring to
    look, or have one made. A Secret Service tells what it holds without that; of other keyrings it is not known."""
    if not _is_secret_service(backend):
        return False
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        found = secretstorage.search_items(connection, {"service": PROGRAM, "username": service})
        return next(iter(found), None) is None


@contextmanager
def _translated() -> Iterator[None]:
    """Backends let through the errors of what is below them: D-Bus, sockets, Windows. Their texts are not repeated."""
    from keyring import errors

    try:
        yield
    except Exception as error:
        log.warning("the keyring failed: %s", type(error).__name__)
        match error:
            case errors.NoKeyringError():
                raise no_keyring() from None
            case errors.KeyringLocked():
                raise _locked() from None
            case errors.InitError():
                raise _closed() from None
        raise _failed(type(error).__name__) from None


def no_keyring() -> KeyringUnusable:
    return KeyringUnusable(
        ErrorCode.NO_KEYRING,
        sentence("There is no keyring that voicegui can use."),
        sentence("There is no keyring that voicegui can use, so keys you enter are kept only until voicegui ends."),
        sentence("Install one, such as GNOME Keyring, or set an environment variable such as OPENAI_API_KEY."),
    )


def no_answer() -> KeyringUnusable:
    return KeyringUnusable(
        ErrorCode.KEYRING_FAILED,
        sentence("The keyring does not answer."),
        sentence("The keyring does not answer, so keys you enter are kept only until voicegui ends."),
        sentence("If it asks for its password, unlock it."),
    )


def _locked() -> KeyringUnusable:
    return KeyringUnusable(
        ErrorCode.KEYRING_FAILED,
        sentence("The keyring is locked."),
        sentence("The keyring is locked, so keys you enter are kept only until voicegui ends."),
        sentence("Unlock it and try again."),
    )


def _closed() -> KeyringUnusable:
    return KeyringUnusable(
        ErrorCode.KEYRING_FAILED,
        sentence("The keyring cannot be opened."),
        sentence("The keyring cannot be opened, so keys you enter are kept only until voicegui ends."),
        sentence("Unlock or create one in your desktop."),
    )


def _failed(error: str) -> KeyringUnusable:
    """`error`: the name of its class."""
    return KeyringUnusable(
        ErrorCode.KEYRING_FAILED,
        sentence("The keyring failed ({error}).", error=error),
        sentence("The keyring failed ({error}), so keys you enter are kept only until voicegui ends.", error=error),
        TRY_AGAIN,
    )
