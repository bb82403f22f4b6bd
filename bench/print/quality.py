"""Word spaces of a printed brief, from `pdftotext -bbox-layout`: justified lines of the main column, A4, 122 mm."""

import re
import statistics
import subprocess
import xml.etree.ElementTree as ElementTree

SIZE = 10.0  # of body text, in points
LEFT = 22 / 25.4 * 72
RIGHT = LEFT + 122 / 25.4 * 72
BODY = (60, 785)  # between the bands, from the top
LOOSE = 0.42
HYPHENS = ("-", "\u2010", "\xad")


def quality(pdf):
    """The typographic figures, by name."""
    gaps, hyphenated, ladder, longest = [], 0, 0, 0
    for lines in body_pages(pdf):
        for line in lines:
            # Ragged and last lines end before the right edge; hanging punctuation ends a little beyond it.
            if not RIGHT - 4 < line[-1][1] < RIGHT + 8:
                ladder = 0
                continue
            if len(line) < 5:
                continue
            gaps.append(statistics.mean(after[0] - word[1] for word, after in zip(line, line[1:])) / SIZE)
            ends_in_hyphen = line[-1][2].endswith(HYPHENS)
            hyphenated += ends_in_hyphen
            ladder = ladder + 1 if ends_in_hyphen else 0
            longest = max(longest, ladder)
    loose = sum(gap > LOOSE for gap in gaps)
    return {
        "word_space_sd": statistics.pstdev(gaps),
        "loose_pct": 100 * loose / len(gaps),
        "hyphenated_pct": 100 * hyphenated / len(gaps),
        "ladder": longest,
    }


def body_pages(pdf):
    """Per page the lines of body text, from top to bottom: each word's left, right and text."""
    for page in document(pdf).iter("page"):
        lines = []
        for line in page.iter("line"):
            words = list(line.iter("word"))
            if words and is_body(words):
                lines.append((float(words[0].get("yMin")), [placed(word) for word in words]))
        yield [line for _, line in sorted(lines)]


def is_body(words):
    top, height = float(words[0].get("yMin")), float(words[-1].get("yMax")) - float(words[-1].get("yMin"))
    # Headings are larger, tables and endnotes smaller.
    return abs(float(words[0].get("xMin")) - LEFT) < 4 and BODY[0] < top < BODY[1] and 9.5 < height < 19


def placed(word):
    return float(word.get("xMin")), float(word.get("xMax")), word.text or ""


def document(pdf):
    command = ["pdftotext", "-bbox-layout", pdf, "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    text = re.sub(r' xmlns="[^"]*"', "", text, count=1)
    text = re.sub(r"&(?!amp;|lt;|gt;|quot;|#)", "&amp;", text)
    return ElementTree.fromstring(text[text.index("<html") :])
