"""What the two catalogue files promise."""

from pathlib import Path

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.providers.catalogue import Catalogue, ModelRole
from voicegui.providers.catalogue.catalogue import default_folder
from voicegui.resource_files import resource

MIRRORS = Path(__file__).parents[1] / "models.toml"
GB = 1_000_000_000


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue.load(resource("models.toml"), MIRRORS, tmp_path)


def test_every_model_is_pinned(catalogue: Catalogue) -> None:
    names = [model.name for model in catalogue.models()]
    assert len(set(names)) == len(names) >= 4
    for model in catalogue.models():
        assert len(model.weights.sha256) == 64 and int(model.weights.sha256, 16)
        assert model.licence == "Apache-2.0"
        assert model.weights.size < model.memory_mb * 1_000_000


def test_mirrors_stand_in_for_models_that_exist(catalogue: Catalogue) -> None:
    for mirror in catalogue._mirrors.values():
        assert catalogue.find(mirror.replaces)
        assert all("==" in package for package in mirror.packages)


def test_urls_come_from_repository_revision_and_file(catalogue: Catalogue) -> None:
    assert catalogue.find("qwen2.5-0.5b").url("https://hub") == (
        "https://hub/Qwen/Qwen2.5-0.5B-Instruct-GGUF/resolve/9217f5db79a29953eb74d5343926648285ec7e67/"
        "qwen2.5-0.5b-instruct-q4_k_m.gguf"
    )


@pytest.mark.parametrize(
    ("memory", "cores", "name"),
    [
        (16 * GB, 8, "qwen2.5-1.5b"),
        (7.8 * GB, 4, "qwen2.5-1.5b"),
        (16 * GB, 2, "qwen2.5-0.5b"),
        (4 * GB, 8, "qwen2.5-0.5b"),
    ],
)
def test_the_default_fits_the_machine(catalogue: Catalogue, memory: int, cores: int, name: str) -> None:
    assert catalogue.choose(memory, cores).name == name
    assert catalogue.choose(memory, cores, ModelRole.END_OF_TURN).name == "smollm2-135m"


def test_an_unknown_name_lists_the_known(catalogue: Catalogue) -> None:
    with pytest.raises(VoiceError, match="“gpt”.*qwen2.5-0.5b") as caught:
        catalogue.find("gpt")
    assert caught.value.code is ErrorCode.MODEL_MISSING


@pytest.mark.parametrize(
    "content",
    ["", "[[model", '[[model]]\nname = "x"', "model = 3", '[[model]]\nname = "x"\nfile = "../x"'],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "models.toml"
    file.write_text(content)
    with pytest.raises(VoiceError, match=r"models\.toml") as caught:
        Catalogue.load(file, None, tmp_path)
    assert caught.value.code is ErrorCode.BAD_SETTINGS


def test_the_environment_names_folder_and_mirrors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEGUI_MODELS", str(tmp_path))
    monkeypatch.setenv("VOICEGUI_MODEL_MIRRORS", str(MIRRORS))
    assert Catalogue.from_environment().folder == tmp_path
    monkeypatch.delenv("VOICEGUI_MODELS")
    assert default_folder().name == "models" and "voicegui" in default_folder().parts


def test_a_missing_mirrors_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="nothing-here"):
        Catalogue.load(resource("models.toml"), tmp_path / "nothing-here", tmp_path)
