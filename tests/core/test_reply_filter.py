"""What models write that is not for people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.text.reply_filter import ReplyFilter

ANSWERS = [
    ("Paris.", "Paris."),
    (" Paris.", " Paris."),
    ("<think>Hm.</think>Paris.", "Paris."),
    ("\n<think>\nHm.\n</think>\n\nParis.", "Paris."),
    ("<think></think>\n\nParis.", "Paris."),
    ("<THINK>Hm.</Think> Paris.", "Paris."),
    ("<thinking>a < b</thinking>Paris.", "Paris."),
    ("<thought>Hm.</thought>Paris.", "Paris."),
    ("<reasoning>Hm.</reasoning>Paris.", "Paris."),
    ("[THINK]Hm.[/THINK]Paris.", "Paris."),
    ("<think>One.</think> <think>Two.</think> Paris.", "Paris."),
    ("<think>İİİ</think>Paris.", "Paris."),
    ("<think>never ends", ""),
    ("<thin ice", "<thin ice"),
    ("<", "<"),
    ("a < b and [c", "a < b and [c"),
    ("The tag <think> begins a thought.", "The tag <think> begins a thought."),
    ("Yes. <tool_call>{}</tool_call>", "Yes. "),
    ('<tool_call>{"name": "x"}</tool_call>', ""),
    ("<tool_call>{}</tool_call>Yes.", "Yes."),
    ('[TOOL_CALLS][{"name": "x"}]', ""),
    ("Thinking.</think>\nParis.", "Thinking.\nParis."),
    # marks of chat templates
    (
        "<|channel|>analysis<|message|>They want a capital.<|end|><|start|>assistant<|channel|>final<|message|>Oslo.",
        "Oslo.",
    ),
    ("<|start|>assistant<|channel|>final<|message|>It is Oslo.<|return|>", "It is Oslo."),
    ("<|channel|>final <|constrain|>JSON<|message|>Oslo.<|end|>", "Oslo."),
    ("It is Oslo.<|im_end|>", "It is Oslo."),
    ("It is Oslo.<|im_end|>\n<|im_start|>user\nAnd Rome?<|im_end|>\n", "It is Oslo.\n"),
    ("<|im_start|>assistant\nIt is Oslo.<|im_end|>", "It is Oslo."),
    ("<|im_start|>assistant\n<think>Hm.</think>Oslo.", "Oslo."),
    ("<|start_header_id|>assistant<|end_header_id|>\n\nOslo.<|eot_id|>", "Oslo."),
    ("<start_of_turn>model\nOslo.<end_of_turn>", "Oslo."),
    ("Oslo.<end_of_turn>\n<start_of_turn>user\nRome?", "Oslo.\n"),
    ("[INST] Oslo. [/INST]</s>", "Oslo. "),
    ("<s>Oslo.</s>", "Oslo."),
    ("Oslo.<|endoftext|>", "Oslo."),
    ("Oslo.<｜end▁of▁sentence｜>", "Oslo."),
    ("<|assistant|>\nOslo.<|user|>\nAnd Rome?", "Oslo."),
    ("<|START_THINKING|>Hm.<|END_THINKING|><|START_RESPONSE|>Oslo.<|END_RESPONSE|>", "Oslo."),
    ("Oslo <|", "Oslo <|"),
    ("a <|b| c", "a <|b| c"),
    ("if a<b then [c] < d", "if a<b then [c] < d"),
    # marks in brackets
    ("[BOS]Oslo.[EOS]", "Oslo."),
    ("[BOS] Oslo. [EOS]\n", "Oslo. "),
    ("Oslo.[EOS][PAD][PAD]", "Oslo."),
    ("Oslo [SEP]", "Oslo "),
    ("Oslo.[/s]", "Oslo."),
    ("Oslo. [endoftext] [endoftext]", "Oslo. "),
    ("[bos][bos]Oslo.", "Oslo."),
    ("Oslo.[EOS]\nAnd Rome.", "Oslo.\nAnd Rome."),
    ("[PAD]", ""),
    ("A model adds [BOS] and [EOS].", "A model adds [BOS] and [EOS]."),
    ("[CLS] comes first.", "[CLS] comes first."),
    ("`[EOS]`", "`[EOS]`"),
    ("Notes [1] and [e", "Notes [1] and [e"),
    # gpt-oss without its marks
    ("analysisThey want a capital.assistantfinalIt is Oslo.", "It is Oslo."),
    ("analysisWe need 2+2.assistantfinal4", "4"),
    ("analysis用户问首都。assistantfinalOslo.", "Oslo."),
    ("analysisHm.assistantanalysisMore.assistantfinalOslo.", "Oslo."),
    ("analysis\nHm.\nassistant\nfinal\nOslo.", "Oslo."),
    ("analysisHm.assistant finalOslo.", "Oslo."),
    ("assistantfinalOslo.", "Oslo."),
    ("assistantanalysisHm.assistantfinalOslo.", "Oslo."),
    ('analysisHm.assistantcommentary to=functions.x json{"a": 1}assistantfinalOslo.', "Oslo."),
    ("analysisHm, never ends", ""),
    ("analysis of the data shows it.", "analysis of the data shows it."),
    ("Analysis: They win.", "Analysis: They win."),
    ("analysis\nThat is one word.", "analysis\nThat is one word."),
    ("assistants help.", "assistants help."),
    ("The analysisThey made.", "The analysisThey made."),
    # text about them
    ("`<|im_end|>` ends a turn.", "`<|im_end|>` ends a turn."),
    ("```\n<|im_start|>user\nHi<|im_end|>\n```\nDone.<|im_end|>", "```\n<|im_start|>user\nHi<|im_end|>\n```\nDone."),
    ("Use `</s>` and ``<tool_call>``.</s>", "Use `</s>` and ``<tool_call>``."),
    ("A ` alone.\n\nOslo.<|im_end|>", "A ` alone.\n\nOslo."),
    ("```py\nx = '<|a|>'\n```", "```py\nx = '<|a|>'\n```"),
    ("The tag </function> closes.", "The tag </function> closes."),
    # calls in other spellings
    ("<function=get_weather>\n<parameter=place>\nOslo\n</parameter>\n</function>\n</tool_call>", ""),
    ("Yes. <function=get_weather><parameter=place>Oslo</parameter></function></tool_call>", "Yes. "),
    ('<|python_tag|>{"name": "x"}', ""),
    ("<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>x<｜tool▁calls▁end｜><｜end▁of▁sentence｜>", ""),
    ("<|tool_calls_section_begin|><|tool_call_begin|>x:0<|tool_calls_section_end|>", ""),
    ("<|tool_call_start|>[x(a=1)]<|tool_call_end|>", ""),
    ('<|channel|>commentary to=functions.x <|constrain|>json<|message|>{"a": 1}<|call|>', ""),
    ('<|start|>assistant to=functions.x<|channel|>commentary<|message|>{"a": 1}<|call|>', ""),
    ("<|channel|>commentary<|message|>Let me see.<|end|>", "Let me see."),
    ('<function_calls><invoke name="x"><parameter name="a">1</parameter></invoke></function_calls>', ""),
    ('<invoke name="x"><parameter name="a">1</parameter></invoke>', ""),
    ("<start_function_call>call:x{a:1}<end_function_call>", ""),
    ("```tool_code\nprint(x(1))\n```", ""),
    ('functools[{"name": "x"}]', ""),
    ('[TOOL_CALLS]get_weather[ARGS]{"a": 1}', ""),
    ("<tool_call>x<arg_key>a</arg_key></tool_call>Yes.", "Yes."),
    ('<|tool_call>call:x{a:<|"|>1<|"|>}<tool_call|>', ""),
    ('<function_call name="x">{"a": 1}</function_call>', ""),
    ('<TOOLCALL>[{"name": "x"}]</TOOLCALL>', ""),
    ("(function=x>{}</function>", ""),
    # more marks
    ("<|channel>thought\nHm.<channel|>Oslo.", "Oslo."),
    ("<|turn>model\nOslo.<turn|>", "Oslo."),
    ("◁think▷Hm.◁/think▷Oslo.", "Oslo."),
    ("<|thinking|>Hm.<|/thinking|>Oslo.", "Oslo."),
    ("<reflection>Hm.</reflection>Oslo.", "Oslo."),
    ("[gMASK]<sop><|assistant|>\nOslo.<|user|>", "Oslo."),
    ("Oslo.<end_of_utterance>", "Oslo."),
    ("<think>Hm.</think><answer>Oslo.</answer>", "Oslo."),
    ("Oslo.<|endoftext|>Human: And Rome?", "Oslo."),
    ('{"name": "x"} and [x(1)] are {words}.', '{"name": "x"} and [x(1)] are {words}.'),
    ('See:\n```json\n{"name": "x"}\n```\nDone.<|im_end|>', 'See:\n```json\n{"name": "x"}\n```\nDone.'),
]


def let_out(answer: str, cuts: list[int], **how: bool) -> str:
    unspoken = ReplyFilter(thinks_ahead=how.get("thinks_ahead", False))
    places = sorted({0, len(answer), *(cut % (len(answer) + 1) for cut in cuts)})
    pieces = [answer[start:end] for start, end in zip(places, places[1:], strict=False)]
    return "".join(map(unspoken.feed, pieces)) + unspoken.finish(cut=how.get("cut", False))


@pytest.mark.parametrize(("answer", "said"), ANSWERS)
@given(cuts=st.lists(st.integers(0, 200), max_size=8))
def test_however_it_is_cut(answer: str, said: str, cuts: list[int]) -> None:
    assert let_out(answer, cuts) == said
    assert let_out(answer, list(range(len(answer)))) == said


@given(text=st.text(alphabet="abc <>/[]think\n", max_size=60), cuts=st.lists(st.integers(0, 60), max_size=6))
def test_cuts_never_matter(text: str, cuts: list[int]) -> None:
    assert let_out(text, cuts) == let_out(text, [])


def test_words_are_not_held_back() -> None:
    unspoken = ReplyFilter()
    assert [unspoken.feed(piece) for piece in ("Pa", "ris is", " a < ", "b")] == ["Pa", "ris is", " a < ", "b"]


def test_calls_in_words_are_told() -> None:
    unspoken = ReplyFilter()
    unspoken.feed("Yes. <tool_")
    assert not unspoken.called
    unspoken.feed("call>{}")
    assert unspoken.called


@pytest.mark.parametrize(
    ("answer", "said", "thinks_ahead"),
    [
        ("Hm.</think>Paris.", "Paris.", True),
        ("<think>Hm.</think>Paris.", "Paris.", True),
        ("Paris.", "Paris.", False),
        ("<think>Hm.", "", True),
    ],
)
def test_an_answer_that_begins_with_half_a_thought(answer: str, said: str, thinks_ahead: bool) -> None:
    unspoken = ReplyFilter(thinks_ahead=True)
    assert "".join(map(unspoken.feed, answer)) + unspoken.finish() == said
    assert unspoken.thinks_ahead is thinks_ahead


def test_half_a_thought_that_was_cut_is_no_answer() -> None:
    assert let_out("Hm. What", [], thinks_ahead=True, cut=True) == ""


def test_it_is_learned_from_the_end_of_a_thought() -> None:
    unspoken = ReplyFilter()
    assert unspoken.feed("Hm.</think>Paris.") == "Hm.Paris."
    assert unspoken.thinks_ahead


def in_pieces(answer: str, size: int) -> tuple[str, bool]:
    """What is let through of an answer that comes `size` characters at a time, and whether it was a call."""
    unspoken = ReplyFilter(offered=["get_weather"])
    pieces = [answer[at : at + size] for at in range(0, len(answer), size)]
    return "".join(map(unspoken.feed, pieces)) + unspoken.finish(), unspoken.called


@pytest.mark.parametrize(
    ("answer", "said", "called"),
    [
        ('{"name": "get_weather", "arguments": {}}', "", True),
        ('```json\n{\n "name": "get_weather"', "", True),
        ('<think>Hm.</think>\n{"function": "get_weather"}', "", True),
        ('{"city": "Lisbon"}', '{"city": "Lisbon"}', False),
        ("`ls` lists files.", "`ls` lists files.", False),
        ('{"name": "Bob"}', '{"name": "Bob"}', False),
        ('It is {"name": "x"}.', 'It is {"name": "x"}.', False),
        ('get_weather(place="Oslo")', "", True),
        ('[get_weather(place="Oslo"), get_weather(place="Rome")]', "", True),
        ('```python\nget_weather(place="Oslo")\n```', "", True),
        ('[{"name": "get_weather", "arguments": {}}]', "", True),
        ('{"type": "function", "function": {"name": "get_weather", "parameters": {}}}', "", True),
        ('{"tool_calls": [{"function": {"name": "functions.get_weather"}}]}', "", True),
        ("get_weather(place) is a tool of mine.", "get_weather(place) is a tool of mine.", False),
        ("Oslo(1) is no tool.", "Oslo(1) is no tool.", False),
        ("```python\nprint(1)\n```", "```python\nprint(1)\n```", False),
        ("[Note] Oslo.", "[Note] Oslo.", False),
        ("get a coat.", "get a coat.", False),
        ('```python\nprint(default_api.get_weather(place="Oslo"))\n```', "", True),
        ("[{'name': 'get_weather', 'arguments': {'place': 'Oslo'}}]", "", True),
        ('{"get_weather": {"place": "Oslo"}}', "", True),
        ('Action: get_weather\nAction Input: {"place": "Oslo"}', "", True),
        ("<get_weather><place>Oslo</place></get_weather>", "", True),
        ('<get_weather>{"place": "Oslo"}</get_weather>', "", True),
        ('<tools>{"name": "get_weather", "arguments": {}}</tools>', "", True),
        ('<tool>get_weather</tool>{"place": "Oslo"}', "", True),
        ('to=functions.get_weather <|constrain|>json<|message|>{"place": "Oslo"}', "", True),
        ('commentary to=functions.get_weather json{"place": "Oslo"}', "", True),
        ('call:get_weather{place:"Oslo"}', "", True),
        ('✿FUNCTION✿: get_weather\n✿ARGS✿: {"place": "Oslo"}\n✿RESULT✿', "", True),
        ('>>>get_weather\n{"place": "Oslo"}', "", True),
        ("- name: get_weather\n  arguments: {place: Oslo}", "", True),
        ("get_weather (the weather) is one.", "get_weather (the weather) is one.", False),
        ("get_weather: <b>the weather</b>", "get_weather: <b>the weather</b>", False),
        ("Tools: get_weather, and {more}", "Tools: get_weather, and {more}", False),
    ],
)
def test_an_answer_that_is_a_call_as_a_whole(answer: str, said: str, called: bool) -> None:
    assert {in_pieces(answer, size) for size in (1, 3, len(answer))} == {(said, called)}


@pytest.mark.parametrize(
    ("answer", "said", "called"),
    [
        ('Let me see. {"name": "get_weather", "arguments": {}}\nIt rains.', "Let me see. ", True),
        ('Let me see.\n\n```json\n{\n  "name": "get_weather"\n}\n```\n', "Let me see.\n\n", True),
        ('Well.\n[{"name": "functions.get_weather"}]', "Well.\n", True),
        ('Well.\n[get_weather(place="Oslo")]', "Well.\n", True),
        ("Well.\n{'tool': 'get_weather'}", "Well.\n", True),
        ('Let me see.\nget_weather(place="Oslo")', "Let me see.", True),
        ('Let me see.\n\nget_weather(place="Oslo")\n\nIt rains.', "Let me see.\n", True),
        ('Let me see.\n  get_weather("Oslo")  \n', "Let me see.", True),
        ('Let me see.\nprint(get_weather(place="Oslo"))', "Let me see.", True),
        ('Let me see.\nprint(default_api.get_weather(place="Oslo"))\n', "Let me see.", True),
        ('Let me see.\nfunctions.get_weather({"place": "Oslo"})', "Let me see.", True),
        ('Let me see.\nget_weather(\n  place="Oslo"\n)', "Let me see.", True),
        ("Let me see.\nget_weather()", "Let me see.", True),
        ('get_weather(place="Oslo")\nLet me see.', "", True),
        ("One is\nget_weather(place), which tells it.", "One is\nget_weather(place), which tells it.", False),
        ("One is\nget_weather.", "One is\nget_weather.", False),
        ("One is\nget_weathers(1)", "One is\nget_weathers(1)", False),
        ("One is get_weather(1)\nand more.", "One is get_weather(1)\nand more.", False),
        ("Two\nprint(1)\nlines.", "Two\nprint(1)\nlines.", False),
        ("So:\n```python\nget_weather(1)\n```\n", "So:\n```python\nget_weather(1)\n```\n", False),
        ('His {"name": "Bob"} is JSON.', 'His {"name": "Bob"} is JSON.', False),
        ('As `{"name": "get_weather"}` shows.', 'As `{"name": "get_weather"}` shows.', False),
        ("A [list(1)] and ```py\n[2]\n``` too.", "A [list(1)] and ```py\n[2]\n``` too.", False),
    ],
)
def test_a_call_behind_words(answer: str, said: str, called: bool) -> None:
    assert {in_pieces(answer, size) for size in (1, 3, len(answer))} == {(said, called)}


@pytest.mark.parametrize(
    "answer",
    ['{"name": "get_weather", "arguments": {}}', 'get_weather(place="Oslo")', 'Well. [get_weather(place="Oslo")]'],
)
def test_nobody_offered_a_tool(answer: str) -> None:
    assert let_out(answer, []) == answer


def test_an_answer_that_is_no_call_is_not_held_back() -> None:
    unspoken = ReplyFilter(offered=["get_weather"])
    assert [unspoken.feed(piece) for piece in ("get", " a", " coat", "[1]", " and `ls` i", "s")] == [
        "", "get a", " coat", "[1]", " and `ls` i", "s",
    ]  # fmt: skip
