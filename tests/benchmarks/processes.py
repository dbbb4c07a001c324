"""What a process and all its descendants use, from /proc."""

import os
from collections.abc import Sequence
from pathlib import Path


def family(pid: int) -> Sequence[int]:
    """The process and its descendants."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields:
                parents[int(entry.name)] = int(fields[1])
    found = [pid]
    for member in found:
        found.extend(child for child, parent in parents.items() if parent == member)
    return found


def _stat(pid: int) -> list[str]:
    """Fields after the name; [] if it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def cpu_seconds(pid: int) -> float:
    ticks = sum(int(fields[11]) + int(fields[12]) for each in family(pid) if (fields := _stat(each)))
    return ticks / os.sysconf("SC_CLK_TCK")


def pss_mb(pid: int) -> float:
    """Of the process and its descendants."""
    return pss_mb_of(family(pid))


def pss_mb_of(pids: Sequence[int]) -> float:
    """Proportional set size in MB (10^6): shared pages count once."""
    total = 0
    for each in pids:
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024 / 1e6
