"""The tools that remember: facts about the user, and a search in what was said before."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from voicegui.core.records import Archive, Fact, Facts
from voicegui.core.tools import TAINTED, Permission, ToolOutcome
from voicegui.core.wording import listed, marked, sentence

from .function_tools import failed_with, succeeded_with, tool
from .reminder_wording import meant, yours
from .times.local_time import Here, said_first

_LONGEST = 1000
_MOST_TOLD = 30


class MemoryTools:
    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    @tool(
        label=marked("Remember"),
        permission=Permission.ALWAYS,
        changes=True,
        finishes=True,
        question=marked("I would remember this: {fact}."),
        cues=("remember", "keep in mind", "note that", "make a note"),
        examples=(
            ("Remember that my dog is called Bento.", {"fact": "My dog is called Bento"}),
            ("Please remember I like green tea.", {"fact": "I like green tea"}),
        ),
    )
    async def remember(
        self, fact: Annotated[str, "One sentence in the person's own words, such as: My dog is called Bento"]
    ) -> ToolOutcome:
        """Keeps a fact about the person for later conversations, when they ask for that."""
        text = " ".join(fact.split()).rstrip(".")
        if not text or len(text) > _LONGEST:
            nothing, too_long = sentence("There is nothing to remember."), sentence("That is too long to remember.")
            return failed_with(too_long if text else nothing)
        kept = await self._facts.remember(text, tainted=TAINTED.get())
        answer = sentence("I will remember: {fact}.", fact=yours(kept.text))
        return succeeded_with(answer, f"Remembered: {kept.text}.")

    @tool(
        label=marked("Recall"),
        permission=Permission.ALWAYS,
        cues=("what do you know", "what did i tell you", "remember what", "you remember", "do you know my",
              "i told you", "know about me", "know about my", "did i say",
              "what is my", "what's my", "who is my", "when is my", "where is my"),
        examples=(
            ("What do you know about me?", {}),
            ("What do you know about my boss?", {"about": "my boss"}),
            ("Do you remember what my dog is called?", {"about": "dog"}),
        ),
    )  # fmt: skip
    async def recall(
        self, about: Annotated[str, "A word or two of what is asked for, such as dog; empty for everything"] = ""
    ) -> ToolOutcome:
        """Looks up what the person has asked to remember about themselves."""
        facts = await self._facts.recall(about)
        if not facts:
            answer = sentence("You have not told me anything about that.")
            return succeeded_with(answer, "Nothing is remembered about that.")
        told = [fact.text for fact in facts[:_MOST_TOLD]]
        more = f"\n({len(facts) - len(told)} more)" if len(facts) > len(told) else ""
        answer = sentence("You told me: {facts}.", facts=listed([yours(text) for text in told], 3))
        return succeeded_with(answer, "\n".join(told) + more, outside=_are_tainted(facts[:_MOST_TOLD]))

    @tool(
        label=marked("Forget"),
        permission=Permission.ALWAYS,
        changes=True,
        finishes=True,
        question=marked("I would forget what I know of {which}."),
        cues=("forget", "delete what"),
        examples=(("Forget what I told you about my dog.", {"which": "dog"}),),
    )
    async def forget(self, which: Annotated[str, "Words of the fact, such as dog"]) -> ToolOutcome:
        """Forgets one fact that the person has asked to remember."""
        found = meant(which, await self._facts.recall(), lambda fact: fact.text)
        told = [yours(fact.text) for fact in found]
        if not found:
            return failed_with(sentence("I remember nothing like that."))
        if len(found) > 1:
            which_one = sentence("Which one should I forget: {facts}?", facts=listed(told, 5))
            return failed_with(which_one, outside=_are_tainted(found))
        if not await self._facts.forget(found[0].id):
            return failed_with(sentence("That is forgotten already."))
        answer = sentence("I have forgotten this: {fact}.", fact=told[0])
        return succeeded_with(answer, f"Forgotten: {found[0].text}.", outside=_are_tainted(found))


def _are_tainted(facts: Iterable[Fact]) -> bool:
    return any(fact.tainted for fact in facts)


# ---------------------------------------------------------------- what was said before

_LONGEST_FOUND = 600


class EarlierTools:
    def __init__(self, archive: Archive, here: Here) -> None:
        self._archive, self._here = archive, here

    @tool(
        label=marked("Earlier conversations"),
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
            answer = sentence("I have found nothing about that.")
            return succeeded_with(answer, "Nothing was said with these words.")
        here = await self._here.time()
        lines = []
        for each in found:
            when = said_first(datetime.fromtimestamp(each.at, here.tzinfo), here)
            text = each.text if len(each.text) <= _LONGEST_FOUND else f"{each.text[: _LONGEST_FOUND - 1]}…"
            told = sentence("{when} you said: {text}") if each.role == "user" else sentence("{when} I said: {text}")
            lines.append(told.filled(when=when, text=text))
        return succeeded_with(lines[0], "\n".join(line.written() for line in lines))
