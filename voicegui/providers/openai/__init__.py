"""OpenAI and every server that speaks its API: hearing, thinking and speaking over HTTP."""
