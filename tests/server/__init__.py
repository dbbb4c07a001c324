"""The server: real uvicorn on loopback, scripted stages."""
