"""Whatever a model, a server, a file or a person writes is read in time that grows with its length, not faster."""
