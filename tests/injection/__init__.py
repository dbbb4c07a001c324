"""Texts from outside that carry instructions, and a model that obeys every one of them.

Nothing that changes anything may run without a yes of the person to exactly what was shown. `python -m tests.injection`
prints the table.

Taken as given: what the person has set to `always` may run while no text from outside is in the conversation; text that
a tool brings is from outside if the tool is declared so.
"""
