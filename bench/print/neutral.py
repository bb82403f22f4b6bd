"""Neutral briefs, made up and the same on every machine: what each engine prints, in its own form."""

import datetime
import random

import words

# Per size: sections, subsections and paragraphs in each, words a paragraph, tables, rows, endnotes, events.
SIZES = {
    "small": (3, 1, 2, 78, 1, 8, 6, 6),
    "medium": (8, 3, 2, 126, 4, 15, 40, 20),
    "large": (40, 5, 3, 112, 40, 15, 400, 20),
}
# For the growth curve, by the approximate number of pages we print them on: the same mixture in growing amounts. The
# full format has at least three pages.
CURVE = {
    3: (1, 0, 1, 60, 0, 0, 2, 0),
    10: (4, 2, 2, 112, 2, 12, 20, 10),
    100: (17, 5, 3, 112, 17, 15, 170, 20),
    300: (51, 5, 3, 112, 51, 15, 510, 20),
    1000: (172, 5, 3, 112, 172, 15, 1720, 20),
}
SIZES_AND_CURVE = SIZES | {f"curve-{pages}": size for pages, size in CURVE.items()}
TITLE = "Infrastructure resilience and administrative coordination"
ALIGNMENT = ["left", "left", "right", "right", "right", "left"]


def capitalised(text):
    return text[0].upper() + text[1:]


class Writer:
    """Sentences in the order of a seeded generator."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def sentence(self):
        choose = self.random.choice
        text = choose(words.SENTENCES)
        slots = [
            ("{Nc}", words.PARTIES, capitalised),
            ("{Sc}", words.SPEAKERS, capitalised),
            ("{A}", words.OPENINGS, str),
            ("{N}", words.PARTIES, str),
            ("{S}", words.SPEAKERS, str),
            ("{V}", words.VERBS, str),
            ("{O}", words.OBJECTS, str),
            ("{C}", words.CLAUSES, str),
            ("{n}", None, lambda: self.random.randint(12, 68)),
            ("{k}", None, lambda: self.random.randint(2, 9)),
            ("{m}", None, lambda: choose(words.MONTHS)),
        ]
        for slot, choices, form in slots:
            while slot in text:
                word = form(choose(choices)) if choices else str(form())
                text = text.replace(slot, word, 1)
        return text

    def sentences(self, count):
        """Sentences with at least this many words in total."""
        made, total = [], 0
        while total < count:
            made.append(self.sentence())
            total += len(made[-1].split())
        return made


class Notes:
    """Spreads citations evenly over the paragraphs."""

    def __init__(self, count, paragraphs):
        self.count, self.every = count, paragraphs / count if count else 0.0
        self.owed, self.given = 0.0, 0

    def paragraph(self, writer, length):
        sentences = writer.sentences(length)
        self.owed += 1
        while self.owed >= self.every and self.given < self.count:
            self.owed -= self.every
            at = writer.random.randrange(len(sentences))
            sentences[at] += self.next()
        return sentences

    def next(self):
        self.given += 1
        return f"[^{self.given}]"


def table(writer, heading, rows):
    made = []
    for index in range(rows):
        before, now = writer.random.randint(100, 9000), writer.random.randint(100, 9000)
        authority, assessment = writer.random.choice(words.AUTHORITIES), writer.random.choice(words.ASSESSMENTS)
        indicator = words.INDICATORS[index % len(words.INDICATORS)]
        change = f"{(now - before) / before * 100:+.1f}%"
        made.append([indicator, authority, f"{before:,}", f"{now:,}", change, assessment])
    caption = f"{heading}: selected indicators"
    return {"caption": caption, "columns": words.COLUMNS, "align": ALIGNMENT, "rows": made}


def section(writer, notes, index, subsections, paragraphs, length):
    part = index // len(words.HEADINGS)
    heading = words.HEADINGS[index % len(words.HEADINGS)] + (f", part {part + 1}" if part else "")
    made = {"heading": heading, "paragraphs": [notes.paragraph(writer, length)], "subsections": []}
    for sub in range(subsections):
        title = words.SUBHEADINGS[(index + sub) % len(words.SUBHEADINGS)]
        texts = [notes.paragraph(writer, length) for _ in range(paragraphs)]
        made["subsections"].append({"heading": title, "paragraphs": texts})
    return made


def timeline(writer, count):
    day, events = datetime.date(2024, 1, 8), []
    for index in range(count):
        day += datetime.timedelta(days=writer.random.randint(12, 48))
        events.append({"date": day.isoformat(), "label": words.EVENTS[index % len(words.EVENTS)]})
    return {"caption": "Principal events, 2024 onward", "events": events}


def endnote(writer, number):
    rand = writer.random
    publication, chapter = rand.choice(words.PUBLICATIONS), rand.randint(1, 14)
    text = f"{publication}, section {chapter}, pages {rand.randint(3, 80)}–{rand.randint(81, 160)}."
    publisher, year = rand.choice(words.PUBLISHERS), rand.randint(2019, 2026)
    url = f"https://example.org/records/{rand.randint(10000, 99999)}"
    return {"id": number, "text": text, "source": publisher, "year": year, "url": url}


def brief(size, seed=1):
    """A brief as plain data; paragraphs are lists of sentences, with citations as [^n]."""
    count, subsections, paragraphs, length, tables, rows, note_count, events = SIZES_AND_CURVE[size]
    writer = Writer(f"{size}-{seed}")
    notes = Notes(note_count, count * (1 + subsections * paragraphs))
    with_table = {int(index * count / tables) for index in range(tables)}
    sections = []
    for index in range(count):
        made = section(writer, notes, index, subsections, paragraphs, length)
        if index in with_table:
            made["table"] = table(writer, made["heading"], rows)
        if index % 3 == 1:
            made["callout"] = {"title": "Key judgement", "text": writer.sentences(40)}
        sections.append(made)
    while notes.given < note_count:
        sections[-1]["paragraphs"][0][-1] += notes.next()
    return {
        "compact": size in ("small", "curve-3"),
        "title": TITLE,
        "subtitle": f"Assessment for the interdepartmental committee, reference {size.upper()}-{seed:03d}",
        "date": "2026-10-14",
        "author": "Policy Assessment Unit",
        "marking": "TLP:GREEN",
        "timeline": timeline(writer, events),
        "endnotes": [endnote(writer, number + 1) for number in range(note_count)],
        "summary": [writer.sentences(26) for _ in range(3 if size in ("small", "curve-3") else 6)],
        "sections": sections,
    }


def for_typst(made):
    """The same, with paragraphs as one text each."""
    joined = " ".join
    typst = dict(made, summary=[joined(item) for item in made["summary"]], sections=[])
    for part in made["sections"]:
        part = dict(part, paragraphs=[joined(text) for text in part["paragraphs"]])
        part["subsections"] = [
            dict(sub, paragraphs=[joined(text) for text in sub["paragraphs"]]) for sub in part["subsections"]
        ]
        if "callout" in part:
            part["callout"] = dict(part["callout"], text=joined(part["callout"]["text"]))
        typst["sections"].append(part)
    return typst
