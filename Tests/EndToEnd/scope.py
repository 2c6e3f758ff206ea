"""How much of the acceptance suite runs, and from which seed.

`ACCEPTANCE=full` runs everything; without it a subset that fits the time of a change's checks. `ACCEPTANCE_SEED`
repeats the choices of an earlier run, whose seed is in the head of its report; each test derives its own from it and
its name.
"""

import os
import secrets

import pytest

FULL = os.environ.get("ACCEPTANCE") == "full"
SEED = os.environ.get("ACCEPTANCE_SEED") or secrets.token_hex(4)


def rounds(fast, full):
    """How often to do something."""
    return full if FULL else fast


def some(chance, things, fast, full=None):
    """A sample of things in their order; all of them in the full run, unless it is given a number as well."""
    things = list(things)
    count = full if FULL else fast
    if count is None or count >= len(things):
        return things
    return [things[index] for index in sorted(chance.sample(range(len(things)), count))]


def bounded(fast, full):
    """How many seconds a test may take."""
    return pytest.mark.timeout(full if FULL else fast)
