"""Measures printing against Typst: run.py BENCH PYTHON FONTS OUT [--runs N] [--jobs N]

BENCH is the release build of chancery-bench, PYTHON an interpreter with the typst wheel, FONTS the vendored fonts, OUT a
folder for what is made. Every print is a process of its own; the engines take turns, so that a busy machine slows both.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

import content
import neutral
import quality

HERE = pathlib.Path(__file__).parent
NOTO = "/usr/share/fonts/truetype/noto"
STAGES = ["compose", "layout", "write_and_readback", "readback"]


def spent(command):
    """A child's CPU seconds and what it says."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{command[0]} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, said


class Bench:
    def __init__(self, given):
        self.bench, self.python, self.fonts = given.bench, given.python, given.fonts
        self.out = pathlib.Path(given.out)
        self.runs, self.jobs = given.runs, given.jobs
        self.out.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "brief.typ", self.out / "brief.typ")

    def prepare(self, size):
        made = neutral.brief(size)
        (self.out / f"typst-{size}.json").write_text(json.dumps(neutral.for_typst(made), ensure_ascii=False))
        read = self.out / f"content-{size}.json"
        read.write_text(json.dumps(content.content(made), ensure_ascii=False))
        subprocess.run([self.bench, "encode", read, self.message(size)], check=True)

    def message(self, size):
        return str(self.out / f"content-{size}.pb")

    def ours(self, size, times=1):
        seconds, said = spent(
            [self.bench, "print", self.message(size), str(self.out / f"{size}.pdf"), "--times", str(times)]
        )
        return seconds, {name: int(value) for name, value in (line.split() for line in said.splitlines())}

    def typst(self, size, serif, sans, fonts):
        script = [self.python, str(HERE / "typst_once.py")]
        arguments = [str(self.out), f"typst-{size}.json", str(self.out / f"typst-{size}.pdf"), serif, sans, fonts]
        return spent(script + arguments)[0]

    def wheel(self):
        return spent([self.python, str(HERE / "typst_once.py"), "import"])[0]

    def size(self, size):
        """Medians of runs that take turns."""
        ours, said, vendored, noto, wheel = [], [], [], [], []
        for _ in range(self.runs):
            seconds, figures = self.ours(size)
            ours.append(seconds)
            said.append(figures)
            vendored.append(self.typst(size, "Source Serif 4", "Source Sans 3", self.fonts))
            noto.append(self.typst(size, "Noto Serif", "Noto Sans", NOTO))
            wheel.append(self.wheel())
        figures = {name: statistics.median(run[name] for run in said) for name in said[0]}
        # The bench reads the file back once more, to time that; it is no part of the print.
        printing = statistics.median(ours) - figures["readback"] / 1000
        least = min(statistics.median(vendored), statistics.median(noto)) - statistics.median(wheel)
        return printing, least, figures


def main():
    parser = argparse.ArgumentParser(prog="bench print")
    for name in ["bench", "python", "fonts", "out"]:
        parser.add_argument(name)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=100, help="large jobs in one process; 0: none")
    bench = Bench(parser.parse_args())
    results = {}
    for size in neutral.SIZES:
        bench.prepare(size)
        results[size] = bench.size(size)
    report(bench, results)


def report(bench, results):
    for size, (printing, peer, _) in results.items():
        print(f"print.cpu_ratio.{size} {printing / peer:.3f}")
    for size in ["medium", "large"]:
        print(f"print.peak_mb.{size} {results[size][2]['peak_kb'] / 1024:.1f}")
    if bench.jobs:
        print(f"print.growth_mb {bench.ours('large', bench.jobs)[1]['growth_kb'] / 1024:.1f}")
    medium = bench.out / "medium.pdf"
    print(f"print.size_kb.medium {medium.stat().st_size / 1000:.1f}")
    for name, value in quality.quality(str(medium)).items():
        print(f"print.{name} {value:.3g}")
    table(results)


def table(results):
    """The stages, for people: behind a mark, so that `figure value` lines stay what they are."""
    print(f"# {'CPU ms':<20}" + "".join(f"{size:>10}" for size in results))
    for stage in STAGES:
        print(f"# {stage:<20}" + "".join(f"{result[2][stage]:>10.0f}" for result in results.values()))
    print(f"# {'whole process':<20}" + "".join(f"{1000 * result[0]:>10.0f}" for result in results.values()))
    print(f"# {'Typst':<20}" + "".join(f"{1000 * result[1]:>10.0f}" for result in results.values()))
    print(f"# {'pages':<20}" + "".join(f"{result[2]['pages']:>10.0f}" for result in results.values()))


if __name__ == "__main__":
    main()
