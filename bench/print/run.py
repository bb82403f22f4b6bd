"""Measures printing against Typst: run.py BENCH PYTHON FONTS OUT [--runs N] [--jobs N]

BENCH is the release build of chancery-bench-print, PYTHON an interpreter with the typst wheel, FONTS the vendored fonts, OUT a
folder for the results. Every print is a separate process; the engines alternate, so that other load affects both.
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
    """A child's CPU seconds and its output."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    measured = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{command[0]} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, measured


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
        seconds, measured = spent(
            [self.bench, "print", self.message(size), str(self.out / f"{size}.pdf"), "--times", str(times)]
        )
        return seconds, {name: int(value) for name, value in (line.split() for line in measured.splitlines())}

    def kilobytes(self, pdf):
        return (self.out / pdf).stat().st_size / 1000

    def long_word(self, letters):
        """The CPU seconds of a brief of one word."""
        name = f"word-{letters}"
        read = self.out / f"content-{name}.json"
        read.write_text(json.dumps(content.one_word(letters)))
        subprocess.run([self.bench, "encode", read, self.message(name)], check=True)
        runs = [self.ours(name) for _ in range(self.runs)]
        return statistics.median(seconds - measured["readback"] / 1e6 for seconds, measured in runs)

    def typst_pages(self, size):
        measured = subprocess.run(["pdfinfo", self.out / f"typst-{size}.pdf"], capture_output=True, text=True, check=True).stdout
        return next(int(line.split()[1]) for line in measured.splitlines() if line.startswith("Pages:"))

    def grown(self, pages):
        """One point of the growth curve: medians of three runs."""
        size = f"curve-{pages}"
        self.prepare(size)
        runs = [self.ours(size) for _ in range(3)]
        printing = statistics.median(seconds - measured["readback"] / 1e6 for seconds, measured in runs)
        figures = runs[0][1]
        return {
            "pages": figures["pages"],
            "cpu_ms": 1000 * printing,
            "peak_mb": statistics.median(measured["peak_kb"] for _, measured in runs) / 1024,
            "kb": self.kilobytes(f"{size}.pdf"),
        }

    def typst(self, size, serif, sans, fonts):
        script = [self.python, str(HERE / "typst_once.py")]
        arguments = [str(self.out), f"typst-{size}.json", str(self.out / f"typst-{size}.pdf"), serif, sans, fonts]
        return spent(script + arguments)[0]

    def wheel(self):
        return spent([self.python, str(HERE / "typst_once.py"), "import"])[0]

    def size(self, size):
        """Medians of runs that take turns."""
        ours, measured, vendored, noto, wheel = [], [], [], [], []
        for _ in range(self.runs):
            seconds, figures = self.ours(size)
            ours.append(seconds)
            measured.append(figures)
            vendored.append(self.typst(size, "Source Serif 4", "Source Sans 3", self.fonts))
            noto.append(self.typst(size, "Noto Serif", "Noto Sans", NOTO))
            wheel.append(self.wheel())
        figures = {name: statistics.median(run[name] for run in measured) for name in measured[0]}
        # Proves the file once more, to time that; this is not part of the print.
        printing = statistics.median(ours) - figures["readback"] / 1e6
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
    curve = {pages: bench.grown(pages) for pages in neutral.CURVE}
    figures = report(bench, results, curve)
    table(results)
    markdown(bench, results, curve, figures)


def report(bench, results, curve):
    """The figures, one a line."""
    figures = {}
    for size, (printing, peer, _) in results.items():
        figures[f"cpu_ratio.{size}"] = f"{printing / peer:.3f}"
    for size in ["medium", "large"]:
        figures[f"peak_mb.{size}"] = f"{results[size][2]['peak_kb'] / 1024:.1f}"
    if bench.jobs:
        figures["growth_mb"] = f"{bench.ours('large', bench.jobs)[1]['growth_kb'] / 1024:.1f}"
    figures["size_kb.medium"] = f"{bench.kilobytes('medium.pdf'):.1f}"
    for name, value in quality.quality(str(bench.out / "medium.pdf")).items():
        figures[name] = f"{value:.3g}"
    figures["long_word_growth"] = f"{bench.long_word(4000) / bench.long_word(1000):.2f}"
    for size, (_, _, measured) in results.items():
        figures[f"pages.{size}"] = f"{measured['pages']:.0f}"
        figures[f"typst_pages.{size}"] = str(bench.typst_pages(size))
        figures[f"kb_a_page.{size}"] = f"{bench.kilobytes(f'{size}.pdf') / measured['pages']:.1f}"
    for pages, point in curve.items():
        for name, value in point.items():
            figures[f"growth_curve.{pages}.{name}"] = f"{value:.0f}" if name == "pages" else f"{value:.1f}"
    for name, value in figures.items():
        print(f"print.{name} {value}")
    return figures


def table(results):
    """The stages, for people: behind a mark, so that `figure value` lines stay what they are."""
    print(f"# {'CPU ms':<20}" + "".join(f"{size:>10}" for size in results))
    for stage in STAGES:
        print(f"# {stage:<20}" + "".join(f"{result[2][stage] / 1000:>10.1f}" for result in results.values()))
    print(f"# {'whole process':<20}" + "".join(f"{1000 * result[0]:>10.1f}" for result in results.values()))
    print(f"# {'Typst':<20}" + "".join(f"{1000 * result[1]:>10.1f}" for result in results.values()))
    print(f"# {'pages':<20}" + "".join(f"{result[2]['pages']:>10.0f}" for result in results.values()))


def markdown(bench, results, curve, figures):
    """Prints the tables of the section "Performance" of the README."""
    print()
    print("| | small | medium | large |")
    print("|---|---|---|---|")
    rows = [
        ("pages: Chancery, Typst", lambda size: f"{figures[f'pages.{size}']}, {figures[f'typst_pages.{size}']}"),
        ("CPU, ms: Chancery, with its proof by read-back", lambda size: f"{1000 * results[size][0]:.0f}"),
        ("CPU, ms: Typst 0.15", lambda size: f"{1000 * results[size][1]:.0f}"),
        ("ratio", lambda size: figures[f"cpu_ratio.{size}"]),
        ("file, KB: Chancery", lambda size: f"{bench.kilobytes(f'{size}.pdf'):.0f}"),
        ("file, KB: Typst", lambda size: f"{bench.kilobytes(f'typst-{size}.pdf'):.0f}"),
        ("KB a page: Chancery", lambda size: figures[f"kb_a_page.{size}"]),
        ("peak memory, MB: Chancery", lambda size: f"{results[size][2]['peak_kb'] / 1024:.0f}"),
    ]
    for name, cell in rows:
        print(f"| {name} | " + " | ".join(cell(size) for size in results) + " |")
    print()
    print("| pages | " + " | ".join(str(point["pages"]) for point in curve.values()) + " |")
    print("|---" * (len(curve) + 1) + "|")
    for name, title in [("cpu_ms", "CPU, ms"), ("peak_mb", "peak memory, MB"), ("kb", "file, KB")]:
        print(f"| {title} | " + " | ".join(f"{point[name]:.0f}" for point in curve.values()) + " |")
    sd, loose, hyphenated, ladder = (figures[name] for name in ["word_space_sd", "loose_pct", "hyphenated_pct", "ladder"])
    print()
    print(f"Word space varies by {sd} em (standard deviation) on a 122 mm column; {loose} % of lines are loose,")
    print(f"{hyphenated} % hyphenated, at most {ladder} in a row.")


if __name__ == "__main__":
    main()
