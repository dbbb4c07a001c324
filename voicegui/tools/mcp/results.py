"""What a server's tool answered, as text for the model. A pure rule with a test of its own."""

import json
from collections.abc import Mapping
from typing import Any

from voicegui.core.text.sanitiser import HiddenAs, harmless, one_line
from voicegui.core.tools import LONGEST_OUTCOME, ToolOutcome

from .message_filter import MOST_PARTS_KEPT


def outcome(result: Mapping[str, Any]) -> ToolOutcome:
    """Of the `result` of a `tools/call`. Pictures, sounds and files are named, not shown."""
    parts = result.get("content")
    blocks = parts if isinstance(parts, list) else []
    said = [text for block in blocks[:MOST_PARTS_KEPT] if isinstance(block, Mapping) and (text := _block(block))]
    if len(blocks) > MOST_PARTS_KEPT:
        said.append("[and more parts]")
    if not said and result.get("structuredContent") is not None:
        said.append(_bounded(json.dumps(result["structuredContent"], ensure_ascii=False)))
    failed = result.get("isError") is True
    text = "\n".join(said) or ("It failed and said nothing." if failed else "It is done and said nothing.")
    return ToolOutcome(_cut(text), ok=not failed)


def _block(block: Mapping[str, Any]) -> str:
    match block:
        case {"type": "text", "text": str(text)}:
            return _bounded(text)
        case {"type": "image"}:
            return "[an image]"
        case {"type": "audio"}:
            return "[a sound]"
        case {"type": "resource", "resource": {"text": str(text)}}:
            return _bounded(text)
        case {"type": "resource"}:
            return "[a file]"
        case {"type": "resource_link", "name": str(name)}:
            return f"[a link: {one_line(name, 100, HiddenAs.SPACE)}]"
    return "[something that cannot be shown]"


def _bounded(text: str) -> str:
    """Harmless, and no longer than what is enough to see that it has to be cut."""
    return harmless(text[: LONGEST_OUTCOME + 1], HiddenAs.SPACE)


def _cut(text: str) -> str:
    if len(text) <= LONGEST_OUTCOME:
        return text
    note = "\n[cut: it was longer]"
    return text[: LONGEST_OUTCOME - len(note)] + note
