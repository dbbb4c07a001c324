"""The commands of the terminal: the same engine as the window, in text or as JSON lines."""
