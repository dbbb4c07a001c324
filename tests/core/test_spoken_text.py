"""What is read aloud of what is shown."""

import pytest

from voicegui.core.text.spoken_text import speakable


@pytest.mark.parametrize(
    ("shown", "spoken"),
    [
        ("**Bold** and _soft_ and `code`.", "Bold and soft and code."),
        ("# Title", "Title"),
        ("- first", "first"),
        ("See [the docs](https://example.org/a/b?c=d).", "See the docs."),
        ("Go to https://www.example.org/path now", "Go to example dot org now"),
        ("See [good.com](https://evil.com/good.com) now", "See good.com, which leads to evil dot com, now"),
        ("See [it](https://good.com@evil.com)", "See it, which leads to the unusual address evil dot com,"),
        ("[x](https://аpple.com)", "x, which leads to the unusual address xn--pple-43d dot com,"),
        ("[x](https://en.wikipedia.org/wiki/A_(b)) is", "x is"),
        ("![a picture](https://evil.com)", "a picture"),
        ("[x](/a) [y](mailto:a@b.c)", "x y"),
        ("Go to https://example.org.", "Go to example dot org."),
        ("Go to http://localhost:1234/v1, please", "Go to localhost port 1234, please"),
        ("2*3*4 is 24", "2 times 3 times 4 is 24"),
        ("**5** * **3** and **a *b* c**", "5 times 3 and a b c"),
        ("un**believ**able, __init__ and ~~no~~ yes", "unbelievable, init and no yes"),
        ("| a |\n|---|\n| b |", "a; b"),
        ("  > quoted\n\n***\n1) one", "quoted one"),
        ("Nice 😀👍🏽!", "Nice!"),
        ("```\nx = 1\n```", ""),
        ("---", ""),
        ("| a | b |", "a, b"),
        ("snake_case stays", "snake case stays"),
        ("5 * 3 is 15", "5 times 3 is 15"),
        ("<b>bold</b> 2 < 3", "bold 2 is less than 3"),
        ("", ""),
    ],
)
def test_what_is_read_aloud(shown, spoken):
    assert speakable(shown) == spoken
