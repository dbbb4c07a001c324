"""A strict web server on loopback that plays an OpenAI-compatible service, well-behaved or not."""
