"""`/v1/realtime`: a conversation with clients that speak the Realtime API of OpenAI, in its GA form."""
