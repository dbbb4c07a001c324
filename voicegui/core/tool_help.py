"""What the built-in tools do, said to the person. Their descriptions are for the model, and speak of "the person"."""

from collections.abc import Mapping

from .tools import BUILT_IN, ToolInfo

_HELP: Mapping[str, str] = {
    "get_weather": "Tells the weather now, or the forecast for a day of the next week, anywhere on earth",
    "current_time": "Tells time, weekday and date, here or elsewhere",
    "calculate": "Calculates: arithmetic, percentages, powers, roots, trigonometry, conversion of units",
    "read_file": "Reads a text file in your shared folders",
    "list_files": "Lists the files in your shared folders",
    "open_url": "Opens a web page in your browser, without reading it",
    "read_clipboard": "Reads the text that you have copied",
    "copy_text": "Puts text into the clipboard, in place of what was there",
    "set_volume": "Sets how loud replies are",
    "set_voice": "Speaks with another voice from the next sentence on",
    "end_conversation": "Closes the microphone once you have said goodbye",
    "set_reminder": "Reminds you once, aloud, at a time or after a while",
    "set_timer": "Says aloud when a time is over",
    "list_reminders": "Lists the reminders and timers that are still to come",
    "cancel_reminder": "Cancels a reminder or a timer that is still to come",
    "remember": "Keeps something about you for later conversations, when you ask for it",
    "recall": "Looks up what you have asked it to remember",
    "forget": "Forgets something that you have asked it to remember",
    "search_conversations": "Finds what was said in earlier conversations and earlier in this one",
}


def tool_help(tool: ToolInfo) -> str:
    """One sentence without a full stop; of other people's tools the first sentence of what they say of it."""
    if tool.source == BUILT_IN and tool.name in _HELP:
        return _HELP[tool.name]
    return tool.description.strip().partition("\n")[0].partition(". ")[0].rstrip(".")
