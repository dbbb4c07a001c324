"""The models step back behind the window, but do not starve beside other programs."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from voicegui.providers.local.child_priority import (
    CROWDED,
    FAIR_SESSION,
    LOOK_S,
    NICE_SESSION,
    ROOMY,
    Usage,
    niceness,
    usage,
)

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("now", "others", "wanted"),
    [
        (NICE_SESSION, 0.0, NICE_SESSION),
        (NICE_SESSION, CROWDED - 0.01, NICE_SESSION),
        (NICE_SESSION, CROWDED, FAIR_SESSION),
        (NICE_SESSION, 1.0, FAIR_SESSION),
        (FAIR_SESSION, CROWDED - 0.01, FAIR_SESSION),
        (FAIR_SESSION, ROOMY, NICE_SESSION),
        (FAIR_SESSION, 0.0, NICE_SESSION),
    ],
)
def test_a_fair_share_only_while_others_use_much(now: int, others: float, wanted: int) -> None:
    assert niceness(now, others) == wanted


@pytest.mark.parametrize(
    ("busy", "ours", "others"),
    [(0, 0, 0.0), (200, 200, 0.0), (200, 0, 1.0), (150, 50, 0.5), (100, 120, 0.0)],
)
def test_what_the_models_and_the_window_use_is_not_others(busy: int, ours: int, others: float) -> None:
    before = Usage(10_000, 4000, 300)
    assert Usage(10_200, 4000 + busy, 300 + ours).others_since(before) == others


def test_one_look_is_all_that_is_needed_to_know_ones_own_use() -> None:
    before = usage()
    spent = sum(os.times()[:2])
    while sum(os.times()[:2]) < spent + 0.2:
        pass
    after = usage()
    assert after.ours - before.ours >= 15
    assert after.total > before.total


_STEPS_BACK_AND_FORTH = """
    import time
    from pathlib import Path
    from voicegui.providers.local.child_priority import Priority, Usage

    def session():
        return Path("/proc/self/autogroup").read_text().split()[-1]

    looks = iter([(0, 0), (200, 20), (400, 200), *((400 + 200 * n, 200) for n in range(1, 1000))])

    def look():
        total, others = next(looks)
        return Usage(total, others, 0)

    priority = Priority(look)
    priority.step_back()
    print(session())
    with priority.working():
        for wanted in ("0", "10"):
            until = time.monotonic() + 60
            while session() != wanted and time.monotonic() < until:
                time.sleep(0.01)
            print(session())
"""


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this system does not share by session")
@pytest.mark.parametrize("user", ["the one who runs this", "an ordinary one"])
def test_the_session_steps_back_and_comes_forward(user: str) -> None:
    command = [sys.executable, "-c", textwrap.dedent(_STEPS_BACK_AND_FORTH)]
    if user == "an ordinary one":
        if os.getuid() != 0:
            pytest.skip("only root can become another user")
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == [str(NICE_SESSION), str(FAIR_SESSION), str(NICE_SESSION)], done.stderr
    assert LOOK_S < 1
