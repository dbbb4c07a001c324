"""The tool that looks for what was said before."""

from datetime import datetime
from typing import Annotated

from voicegui.core.records import Archive
from voicegui.core.tools import Permission, ToolOutcome

from .declaration import tool
from .here import Here
from .times.saying import said

_LONGEST_FOUND = 600


class EarlierTools:
    def __init__(self, archive: Archive, here: Here) -> None:
        self._archive, self._here = archive, here

    @tool(
        label="Earlier conversations",
        permission=Permission.ALWAYS,
        outside=True,  # an answer may have repeated what somebody else wrote
        cues=("did i say", "did we", "we talked", "we discussed", "we said", "we spoke", "talks about", "did you say",
              "did i ask", "our conversation", "earlier conversation", "last conversation",
              "the conversation", "earlier talks", "our chats",
              "did i mention", "did i ever", "search", "last time"),
        examples=(
            ("What did I say about the invoice?", {"words": "invoice"}),
            ("Search our conversations for the word cheese.", {"words": "cheese"}),
        ),
    )  # fmt: skip
    async def search_conversations(
        self, words: Annotated[str, "One or two words that were said, such as invoice"]
    ) -> ToolOutcome:
        """Finds what the person and the assistant said in earlier conversations and earlier in this one."""
        found = await self._archive.search(words)
        if not found:
            return ToolOutcome("Nothing was said with these words.", say="I have found nothing about that.")
        here = await self._here.time()
        lines = []
        for each in found:
            when = said(datetime.fromtimestamp(each.at, here.tzinfo), here)
            text = each.text if len(each.text) <= _LONGEST_FOUND else f"{each.text[: _LONGEST_FOUND - 1]}…"
            lines.append(f"{when[:1].upper()}{when[1:]} {'you' if each.role == 'user' else 'I'} said: {text}")
        return ToolOutcome("\n".join(lines), say=lines[0])
