"""Every setting, declared once: type, default, range or choices, label, help, group."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache

from .setting_declaration import Group, SettingDeclaration, setting
from .wording import marked

_PROVIDER = {"pattern": r"[a-z0-9_-]+(:.+)?", "example": "local"}
_SERVER = {
    "pattern": r"(https?://[^\s/@?#]+(/[^\s?#]*)?)?",
    "example": "http://localhost:1234/v1",
    "advanced": True,
}
_OWN_SERVER = marked("A compatible server. Empty: the service's own")
_PERMISSION = r"[a-z0-9_/-]+\s*=\s*(always|ask|never)(@[0-9a-f]{32}[+]?)?\s*"
_TOKENS = marked("Services and models call the parts of words tokens; 100 of them are about 75 English words")
_THRESHOLD = {"low": 0.1, "high": 0.95, "step": 0.05}
_SECONDS = {"low": 1, "high": 120, "step": 1, "unit": marked("s"), "advanced": True}


@dataclass(frozen=True)
class Settings:
    """Immutable; change with `dataclasses.replace`. Pages show the fields of a group in this order."""

    # ------------------------------------------------------------ conversation

    preset: str = setting(
        "assistant",
        marked("Partner"),
        marked("What kind of conversation it is: sets the instructions and the first words"),
        Group.CONVERSATION,
        choices=("assistant", "interpreter", "customer_service", "dictation", "practice"),
    )
    language_a: str = setting(
        "English",
        marked("First language"),
        marked("Interpreter: one of the two. Practice partner: yours"),
        Group.CONVERSATION,
    )
    language_b: str = setting(
        "Spanish", marked("Second language"), marked("Interpreter: the other one. Practice partner: what you practise"),
        Group.CONVERSATION,
    )  # fmt: skip
    languages: str = setting(
        "",
        marked("Languages you speak"),
        marked("With commas. Empty: noticed by itself; on this machine always English"),
        Group.CONVERSATION,
        detail=marked("In the settings file they are codes (ISO 639), such as en, pt-BR"),
        pattern=r"\s*([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\s*(,\s*[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\s*)*)?",
        example="en, pt",
    )
    keywords: str = setting(
        "",
        marked("Words to expect"),
        marked("Names and terms with commas; services spell them right more often. Not used on this machine"),
        Group.CONVERSATION,
        example="Ishikawa, PyPI",
    )
    prompt: str = setting(
        "",
        marked("Instructions"),
        marked("What the model is told before every conversation. Empty: what the partner above brings"),
        Group.CONVERSATION,
        long=True,
    )
    opening_line: str = setting(
        "",
        marked("First words"),
        marked("Spoken when a conversation begins. Empty: what the partner above brings, which may be nothing"),
        Group.CONVERSATION,
    )

    # ------------------------------------------------------------ services

    stt: str = setting("local", marked("Hearing"), marked("Turns speech into text"), Group.SERVICES, **_PROVIDER)
    llm: str = setting("local", marked("Thinking"), marked("Finds the answer"), Group.SERVICES, **_PROVIDER)
    tts: str = setting("local", marked("Speaking"), marked("Turns text into speech"), Group.SERVICES, **_PROVIDER)
    fall_back: bool = setting(
        False,
        marked("Fall back to this machine"),
        marked("When a service fails, this machine does its part for that answer, and says so"),
        Group.SERVICES,
    )
    live_transcription: bool = setting(
        True,
        marked("Transcribe while you talk"),
        marked("Sends sound as it comes where the service can, so that the text is there when you stop"),
        Group.SERVICES,
    )
    unencrypted_servers: str = setting(
        "",
        marked("Servers without encryption"),
        marked(
            "Hosts that may get your key over http://, where anybody on the way can read it. Separated by commas, with "
            "the port if the address has one. This machine needs no entry"
        ),
        Group.SERVICES,
        pattern=r"\s*([^\s,/@]+(\s*,\s*[^\s,/@]+)*)?\s*",
        example="box:8000, 192.168.1.20:1234",
        advanced=True,
    )
    stt_url: str = setting("", marked("Hearing: server"), _OWN_SERVER, Group.SERVICES, **_SERVER)
    llm_url: str = setting("", marked("Thinking: server"), _OWN_SERVER, Group.SERVICES, **_SERVER)
    tts_url: str = setting("", marked("Speaking: server"), _OWN_SERVER, Group.SERVICES, **_SERVER)

    # ------------------------------------------------------------ voice

    voice: str = setting(
        "heart", marked("Voice on this machine"), marked("Speaks when speaking runs here"), Group.VOICE
    )
    cloud_voice: str = setting(
        "marin", marked("Voice of the service"), marked("Speaks when speaking runs with a service"), Group.VOICE
    )
    speed: float = setting(
        1.0, marked("Speed"), marked("How fast replies are spoken, where the voice can"), Group.VOICE,
        low=0.5, high=2.0, step=0.05, unit=marked("×"),
    )  # fmt: skip
    read_aloud: bool = setting(
        True,
        marked("Read answers aloud"),
        marked("To what you type. Off: they are only shown. What you ask by voice is always answered aloud"),
        Group.VOICE,
    )
    volume: int = setting(
        100, marked("Volume"), marked("Loudness of replies"), Group.VOICE, low=0, high=100, step=5, unit=marked("%")
    )
    voice_instructions: str = setting(
        "",
        marked("Manner"),
        marked("How a service should speak, where it can: calm and slow, or like a sports reporter"),
        Group.VOICE,
        long=True,
    )

    # ------------------------------------------------------------ turn taking

    hands_free: bool = setting(
        True, marked("Hands-free"), marked("Listens all the time; otherwise only while Talk is held"), Group.TURN_TAKING
    )
    patience: float = setting(
        1.0,
        marked("Patience"),
        marked("How long it waits when a sentence sounds unfinished. Higher if you are cut off, lower if it dawdles"),
        Group.TURN_TAKING,
        low=0.5,
        high=3.0,
        step=0.1,
        unit=marked("×"),
    )
    threshold: float = setting(
        0.5,
        marked("Voice threshold"),
        marked("Sensitivity: how likely a sound must be speech to count. Lower for a quiet voice, higher in noise"),
        Group.TURN_TAKING,
        **_THRESHOLD,
    )
    speaking_threshold: float = setting(
        0.5,
        marked("Voice threshold during replies"),
        marked(
            "The same while a reply is spoken. Higher if the reply stops by itself, lower if it cannot be interrupted"
        ),
        Group.TURN_TAKING,
        **_THRESHOLD,
    )
    min_speech_ms: int = setting(
        96, marked("Shortest speech"), marked("Shorter sounds are ignored"), Group.TURN_TAKING,
        low=32, high=500, step=32, unit=marked("ms"), advanced=True,
    )  # fmt: skip
    silence_ms: int = setting(
        150,
        marked("Silence"),
        marked("Ends a sentence that sounds finished, after some 70 ms in which a voice fades"),
        Group.TURN_TAKING,
        low=96,
        high=2000,
        step=10,
        unit=marked("ms"),
        advanced=True,
    )

    # ------------------------------------------------------------ sound

    microphone: str = setting(
        "", marked("Microphone"), marked("Hears you. The system's default unless one is chosen"), Group.SOUND
    )
    speaker: str = setting(
        "", marked("Speaker"), marked("Plays replies. The system's default unless one is chosen"), Group.SOUND
    )

    # ------------------------------------------------------------ tools

    use_tools: bool = setting(
        True,
        marked("Tools"),
        marked("Reminders, weather, calculations and what you add. Off: it only talks"),
        Group.TOOLS,
    )
    tool_permissions: str = setting(
        "",
        marked("Permissions"),
        marked("What you have chosen above as one line, to copy or to edit"),
        Group.TOOLS,
        detail=marked(
            "Where it differs from the tool's own: NAME=always, =ask or =never, with commas. What others brought is "
            "named with its source: server/clock/NAME. @… names its definition"
        ),
        pattern=rf"\s*({_PERMISSION}(,\s*{_PERMISSION})*(,\s*)?)?",
        example="get_weather=ask, open_url=never",
        advanced=True,
    )
    shared_folders: str = setting(
        "", marked("Shared folders"), marked("Files below them may be read aloud and answered from. One folder a line"),
        Group.TOOLS, long=True,
    )  # fmt: skip
    mcp_servers: str = setting(
        "",
        marked("MCP servers"),
        marked(
            'Programs that bring tools, as JSON: {"mcpServers": {…}}. ${NAME} stands for a variable of the environment'
        ),
        Group.TOOLS,
        long=True,
    )

    # ------------------------------------------------------------ limits

    max_tokens: int = setting(
        120, marked("Longest answer"), marked("A word has one or two parts. A cut answer ends with a whole sentence"),
        Group.LIMITS, low=16, high=4096, step=10, unit=marked("word parts"), detail=_TOKENS,
    )  # fmt: skip
    max_turns: int = setting(
        0, marked("Longest conversation"), marked("It says goodbye after so many turns. 0: no limit"), Group.LIMITS,
        low=0, high=1000, step=1, unit=marked("turns"),
    )  # fmt: skip
    context_tokens: int = setting(
        3000, marked("Memory of a conversation"),
        marked("What is older is summed up. A small model has room for about 3,000"),
        Group.LIMITS, low=500, high=100_000, step=500, unit=marked("word parts"), advanced=True, detail=_TOKENS,
    )  # fmt: skip
    stt_timeout_s: float = setting(
        15.0, marked("Hearing may take"), marked("Then the turn fails and can be tried again"), Group.LIMITS, **_SECONDS
    )
    llm_timeout_s: float = setting(
        20.0, marked("Thinking may take"), marked("To the first word, and between two words"), Group.LIMITS, **_SECONDS
    )
    tts_timeout_s: float = setting(
        15.0, marked("Speaking may take"), marked("To the first sound of a sentence"), Group.LIMITS, **_SECONDS
    )

    # ------------------------------------------------------------ privacy, appearance

    keep_history: bool = setting(
        True,
        marked("Keep conversations"),
        marked("What you say and what you hear is kept as text, on this machine only. Off: nothing more is written"),
        Group.PRIVACY,
    )
    keep_unanswered_audio: bool = setting(
        True,
        marked("Keep what was not answered"),
        marked(
            "What you said stays in memory until it is answered, so that a failed turn can be tried again. Never on "
            "disk"
        ),
        Group.PRIVACY,
    )
    theme: str = setting(
        "system", marked("Theme"), marked("Follows the system, or stays light or dark"), Group.APPEARANCE,
        choices=("system", "light", "dark"), choice_labels=(marked("System"), marked("Light"), marked("Dark")),
    )  # fmt: skip


@cache
def declared() -> Sequence[SettingDeclaration]:
    """All of them, in the order of `Settings`."""
    return tuple(replace(field.metadata["declared"], name=field.name) for field in fields(Settings))
