"""A language model over `/v1/chat/completions`, as servers really speak it."""
