"""The conversation before this start: found in the database, shown, and continued if somebody wants that.

Apart from the session because it is a small state of its own: found, wanted, continued, or over.
"""

import logging
from collections.abc import Callable

from voicegui.app.tools import Toolkit
from voicegui.conversation.conversation import Conversation
from voicegui.core.errors import VoiceError
from voicegui.core.events import Continued, Event, LastConversationFound, UserSaid
from voicegui.core.records import PastConversation

log = logging.getLogger(__name__)


class LastConversation:
    """Tells `LastConversationFound`, and `Continued` once a conversation goes on with it."""

    def __init__(self, toolkit: Toolkit, tell: Callable[[Event], None]) -> None:
        self._toolkit, self._tell = toolkit, tell
        self._past: PastConversation | None = None
        """While it may be continued."""
        self._looked = False
        self._talked = False
        """Another conversation has begun."""
        self._wanted = False

    async def find(self) -> None:
        """Once; raises nothing."""
        if self._looked:
            return
        self._looked = True
        try:
            past = await self._toolkit.last_conversation()
        except VoiceError as error:  # told when something is to be written
            log.warning("the last conversation could not be read: %s", error.code)
            return
        if past is not None and not self._talked:
            self._past = past
            self._tell(LastConversationFound(past))

    def continue_in(self, conversation: Conversation | None, *, wanted: bool = False) -> None:
        """As soon as there is a conversation, if somebody has wanted it; `wanted`: somebody does now."""
        self._wanted = self._wanted or (wanted and self._past is not None)
        if self._wanted and self._past is not None and conversation is not None:
            past, self._past, self._wanted = self._past, None, False
            self._toolkit.go_on(past, conversation)
            self._tell(Continued())

    def forget(self) -> None:
        """Another conversation is wanted."""
        self._past, self._wanted = None, False

    def follow(self, event: Event) -> None:
        """Each one that is told: words of another conversation end the chance to continue this one."""
        if isinstance(event, UserSaid) and not self._wanted:
            self._past, self._talked = None, True
