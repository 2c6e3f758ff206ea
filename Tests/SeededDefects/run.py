#!/usr/bin/env python3
"""Shows that the journal's searches have teeth: switches on one defect after another, and each must be caught.

    Tests/SeededDefects/run.py [--only N ...] [--jobs N] [--build DIRECTORY] [--check]

Copies the package to a folder below .build, puts the sites of `defects.py` into the copy, builds JournalProof there and
runs its searches with each defect on until one reports a violation. With no defect on none may. --check only holds the
table against the sources. Exits with 1 when a defect is not caught, 2 when the table does not fit the sources.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

from defects import DEFECTS, SITES, SWITCH

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The searches, the quickest first; how long each may take, in seconds, on a machine that is busy with other things.
SEARCHES = {
    "crashes": ["crashes", "--states", "30000", "--share", "40", "--until-violation"],
    "faults": ["faults"],
    "limits": ["limits"],
    "space": ["space"],
    "lies": ["lies", "--seeds", "300"],
    "damage": ["damage", "--share", "89", "--until-violation"],
    "more damage": ["damage", "--share", "7", "--until-violation"],
    "more crashes": ["crashes", "--states", "200000", "--share", "20", "--from", "1000", "--until-violation"],
}
SECONDS = 300


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--only", type=int, nargs="+", metavar="N", help="these defects")
    arguments.add_argument("--build", type=pathlib.Path, default=ROOT / ".build" / "seeded-defects")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at once")
    arguments.add_argument("--check", action="store_true", help="only whether the table fits the sources")
    options = arguments.parse_args()
    mutated = mutated_sources()
    if options.check:
        print(f"{len(DEFECTS)} defects in {len(mutated)} files: each site is where the table says")
        return 0
    package = options.build / "package"
    copy_tree(package, mutated)
    proof = build(package, options.build / "scratch")
    began = time.monotonic()
    missed = []
    if options.only is None:
        false = [name for name in SEARCHES if not name.startswith("more") and violation(proof, 0, name) is not None]
        print(f"no defect: {'nothing found' if not false else 'FOUND by ' + ', '.join(false)}", flush=True)
        missed += false
    chosen = [defect for defect in DEFECTS if options.only is None or defect.number in options.only]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for defect, (row, is_caught) in zip(chosen, pool.map(lambda defect: hunt(defect, proof), chosen)):
            print(row, flush=True)
            if not is_caught:
                missed.append(defect.number)
    print(f"{len(missed)} not caught, {time.monotonic() - began:.0f} s")
    return 1 if missed else 0


def mutated_sources():
    """The changed files by their paths; ends the program when an entry does not fit."""
    texts, problems = {}, []
    for site in SITES:
        text = texts.get(site.file) or (ROOT / site.file).read_text()
        count = text.count(site.text)
        if count != 1:
            problems.append(f"{site.file}: stands there {count} times, not once:\n{site.text}")
        texts[site.file] = text.replace(site.text, site.mutated)
    asked = {int(number) for site in SITES for number in re.findall(r"SeededDefect\.isOn\((\d+)\)", site.mutated)}
    numbers = [defect.number for defect in DEFECTS]
    if asked != set(numbers) or len(numbers) != len(set(numbers)):
        problems.append(f"defects without a site, or sites without a defect: {sorted(asked ^ set(numbers))}")
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        sys.exit(2)
    for module in {pathlib.PurePath(file).parent for file in texts}:
        texts[str(module / "SeededDefect.swift")] = SWITCH
    return texts


# Where the package's targets lie.
TOPS = ["Sources", "Tests", "clients/swift"]


def copy_tree(package, mutated):
    """Brings the copy up to date; files that are as they should be keep their times, so that little is built anew."""
    wanted = {"Package.swift": (ROOT / "Package.swift").read_bytes()}
    for top in TOPS:
        for path in sorted((ROOT / top).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                wanted[str(path.relative_to(ROOT))] = path.read_bytes()
    wanted.update({file: text.encode() for file, text in mutated.items()})
    for top in TOPS:
        for path in list((package / top).rglob("*")) if package.exists() else []:
            if path.is_file() and str(path.relative_to(package)) not in wanted:
                path.unlink()
    for name, content in wanted.items():
        target = package / name
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def build(package, scratch):
    command = ["swift", "build", "-c", "release", "--package-path", package, "--scratch-path", scratch]
    command += ["--product", "JournalProof"]
    print("building the test build", flush=True)
    built = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if built.returncode != 0:
        sys.exit(built.stdout[-4000:])
    return scratch / "release" / "JournalProof"


def hunt(defect, proof):
    """Runs the searches until one catches the defect. The row of the table, and whether one did."""
    began = time.monotonic()
    what = f"{defect.number:>2}  {defect.name} ({defect.origin})"
    for name in [defect.search] + [name for name in SEARCHES if name != defect.search]:
        found = violation(proof, defect.number, name)
        if found is not None:
            first, effort = found
            return f"{what}: {name}, {effort}, {time.monotonic() - began:.1f} s\n      {first[:150]}", True
    return f"{what}: NOT CAUGHT", False


def violation(proof, number, name):
    """The first violation that a search reports and what it did for it; None when it finds nothing."""
    environment = dict(os.environ, GATEHOUSE_DEFECT=str(number), SWIFT_BACKTRACE="enable=no")
    try:
        run = subprocess.run(
            [proof, *SEARCHES[name]], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"does not end within {SECONDS} s", "hung"
    lines = run.stdout.splitlines() or [""]
    if run.returncode == 0:
        return None
    effort = re.sub(r": \d+ violations$", "", lines[-1])
    return (lines[0], effort) if run.returncode == 1 else (lines[-1], f"ended with {run.returncode}")


if __name__ == "__main__":
    sys.exit(main())
