"""Where something is kept: the profile folder, its settings file, its database, its log."""
