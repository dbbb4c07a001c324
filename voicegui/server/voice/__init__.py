"""`/voice`: a conversation over a WebSocket of our own. What goes over it is described in `asyncapi.yaml`."""
