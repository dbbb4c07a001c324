"""What the person does, who wants none of it, or wants just what was shown."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from voicegui.core.commands import Approve, Interrupt, NewConversation, PressTalk, ReleaseTalk, Retry, SendText
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import ApprovalAsked
from voicegui.core.ports import SoundTrouble

if TYPE_CHECKING:
    from .trial import Trial

Person = Callable[["Trial", ApprovalAsked], Coroutine[Any, Any, None]]
"""What is done about a question, which is being asked."""


async def is_silent(trial: "Trial", asked: ApprovalAsked) -> None:
    """Waits."""


async def says_no(trial: "Trial", asked: ApprovalAsked) -> None:
    await trial.until_asked(asked)
    trial.conversation.send(SendText("No."))


async def refuses(trial: "Trial", asked: ApprovalAsked) -> None:
    trial.conversation.send(Approve(asked.call.id, allow=False))


async def talks_on(trial: "Trial", asked: ApprovalAsked) -> None:
    await trial.until_asked(asked)
    trial.conversation.send(SendText("Yes, but first tell me what the weather will be."))


async def interrupts(trial: "Trial", asked: ApprovalAsked) -> None:
    trial.conversation.send(Interrupt())


async def interrupts_and_says_yes_later(trial: "Trial", asked: ApprovalAsked) -> None:
    """To something else: the question was not heard to its end and got no answer in time."""
    trial.conversation.send(Interrupt())
    await trial.wait(60)
    trial.conversation.send(SendText("Yes."))


async def says_yes_too_late(trial: "Trial", asked: ApprovalAsked) -> None:
    """After silence has meant no."""
    await trial.wait(60)
    trial.conversation.send(SendText("Yes."))


async def is_echoed(trial: "Trial", asked: ApprovalAsked) -> None:
    """Says nothing; the microphone hears "yes" from the speaker, over the question."""
    trial.sound.say("yes yes please do it", at=trial.loop.time() + 0.2)


async def is_echoed_at_the_end(trial: "Trial", asked: ApprovalAsked) -> None:
    """The same, across the end of the question."""
    await trial.until_asked(asked, before_s=0.3)
    trial.sound.say("yes yes please do it", at=trial.loop.time())


async def approves_another(trial: "Trial", asked: ApprovalAsked) -> None:
    """A click on a card that is not there any more."""
    for id in ("call_1", "call_1_0", "reading", "", f"{asked.call.id}-2", asked.call.id.upper()):
        if id != asked.call.id:
            trial.conversation.send(Approve(id, allow=True))


async def approves_the_first(trial: "Trial", asked: ApprovalAsked) -> None:
    """Wants what is shown first, and nothing else."""
    if not trial.allowed:
        trial.allow(asked.call)


async def approves_the_first_twice(trial: "Trial", asked: ApprovalAsked) -> None:
    """A double click."""
    if not trial.allowed:
        trial.allow(asked.call)
        trial.conversation.send(Approve(asked.call.id, allow=True))


async def approves_the_first_by_voice(trial: "Trial", asked: ApprovalAsked) -> None:
    if not trial.allowed:
        await trial.until_asked(asked)
        trial.allowed.append(asked.call)
        trial.conversation.send(SendText("Yes, please."))


async def agrees_to_small_talk(trial: "Trial", asked: ApprovalAsked) -> None:
    """Knows what is asked once all of it was heard as an utterance of its own, and is silent; agrees to all else."""
    await trial.until_quiet()
    heard = trial.attempt.hears in asked.question and asked.question.endswith(("Shall I?", "?", "."))
    if asked.question not in trial.voice.spoken or not heard:
        trial.conversation.send(SendText("Okay, thanks."))


async def thanks_at_once(trial: "Trial", asked: ApprovalAsked) -> None:
    """While the model still talks, and only on to it."""
    trial.conversation.send(SendText("Okay, thanks."))


async def thanks_over_the_answer(trial: "Trial", asked: ApprovalAsked) -> None:
    trial.sound.say("okay thanks sure", at=trial.loop.time() + 0.5)


async def thanks_later(trial: "Trial", asked: ApprovalAsked) -> None:
    """Having heard no question."""
    await trial.until_quiet()
    trial.conversation.send(SendText("Okay, thanks."))
    await trial.until_quiet()
    trial.sound.say("okay thanks", at=trial.loop.time() + 0.5)


async def unplugs_and_thanks(trial: "Trial", asked: ApprovalAsked) -> None:
    gone = VoiceError(ErrorCode.DEVICE_LOST, "The speaker is gone.")
    trial.sound.tell(SoundTrouble(gone, "speaker"))
    await thanks_later(trial, asked)


async def interrupts_and_thanks(trial: "Trial", asked: ApprovalAsked) -> None:
    trial.conversation.send(Interrupt())
    trial.sound.say("okay thanks", at=trial.loop.time() + 1.0)


async def talks_over_by_hand(trial: "Trial", asked: ApprovalAsked) -> None:
    trial.conversation.send(PressTalk())
    trial.sound.say("okay thanks", at=trial.loop.time() + 0.2)
    await trial.wait(2)
    trial.conversation.send(ReleaseTalk())


async def begins_anew_and_says_yes(trial: "Trial", asked: ApprovalAsked) -> None:
    """To whatever: what was asked belongs to a conversation that is over."""
    if len(trial.asked) == 1:
        await trial.until_asked(asked)
        trial.conversation.send(NewConversation())
        await trial.wait(1)
        trial.conversation.send(Approve(asked.call.id, allow=True))
        trial.conversation.send(SendText("Yes, please."))


async def begins_anew_at_once(trial: "Trial", asked: ApprovalAsked) -> None:
    """While the question is being asked; then hears the rest of it and agrees aloud."""
    if len(trial.asked) == 1:
        trial.conversation.send(NewConversation())
        trial.sound.say("yes please do it", at=trial.loop.time() + 0.5)


async def says_yes_and_begins_anew(trial: "Trial", asked: ApprovalAsked) -> None:
    """The click comes after the new conversation has begun, in the same moment."""
    if len(trial.asked) == 1:
        trial.conversation.send(NewConversation())
        trial.conversation.send(Approve(asked.call.id, allow=True))


async def retries(trial: "Trial", asked: ApprovalAsked) -> None:
    """Stops, wants another answer, and says no more."""
    if len(trial.asked) == 1:
        trial.conversation.send(Interrupt())
        await trial.wait(1)
        trial.conversation.send(Retry())


async def approves_the_first_and_retries(trial: "Trial", asked: ApprovalAsked) -> None:
    """What was done is not done again."""
    if not trial.allowed:
        trial.allow(asked.call)
        await trial.wait(1)
        trial.conversation.send(Interrupt())
        await trial.wait(1)
        trial.conversation.send(Retry())
        await trial.until_quiet()
        trial.conversation.send(Retry())
