from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.text.markdown import read
from voicegui.core.text.markdown_runs import BlockKind, Style

MARKUP = st.text(alphabet="ab *_`[]()!#>-|~\\\n1.:/hts<", max_size=200)


def test_styles_and_places() -> None:
    source = "Start **early** in *Alfama*.\nThen `x<y>` and [here](https://example.org)."
    (block,) = read(source)
    assert [(r.text, r.style, r.link) for r in block.runs] == [
        ("Start ", Style.PLAIN, ""),
        ("early", Style.BOLD, ""),
        (" in ", Style.PLAIN, ""),
        ("Alfama", Style.ITALIC, ""),
        (". Then ", Style.PLAIN, ""),
        ("x<y>", Style.CODE, ""),
        (" and ", Style.PLAIN, ""),
        ("here", Style.PLAIN, "https://example.org"),
        (".", Style.PLAIN, ""),
    ]


def test_blocks() -> None:
    source = "# Day\n\n- one\n  - two\n3. three\n> said\n```py\na\n\nb\n```\n| a | b |\n|---|---|\n---\nend"
    blocks = read(source)
    assert [b.kind for b in blocks] == [
        BlockKind.HEADING, BlockKind.ITEM, BlockKind.ITEM, BlockKind.ITEM, BlockKind.QUOTE, BlockKind.CODE,
        BlockKind.TABLE, BlockKind.RULE, BlockKind.PARAGRAPH,
    ]  # fmt: skip
    assert [b.mark for b in blocks[1:4]] == ["•", "•", "3."]
    assert [b.level for b in blocks[:4]] == [1, 0, 1, 0]
    assert blocks[5].runs[0].text == "a\n\nb"


def test_nothing_is_run_or_fetched() -> None:
    (block,) = read("<img src=x onerror=1> ![i](http://a/b.png) [x](javascript:alert(1)) [y](voicegui:retry)")
    assert all(run.link == "" for run in block.runs)
    assert block.runs[0].text == "<img src=x onerror=1>"


def test_arithmetic_and_names_are_not_emphasis() -> None:
    (block,) = read("2*3*4 is snake_case_name")
    assert [run.text for run in block.runs] == ["2*3*4 is snake_case_name"]


@given(MARKUP)
def test_every_character_comes_from_its_place(source: str) -> None:
    for block in read(source):
        for run in block.runs:
            if run.width:
                assert run.end <= len(source)
                continue
            shown = source[run.start : run.start + len(run.text)]
            assert shown.replace("\n", " ") == run.text.replace("\n", " ")


@given(MARKUP, st.integers(0, 200))
def test_reading_on_from_a_block_is_reading_it_all(source: str, cut: int) -> None:
    """A streaming reply is read again only from its last but one block on."""
    before = read(source[:cut])
    if len(before) >= 2:
        assert [*before[:-2], *read(source, before[-2].start)] == read(source)


def test_hostile_text_is_quick() -> None:
    """Bounded patterns: no text takes quadratic time. 30,000 characters of each."""
    for nasty in ("**a ", "*b ", "`", "[", "_a ", "![a](", "~~", "***"):
        assert read(nasty * (30_000 // len(nasty)))
