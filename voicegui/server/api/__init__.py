"""Requests of the OpenAI API that are no conversation: models, transcriptions, speech and chat over HTTP."""
