"""Trials: a store, what is done to a copy of it, and what a start may then do."""

import concurrent.futures
import dataclasses
import itertools
import pathlib
import random
import re
import shutil
import typing

from directory import Layout
from harness import Server
from ledger import Ledger
from oracle import CUT, REFUSED, SERVED, judge

# Trials at a time: they mostly wait, for `log verify` takes a second look at what it finds damaged.
AT_ONCE = 6


@dataclasses.dataclass
class Trial:
    """What is done, in words and in deed, and the verdicts that are right."""

    label: str
    damage: typing.Callable[[pathlib.Path], None]
    expected: typing.Collection[str] = (REFUSED,)
    # The file that a refusal has to name.
    names: str = ""
    # Who judges the copy; see `oracle.judge`.
    judge: typing.Callable = judge


def on(file, deed, *arguments):
    """A deed of the damage library, to the copy's file of that name."""
    return lambda data: deed(data / file.name, *arguments)


class Stored:
    """A directory with a history, never started itself, and what its clients were told."""

    numbers = itertools.count()

    def __init__(self, data, ledger: Ledger, scratch):
        self.data, self.ledger, self.scratch = data, ledger, scratch
        self.layout = Layout(data)

    def copy(self):
        target = self.scratch / f"copy-{next(self.numbers)}"
        shutil.copytree(self.data, target)
        return target

    def within_memory(self):
        """A command that runs another with no more memory than a server on the sound directory has, and twice the
        directory's size on top: so a length that was damaged is not believed."""
        copy = self.copy()
        with Server(copy) as server:
            status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
        data_bytes = int(re.search(r"VmData:\s+(\d+) kB", status)[1]) * 1024
        directory_bytes = sum(file.stat().st_size for file in copy.rglob("*"))
        shutil.rmtree(copy)
        return ["prlimit", f"--data={data_bytes + 2 * directory_bytes}"]

    def run(self, trials, chance, **options):
        """Makes all trials, each on a copy of its own; fails with those that went wrong. The verdicts."""
        seeded = [(trial, random.Random(chance.random())) for trial in trials]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            outcomes = list(pool.map(lambda each: self._run(*each, **options), seeded))
        wrong = [f"{trial.label}: {problem}" for trial, (_, problem) in zip(trials, outcomes) if problem]
        verdicts = [verdict for verdict, _ in outcomes]
        counts = {verdict: verdicts.count(verdict) for verdict in (SERVED, CUT, REFUSED)}
        print(f"{len(trials)} trials: {counts}")
        assert not wrong, f"{len(wrong)} of {len(trials)} trials went wrong:\n" + "\n".join(wrong[:10])
        return verdicts

    def _run(self, trial, chance, **options):
        copy = self.copy()
        try:
            trial.damage(copy)
            verdict, said = trial.judge(copy, self.ledger, chance, **options)
        except Exception as error:  # told with the label, beside the other trials
            return None, f"{type(error).__name__}: {error}"
        finally:
            shutil.rmtree(copy)
        if verdict not in trial.expected:
            return verdict, f"{verdict}, not {' or '.join(trial.expected)}: {said}"
        if verdict == REFUSED and trial.names not in said:
            return verdict, f"{trial.names} is not named: {said}"
        return verdict, None
