"""Tools of other programs, by the Model Context Protocol (https://modelcontextprotocol.io).

Everything a server sends is text from outside: bounded, shown and told as data, never obeyed.
"""

from .configuration import ServerConfiguration, first_fault, parse
from .servers import McpServers

__all__ = ["McpServers", "ServerConfiguration", "first_fault", "parse"]
