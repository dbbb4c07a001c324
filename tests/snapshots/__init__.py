"""What others rely on, word for word: the command line, the settings file, the database, events as JSON lines."""
