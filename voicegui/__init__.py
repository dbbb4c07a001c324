"""A desktop voice agent."""
