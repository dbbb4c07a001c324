"""The picture in ARCHITECTURE.md shows the imports that there are: no more, no fewer."""

import re
from collections import defaultdict
from pathlib import Path

import grimp
import pytest

TOP = Path(__file__).parents[1]

Arrow = tuple[str, str]


def arrows(document: str) -> set[Arrow]:
    """The arrows of the first Mermaid flowchart of a document; `a & b --> c & d` are four."""
    picture = re.search(r"```mermaid\nflowchart TD\n(.*?)```", document, re.DOTALL)
    assert picture is not None
    found = set[Arrow]()
    for line in picture[1].splitlines():
        sources, targets = (re.sub(r'(\w+)\["(.+?)"\]', r"\2", side).strip().split(" & ") for side in line.split("-->"))
        found |= {(source, target) for source in sources for target in targets}
    return found


def box(module: str) -> str:
    """In which box of the picture a module of the package is: "voicegui.ui.settings.page" is in "ui"."""
    _, package, *rest = module.split(".")
    match package, rest:
        case "app", ["desktop" | "desktop_session", *_]:
            return "app.desktop"
        case "providers", [provider, *_]:
            return f"providers.{provider}"
    return package


def imports() -> dict[Arrow, list[str]]:
    """Imports from one box to another that run, as the contracts count them, with the lines that make them."""
    graph = grimp.build_graph("voicegui", exclude_type_checking_imports=True, cache_dir=None)
    found = defaultdict[Arrow, list[str]](list)
    for importer in graph.modules - {"voicegui"}:
        for imported in graph.find_modules_directly_imported_by(importer) - {"voicegui"}:
            if box(importer) != box(imported):
                found[box(importer), box(imported)].append(f"{importer} imports {imported}")
    return found


def reached(start: str, drawn: set[Arrow]) -> set[str]:
    """All boxes that lie behind one."""
    found, left = set[str](), {start}
    while left:
        left = {target for source, target in drawn if source in left} - found
        found |= left
    return found


@pytest.fixture(scope="module")
def drawn() -> set[Arrow]:
    return arrows((TOP / "ARCHITECTURE.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def real() -> dict[Arrow, list[str]]:
    return imports()


def test_every_import_follows_the_arrows(drawn: set[Arrow], real: dict[Arrow, list[str]]) -> None:
    undrawn = {arrow: lines for arrow, lines in real.items() if arrow[1] not in reached(arrow[0], drawn)}
    assert undrawn == {}


def test_every_arrow_is_an_import(drawn: set[Arrow], real: dict[Arrow, list[str]]) -> None:
    assert drawn - real.keys() == set()


def test_the_arrows_lead_one_way(drawn: set[Arrow]) -> None:
    left = set(drawn)
    while sinks := {target for _, target in left} - {source for source, _ in left}:
        left = {arrow for arrow in left if arrow[1] not in sinks}
    assert left == set()


def test_every_package_is_in_the_picture(drawn: set[Arrow]) -> None:
    package = TOP / "voicegui"
    names = {
        path.stem if path.is_file() else path.name
        for path in package.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    packages = names - {"__init__", "app", "providers"} | {"app", "app.desktop"}
    packages |= {f"providers.{path.parent.name}" for path in package.glob("providers/*/__init__.py")}
    packages |= {f"providers.{path.stem}" for path in package.glob("providers/[!_]*.py")}
    assert {name for arrow in drawn for name in arrow} == packages
