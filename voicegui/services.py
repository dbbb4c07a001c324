"""The models and connections behind one choice of settings."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from voicegui.conversation.conversation import Conversation
from voicegui.conversation.fallback import FallBack
from voicegui.conversation.parts import Parts
from voicegui.conversation.speech_cache import CachedSpeech, SpeechCache
from voicegui.core.audio import Audio
from voicegui.core.ports import Engine, Loading, Sound, TextToSpeech
from voicegui.core.settings import Settings

if TYPE_CHECKING:
    from voicegui.cloud import Cloud
    from voicegui.providers.local import LocalEngine
