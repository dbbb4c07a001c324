"""Threads with event loops of their own, for what would keep the loop of the program waiting."""
