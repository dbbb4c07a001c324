"""The built-in tools as models see them."""

from collections.abc import Mapping

from voicegui.core.tools import ToolInfo

Examples = tuple[tuple[str, Mapping[str, str]], ...]


def _tool(name: str, description: str, required: str, optional: str, cues: str, examples: Examples) -> ToolInfo:
    properties = {each: {"type": "string"} for each in f"{required} {optional}".split()}
    parameters = {"type": "object", "properties": properties, "required": required.split()}
    phrases = tuple(" ".join(cue.split("_")) for cue in cues.split())
    return ToolInfo(name, description, parameters, cues=phrases, examples=examples)


TOOLS = (
    _tool(
        "get_weather",
        "The weather now, or the forecast, at a place.",
        "place",
        "when",
        """weather forecast temperature rain raining rainy snow snowing umbrella sunny cloudy windy how_warm how_cold
        how_hot degrees""",
        (
            ("Will it be windy in Paris on Monday?", {"place": "Paris", "when": "on Monday"}),
            ("How hot is it in Cairo?", {"place": "Cairo"}),
        ),
    ),
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
        "current_time",
        "Date and time, here or at a place.",
        "",
        "place",
        """what_time the_time time_is_it which_day what_day the_date what_date""",
        (("What day is it?", {}), ("Can you tell me the time in Paris?", {"place": "Paris"})),
    ),
    _tool(
        "calculate",
        "Calculates, and converts units.",
        "expression",
        "",
        """calculate percent % plus minus times divided divide multiply multiplied square_root squared cubed
        to_the_power how_much_is how_many convert sum_of half_of""",
        (
            ("How much is 40 times 2.5?", {"expression": "40 times 2.5"}),
            ("Convert 3 feet to meters", {"expression": "3 feet to meters"}),
        ),
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
    _tool(
        "open_url",
        "Opens a web page in the browser.",
        "url",
        "",
        "open website web_page webpage browser go_to visit com org net",
        (("Open the website debian.org, please.", {"url": "debian.org"}),),
    ),
    _tool(
        "read_clipboard",
        "Reads the clipboard.",
        "",
        "",
        "clipboard i_copied i_just_copied",
        (("Read the clipboard.", {}),),
    ),
    _tool(
        "copy_text",
        "Copies text to the clipboard.",
        "text",
        "",
        "copy to_the_clipboard into_the_clipboard in_the_clipboard on_the_clipboard",
        (("Copy all is well to the clipboard.", {"text": "all is well"}),),
    ),
    _tool(
        "set_volume",
        "Sets the loudness: a percentage, louder or quieter.",
        "volume",
        "",
        """volume louder quieter softer turn_it_up turn_it_down turn_up turn_down speak_up more_quietly
        too_loud too_quiet""",
        (
            ("Turn the volume up to 60%", {"volume": "60%"}),
            ("Could you be a bit quieter?", {"volume": "quieter"}),
            ("Turn it up a little.", {"volume": "up"}),
        ),
    ),
    _tool(
        "set_voice",
        "Changes the voice.",
        "name",
        "",
        "voice voices",
        (("Use the voice Emma.", {"name": "Emma"}),),
    ),
    _tool(
        "end_conversation",
        "Ends the conversation.",
        "",
        "",
        """goodbye good_bye bye stop_listening end_the_conversation end_this_conversation hang_up that's_all
        that_was_all we're_done good_night see_you""",
        (("Okay, bye bye, see you.", {}),),
    ),
    _tool(
        "read_file",
        "Reads a file.",
        "path",
        "",
        "file read document txt md csv",
        (("What's in the file todo.txt?", {"path": "todo.txt"}),),
    ),
    _tool(
        "list_files",
        "Says which files are in a folder.",
        "",
        "folder",
        "files folder folders directory",
        (("List the files in the folder invoices.", {"folder": "invoices"}),),
    ),
)
