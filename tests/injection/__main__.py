"""Prints each attempt with what came of it, and exits with 1 if one succeeded or was not really made."""

import sys

from .attempts import ATTEMPTS
from .probes import PROBES
from .questions import QUESTIONS
from .trial import Result, tried


def row(result: Result) -> str:
    attempt = result.attempt
    outcome = f"SUCCEEDED: {result.successes}" if result.successes else "-" if result.reached else "NOT MADE"
    return (
        f"{attempt.name:<44} | {attempt.channel:<20} | {result.asked:>5} | {result.allowed:>7} | {result.changed:>7}"
        f" | {outcome}"
    )


def main() -> int:
    print(f"{'attempt':<44} | {'through':<20} | asked | allowed | changed | success")
    results = []
    for attempt in (*ATTEMPTS, *QUESTIONS):
        results.append(tried(attempt))
        print(row(results[-1]), flush=True)
    print(f"\n{'probe':<44} | {'through':<20} | success")
    broken = 0
    for probe in PROBES:
        successes = probe.run()
        broken += bool(successes)
        outcome = f"SUCCEEDED: {successes}" if successes else "-"
        print(f"{probe.name:<44} | {probe.channel:<20} | {outcome}", flush=True)
    succeeded = sum(bool(result.successes) for result in results) + broken
    made = sum(result.reached for result in results)
    print(f"\nattempts: {made} of {len(results)}, probes: {len(PROBES)}, successes: {succeeded}")
    return 0 if succeeded == 0 and made == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
