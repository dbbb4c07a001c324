"""Finds sentences in the source that are not looked up: literals and f-strings where a `Sentence` or what was looked up
has to stand.

What a name holds is followed to where it is assigned; a parameter that is passed on, to where the function is called.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

LOOKS_UP = {
    "shown": 1, "spoken": 1, "marked": 1, "sentence": 1, "shown_plural": 2, "spoken_plural": 2, "sentence_plural": 2,
}  # fmt: skip
"""How many of the first arguments are texts to be looked up."""


def bare_sentences(source: str) -> Iterator[int]:
    """Lines on which a bare sentence is given to who shows or says it, or what is looked up
    is no literal and not `marked`."""
    return _Source(source).found()


def lone_sentences(source: str) -> Iterator[int]:
    """Lines with a literal that reads like a sentence or a part of one, has words of a person in it, and is not looked
    up. Docstrings, what is logged, and what a programmer's mistake raises are not meant."""
    return _Source(source).alone()


_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class _Sink:
    """A class or function of whose parameters some are sentences. `order`: of those that may stand without a name."""

    order: Sequence[str]
    watched: frozenset[str]


def _sink(order: str, *watched: str) -> _Sink:
    return _Sink(order.split(), frozenset(watched))


SINKS: Mapping[str, _Sink] = {
    "VoiceError": _sink("code what", "what", "heading", "advice", "hint"),
    "TurnFailed": _sink("turn code message", "message"),
    "AudioNotSaved": _sink("code message", "message"),
    "FellBack": _sink("stage message", "message"),
    "Noticed": _sink("message", "message"),
    "ProblemAppeared": _sink("source code message hint", "message", "hint", "heading", "detail"),
    "LoadingProgress": _sink("what", "what"),
    "KeyState": _sink("service place detail", "detail"),
    "ToolOutcome": _sink("text ok say", "say"),
    "verbatim": _sink("text", "text"),
}
"""What is made with sentences for a person. `verbatim` is for text of others, which is no literal here."""


@dataclass
class _Source:
    """A module."""

    text: str
    _sinks: dict[str, _Sink] = field(default_factory=lambda: dict(SINKS))

    def found(self) -> Iterator[int]:
        self._follow_parameters()
        for call in self._calls:
            if any(self._is_bare(text, call) for text in self._sentences(call)):
                yield call.lineno
            texts = call.args[: LOOKS_UP.get(_name(call), 0)]
            if any(not isinstance(text, ast.Constant) and self._is_bare(text, call) for text in texts):
                yield call.lineno

    def alone(self) -> Iterator[int]:
        apart = {id(inner) for node in ast.walk(self._tree) if _is_apart(node) for inner in ast.walk(node)}
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Constant) and id(node) not in apart and _reads_like_sentence(node.value):
                yield node.lineno

    @cached_property
    def _tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def _parents(self) -> Mapping[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self._tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def _calls(self) -> Sequence[ast.Call]:
        return [node for node in ast.walk(self._tree) if isinstance(node, ast.Call)]

    # ------------------------------------------------------------ where sentences are given to

    def _follow_parameters(self) -> None:
        """A function that passes a parameter on to a sink is one."""
        grown = True
        while grown:
            grown = False
            for call in self._calls:
                function = self._function(call)
                if function is None:
                    continue
                order = [each.arg for each in (*function.args.posonlyargs, *function.args.args) if each.arg != "self"]
                names = {*order, *(each.arg for each in function.args.kwonlyargs)}
                passed = {each.id for each in self._sentences(call) if isinstance(each, ast.Name)} & names
                before = self._sinks.get(function.name, _Sink(order, frozenset()))
                if not passed <= before.watched:
                    self._sinks[function.name] = _Sink(order, before.watched | passed)
                    grown = True

    def _sentences(self, call: ast.Call) -> Iterator[ast.expr]:
        sink = self._sinks.get(_name(call))
        if sink is None:
            return
        named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        placed = dict(zip(sink.order, call.args, strict=False))
        is_command = getattr(named.get("hint_kind"), "attr", "") == "COMMAND"
        for name, value in {**placed, **named}.items():
            if name in sink.watched and not (name == "hint" and is_command):
                yield value

    def _function(self, node: ast.AST) -> _Function | None:
        while (node := self._parents.get(node, self._tree)) is not self._tree:
            if isinstance(node, _Function):
                return node
        return None

    # ------------------------------------------------------------ what is bare

    def _is_bare(self, node: ast.expr, at: ast.AST, seen: frozenset[str] = frozenset()) -> bool:
        """It may be a text that was written or made here."""
        match node:
            case ast.Name(id=name):
                return name not in seen and any(
                    self._is_bare(value, at, seen | {name}) for value in self._assigned(name, at)
                )
            case ast.IfExp(body=first, orelse=second):
                return self._is_bare(first, at, seen) or self._is_bare(second, at, seen)
            case ast.BoolOp(values=values):
                return any(self._is_bare(value, at, seen) for value in values)
            case ast.Subscript(value=ast.Name() as table):
                return self._is_bare(table, at, seen)
            case ast.Dict(values=values) | ast.Tuple(elts=values):
                return any(self._is_bare(value, at, seen) for value in values)
        return self._is_made(node) or (isinstance(node, ast.Constant) and _says_something(node))

    def _is_made(self, node: ast.expr) -> bool:
        """Put together here: no catalogue has it."""
        match node:
            case ast.JoinedStr(values=parts):
                return any(isinstance(part, ast.Constant) and _says_something(part) for part in parts)
            case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
                return any(isinstance(each, ast.Constant | ast.JoinedStr | ast.BinOp) and (
                    self._is_made(each) or (isinstance(each, ast.Constant) and _says_something(each))
                ) for each in (left, right))  # fmt: skip
            case ast.Call(func=ast.Attribute(attr="format" | "join" | "capitalize" | "lower" | "upper")):
                return True
        return False

    def _assigned(self, name: str, at: ast.AST) -> Iterator[ast.expr]:
        function = self._function(at)
        where = function if function is not None and _is_local(name, function) else self._tree
        for node in ast.walk(where):
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        yield from _part(target, value, name)
                case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                    yield value
                case ast.NamedExpr(target=ast.Name(id=found), value=value) if found == name:
                    yield value


def _part(target: ast.expr, value: ast.expr, name: str) -> Iterator[ast.expr]:
    match target, value:
        case ast.Name(id=found), _ if found == name:
            yield value
        case ast.Tuple(elts=targets), ast.Tuple(elts=values):
            for each, its in zip(targets, values, strict=False):
                yield from _part(each, its, name)


def _is_local(name: str, function: _Function) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
               for node in ast.walk(function))  # fmt: skip


def _says_something(node: ast.Constant) -> bool:
    return isinstance(node.value, str) and any(map(str.isalpha, node.value))


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _is_apart(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Call() as made):
            return _name(made) not in _OURS
        case ast.Call():
            return _name(node) in LOOKS_UP or _name(node) in _APART
    return False


_APART = {"info", "warning", "error", "exception", "debug", "compile", "TypeVar"}
_OURS = {"VoiceError", "NoSound", "KeyringUnusable"}


def _reads_like_sentence(text: object) -> bool:
    if not isinstance(text, str) or _NO_WORDS.search(text):
        return False
    words = text.split()
    return len(words) > 1 and sum(len(word) > 1 and word.strip("“”(),.;:!?…").isalpha() for word in words) > 1


_NO_WORDS = re.compile(r"\\|\(\?|%\(|[|_=]|[A-Z]{3,} [A-Z]|\bFROM\b|^[a-z -]+\[")
"""Patterns, SQL, formats of logs, names of types."""
