"""The built-in tools that keep something, as models see them."""

from collections.abc import Mapping

from voicegui.core.tools import ToolInfo

Examples = tuple[tuple[str, Mapping[str, str]], ...]


def _tool(name: str, description: str, required: str, optional: str, cues: str, examples: Examples) -> ToolInfo:
    properties = {each: {"type": "string"} for each in f"{required} {optional}".split()}
    parameters = {"type": "object", "properties": properties, "required": required.split()}
    phrases = tuple(" ".join(cue.split("_")) for cue in cues.split())
    return ToolInfo(name, description, parameters, cues=phrases, examples=examples)


KEPT = (
    _tool(
        "set_reminder",
        "Reminds the user of something at a time.",
        "what when",
        "",
        "remind_me remind_us reminder wake_me alarm let_me_forget",
        (
            ("Remind me in two hours to feed the cat.", {"what": "feed the cat", "when": "in two hours"}),
            ("Don't let me forget my dance class on Tuesday.", {"what": "my dance class", "when": "on Tuesday"}),
        ),
    ),
    _tool(
        "set_timer",
        "Starts a timer.",
        "duration",
        "name",
        "timer countdown count_down stopwatch",
        (
            ("Set a cake timer for one hour", {"duration": "one hour", "name": "cake"}),
            ("Could you start a timer for ten minutes", {"duration": "ten minutes"}),
        ),
    ),
    _tool(
        "list_reminders",
        "Says which reminders and timers are set.",
        "",
        "",
        "reminders timers",
        (("Which reminders are set?", {}),),
    ),
    _tool(
        "cancel_reminder",
        "Cancels a reminder or timer.",
        "which",
        "",
        """cancel delete_the remove_the stop_the turn_off_the timer_off reminder_off stop_my delete_my delete_all
        cancel_all""",
        (("Delete my reminder about the rent.", {"which": "the rent"}),),
    ),
    _tool(
        "remember",
        "Keeps a fact about the user.",
        "fact",
        "",
        "remember keep_in_mind note_that make_a_note don't_forget memorize memorise",
        (
            ("Remember that my desk is on floor 9.", {"fact": "my desk is on floor 9"}),
            ("Please remember I like green tea", {"fact": "I like green tea"}),
        ),
    ),
    _tool(
        "recall",
        "Tells what the user has said to remember.",
        "",
        "about",
        """remember know_about_my know_about_me you_know_of_me what's_my what_is_my who_is_my who's_my when_is_my
        when's_my where_is_my where's_my did_i_say did_i_tell i_told_you i_said am_i""",
        (
            ("What do you know about me?", {}),
            ("What do you know about my boss?", {"about": "my boss"}),
            ("Do you remember where my desk is?", {"about": "desk"}),
        ),
    ),
    _tool(
        "forget",
        "Removes a fact about the user that was kept.",
        "which",
        "",
        "forget",
        (("Forget where my desk is.", {"which": "desk"}),),
    ),
    _tool(
        "search_conversations",
        "Searches earlier conversations.",
        "words",
        "",
        """did_we conversation conversations we_talked we_talk we_discussed we_said we_spoke last_time
        """,
        (("What did we say about cheese last month?", {"words": "cheese"}),),
    ),
)
