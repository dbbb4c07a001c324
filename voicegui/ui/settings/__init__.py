"""The settings: a sheet over the window, made from their declarations.

Changes apply at once; Cancel takes them back.
"""
