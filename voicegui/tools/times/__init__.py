"""Times as people say them: "in half an hour", "tomorrow at five pm", "next Monday at 9:30".

Clock times and lengths of time are read here: of five libraries that were measured with 64 phrases none knew all half
hours or took "at 8" for the next 8 o'clock, and four were silently wrong about every third one. Dates are read by
`dateparser`, which knows all its words or says so. What is left over is never ignored: then nothing is understood.
"""
