"""One name means one thing in the whole package."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "voicegui"

SAME_MEANING = {"main", "build", "running_here"}
"""Functions that are there twice because both do the same thing in their places."""


def _defined(kinds: tuple[type[ast.stmt], ...]) -> Mapping[str, set[str]]:
    """Public names at the top of modules, with the modules they are in."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        for name in _names(ast.parse(path.read_text("utf-8")), kinds):
            found[name].add(str(path.relative_to(PACKAGE)))
    return found


def _names(module: ast.Module, kinds: tuple[type[ast.stmt], ...]) -> Iterator[str]:
    for node in module.body:
        name = getattr(node, "name", "_")
        if isinstance(node, kinds) and not name.startswith("_"):
            yield name


def test_no_class_has_the_name_of_another() -> None:
    assert {name: modules for name, modules in _defined((ast.ClassDef,)).items() if len(modules) > 1} == {}


def test_no_function_has_the_name_of_another_that_means_something_else() -> None:
    functions = _defined((ast.FunctionDef, ast.AsyncFunctionDef))
    twice = {name: modules for name, modules in functions.items() if len(modules) > 1}
    assert {name: modules for name, modules in twice.items() if name not in SAME_MEANING} == {}
