"""What fills the Protocols of `core`: one package per vendor; vendors do not import each other. Which there are:
`registry`."""
