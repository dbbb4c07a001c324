"""Every setting, declared once: type, default, range or choices, label, help, group."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache

from .setting_declaration import Group, SettingDeclaration, setting

_PROVIDER = {"pattern": r"[a-z0-9_-]+(:.+)?", "example": "local"}
_SERVER = {
    "pattern": r"(https?://[^\s/@?#]+(/[^\s?#]*)?)?",
    "example": "http://localhost:1234/v1",
    "advanced": True,
}
_PERMISSION = r"[a-z0-9_/-]+\s*=\s*(always|ask|never)(@[0-9a-f]{32}[+]?)?\s*"
_TOKENS = "Services and models call the parts of words tokens; 100 of them are about 75 English words"
_THRESHOLD = {"low": 0.1, "high": 0.95, "step": 0.05}
_SECONDS = {"low": 1, "high": 120, "step": 1, "unit": "s", "advanced": True}


@dataclass(frozen=True)
class Settings:
    """Immutable; change with `dataclasses.replace`. Pages show the fields of a group in this order."""

    # ------------------------------------------------------------ conversation

    preset: str = setting(
        "assistant",
        "Partner",
        "What kind of conversation it is: sets the instructions and the first words",
        Group.CONVERSATION,
        choices=("assistant", "interpreter", "customer_service", "dictation", "practice"),
    )
    language_a: str = setting(
        "English", "First language", "Interpreter: one of the two. Practice partner: yours", Group.CONVERSATION
    )
    language_b: str = setting(
        "Spanish", "Second language", "Interpreter: the other one. Practice partner: what you practise",
        Group.CONVERSATION,
    )  # fmt: skip
    languages: str = setting(
        "",
        "Languages you speak",
        "With commas. Empty: noticed by itself; on this machine always English",
        Group.CONVERSATION,
        detail="In the settings file they are codes (ISO 639), such as en, pt-BR",
        pattern=r"\s*([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\s*(,\s*[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\s*)*)?",
        example="en, pt",
    )
    keywords: str = setting(
        "",
        "Words to expect",
        "Names and terms with commas; services spell them right more often. Not used on this machine",
        Group.CONVERSATION,
        example="Ishikawa, PyPI",
    )
    prompt: str = setting(
        "",
        "Instructions",
        "What the model is told before every conversation. Empty: what the partner above brings",
        Group.CONVERSATION,
        long=True,
    )
    opening_line: str = setting(
        "",
        "First words",
        "Spoken when a conversation begins. Empty: what the partner above brings, which may be nothing",
        Group.CONVERSATION,
    )

    # ------------------------------------------------------------ services

    stt: str = setting("local", "Hearing", "Turns speech into text", Group.SERVICES, **_PROVIDER)
    llm: str = setting("local", "Thinking", "Finds the answer", Group.SERVICES, **_PROVIDER)
    tts: str = setting("local", "Speaking", "Turns text into speech", Group.SERVICES, **_PROVIDER)
    fall_back: bool = setting(
        False,
        "Fall back to this machine",
        "When a service fails, this machine does its part for that answer, and says so",
        Group.SERVICES,
    )
    live_transcription: bool = setting(
        True,
        "Transcribe while you talk",
        "Sends sound as it comes where the service can, so that the text is there when you stop",
        Group.SERVICES,
    )
    unencrypted_servers: str = setting(
        "",
        "Servers without encryption",
        "Hosts that may get your key over http://, where anybody on the way can read it. Separated by commas, with the "
        "port if the address has one. This machine needs no entry",
        Group.SERVICES,
        pattern=r"\s*([^\s,/@]+(\s*,\s*[^\s,/@]+)*)?\s*",
        example="box:8000, 192.168.1.20:1234",
        advanced=True,
    )
    stt_url: str = setting("", "Hearing: server", "A compatible server. Empty: the service's own", Group.SERVICES,
                           **_SERVER)  # fmt: skip
    llm_url: str = setting("", "Thinking: server", "A compatible server. Empty: the service's own", Group.SERVICES,
                           **_SERVER)  # fmt: skip
    tts_url: str = setting("", "Speaking: server", "A compatible server. Empty: the service's own", Group.SERVICES,
                           **_SERVER)  # fmt: skip

    # ------------------------------------------------------------ voice

    voice: str = setting("heart", "Voice on this machine", "Speaks when speaking runs here", Group.VOICE)
    cloud_voice: str = setting("marin", "Voice of the service", "Speaks when speaking runs with a service", Group.VOICE)
    speed: float = setting(
        1.0, "Speed", "How fast replies are spoken, where the voice can", Group.VOICE,
        low=0.5, high=2.0, step=0.05, unit="×",
    )  # fmt: skip
    read_aloud: bool = setting(
        True,
        "Read answers aloud",
        "To what you type. Off: they are only shown. What you ask by voice is always answered aloud",
        Group.VOICE,
    )
    volume: int = setting(100, "Volume", "Loudness of replies", Group.VOICE, low=0, high=100, step=5, unit="%")
    voice_instructions: str = setting(
        "",
        "Manner",
        "How a service should speak, where it can: calm and slow, or like a sports reporter",
        Group.VOICE,
        long=True,
    )

    # ------------------------------------------------------------ turn taking

    hands_free: bool = setting(
        True, "Hands-free", "Listens all the time; otherwise only while Talk is held", Group.TURN_TAKING
    )
    patience: float = setting(
        1.0,
        "Patience",
        "How long it waits when a sentence sounds unfinished. Higher if you are cut off, lower if it dawdles",
        Group.TURN_TAKING,
        low=0.5,
        high=3.0,
        step=0.1,
        unit="×",
    )
    threshold: float = setting(
        0.5,
        "Voice threshold",
        "Sensitivity: how likely a sound must be speech to count. Lower for a quiet voice, higher in noise",
        Group.TURN_TAKING,
        **_THRESHOLD,
    )
    speaking_threshold: float = setting(
        0.5,
        "Voice threshold during replies",
        "The same while a reply is spoken. Higher if the reply stops by itself, lower if it cannot be interrupted",
        Group.TURN_TAKING,
        **_THRESHOLD,
    )
    min_speech_ms: int = setting(
        96, "Shortest speech", "Shorter sounds are ignored", Group.TURN_TAKING,
        low=32, high=500, step=32, unit="ms", advanced=True,
    )  # fmt: skip
    silence_ms: int = setting(
        150,
        "Silence",
        "Ends a sentence that sounds finished, after some 70 ms in which a voice fades",
        Group.TURN_TAKING,
        low=96,
        high=2000,
        step=10,
        unit="ms",
        advanced=True,
    )

    # ------------------------------------------------------------ sound

    microphone: str = setting("", "Microphone", "Hears you. The system's default unless one is chosen", Group.SOUND)
    speaker: str = setting("", "Speaker", "Plays replies. The system's default unless one is chosen", Group.SOUND)

    # ------------------------------------------------------------ tools

    use_tools: bool = setting(
        True, "Tools", "Reminders, weather, calculations and what you add. Off: it only talks", Group.TOOLS
    )
    tool_permissions: str = setting(
        "",
        "Permissions",
        "What you have chosen above as one line, to copy or to edit",
        Group.TOOLS,
        detail="Where it differs from the tool's own: NAME=always, =ask or =never, with commas. What others brought is "
        "named with its source: server/clock/NAME. @… names its definition",
        pattern=rf"\s*({_PERMISSION}(,\s*{_PERMISSION})*(,\s*)?)?",
        example="get_weather=ask, open_url=never",
        advanced=True,
    )
    shared_folders: str = setting(
        "", "Shared folders", "Files below them may be read aloud and answered from. One folder a line", Group.TOOLS,
        long=True,
    )  # fmt: skip
    mcp_servers: str = setting(
        "",
        "MCP servers",
        'Programs that bring tools, as JSON: {"mcpServers": {…}}. ${NAME} stands for a variable of the environment',
        Group.TOOLS,
        long=True,
    )

    # ------------------------------------------------------------ limits

    max_tokens: int = setting(
        120, "Longest answer", "A word has one or two parts. A cut answer ends with a whole sentence",
        Group.LIMITS, low=16, high=4096, step=10, unit="word parts", detail=_TOKENS,
    )  # fmt: skip
    max_turns: int = setting(
        0, "Longest conversation", "It says goodbye after so many turns. 0: no limit", Group.LIMITS,
        low=0, high=1000, step=1, unit="turns",
    )  # fmt: skip
    context_tokens: int = setting(
        3000, "Memory of a conversation", "What is older is summed up. A small model has room for about 3,000",
        Group.LIMITS, low=500, high=100_000, step=500, unit="word parts", advanced=True, detail=_TOKENS,
    )  # fmt: skip
    stt_timeout_s: float = setting(15.0, "Hearing may take", "Then the turn fails and can be tried again",
                                   Group.LIMITS, **_SECONDS)  # fmt: skip
    llm_timeout_s: float = setting(20.0, "Thinking may take", "To the first word, and between two words",
                                   Group.LIMITS, **_SECONDS)  # fmt: skip
    tts_timeout_s: float = setting(15.0, "Speaking may take", "To the first sound of a sentence",
                                   Group.LIMITS, **_SECONDS)  # fmt: skip

    # ------------------------------------------------------------ privacy, appearance

    keep_history: bool = setting(
        True,
        "Keep conversations",
        "What you say and what you hear is kept as text, on this machine only. Off: nothing more is written",
        Group.PRIVACY,
    )
    keep_unanswered_audio: bool = setting(
        True,
        "Keep what was not answered",
        "What you said stays in memory until it is answered, so that a failed turn can be tried again. Never on disk",
        Group.PRIVACY,
    )
    theme: str = setting(
        "system", "Theme", "Follows the system, or stays light or dark", Group.APPEARANCE,
        choices=("system", "light", "dark"),
    )  # fmt: skip


@cache
def declared() -> Sequence[SettingDeclaration]:
    """All of them, in the order of `Settings`."""
    return tuple(replace(field.metadata["declared"], name=field.name) for field in fields(Settings))
