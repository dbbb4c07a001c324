"""The same engine for programs on the network: a face of `Conversation` beside the window and the terminal.

Knows `conversation` and `core` only; `app` hands it everything else as `ServerParts`.
"""
