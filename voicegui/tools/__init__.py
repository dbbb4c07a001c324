"""What the model can do besides talk. A person's own tool files import from here: `from voicegui.tools import tool`."""

from voicegui.core.tools import ToolOutcome

from .function_tools import tool

__all__ = ["ToolOutcome", "tool"]
