"""Speech to text, language model, text to speech and end of turn on the user's machine, in one child process."""

from .engine import LocalEngine
from .rpc_messages import LocalModels

__all__ = ["LocalEngine", "LocalModels"]
