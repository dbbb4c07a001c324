"""Runs one conversation with asyncio. The only writer of its state; knows its parts only as the Protocols of `core`."""
