"""Speech to text and text to speech over a Realtime WebSocket, on connections that are kept open."""
