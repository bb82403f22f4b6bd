"""A neutral brief as the JSON form of `chancery.brief.v1.BriefContent`."""

import itertools
import re

CITATION = re.compile(r"\[\^(\d+)\]")


class Content:
    """Numbers statements, blocks and sections in reading order."""

    def __init__(self):
        self.statement_numbers, self.section_numbers = itertools.count(1), itertools.count(1)

    def statement(self, sentence):
        cited = CITATION.findall(sentence)
        return {
            "id": f"s-{next(self.statement_numbers)}",
            "text": CITATION.sub("", sentence),
            "type": "STATEMENT_TYPE_FACT",
            "citations": [{"sourceId": f"src-{number}"} for number in cited],
        }

    def statements(self, sentences):
        return [self.statement(sentence) for sentence in sentences]

    def section(self, part):
        identifier = f"sec-{next(self.section_numbers)}"
        blocks = [{"paragraph": {"statements": self.statements(text)}} for text in part["paragraphs"]]
        if "callout" in part:
            callout = part["callout"]
            text = self.statements(callout["text"])
            blocks.append({"callout": {"title": callout["title"], "statements": text}})
        # A table follows the section's own text here, its subsections in the peer's template.
        if "table" in part:
            blocks.append({"table": table(part["table"])})
        inner = [self.section(sub) for sub in part.get("subsections", [])]
        return {"id": identifier, "heading": part["heading"], "blocks": blocks, "sections": inner}

    def summary(self, items):
        listed = [{"statements": self.statements(item)} for item in items]
        identifier = f"sec-{next(self.section_numbers)}"
        return {"id": identifier, "heading": "Executive summary", "blocks": [{"list": {"items": listed}}]}


def table(made):
    numeric = {"left": "COLUMN_TYPE_TEXT", "right": "COLUMN_TYPE_NUMBER"}
    columns = [
        {"heading": heading, "type": numeric[align]} for heading, align in zip(made["columns"], made["align"])
    ]
    rows = [{"cells": [{"text": cell} for cell in row]} for row in made["rows"]]
    return {"caption": made["caption"], "columns": columns, "rows": rows, "rowHeaders": True}


def source(note):
    return {
        "id": f"src-{note['id']}",
        "title": note["text"].rstrip("."),
        "publisher": note["source"],
        "date": str(note["year"]),
        "url": note["url"],
    }


def one_word(letters):
    """A brief whose only statement is one unhyphenatable word of this many letters."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    word = (alphabet * (letters // len(alphabet) + 1))[:letters]
    statement = {"id": "s-1", "text": word, "type": "STATEMENT_TYPE_FACT"}
    section = {"id": "sec-1", "heading": "One word", "blocks": [{"paragraph": {"statements": [statement]}}]}
    return {
        "kind": "BRIEF_KIND_THEMATIC",
        "title": "A long word",
        "language": "en-GB",
        "defaultMarking": "TLP:CLEAR",
        "marking": "TLP:CLEAR",
        "sections": [section],
    }


def content(made):
    """The whole brief."""
    maker = Content()
    sections = [maker.summary(made["summary"])] + [maker.section(part) for part in made["sections"]]
    events = [
        {"id": f"ev-{number}", "title": event["label"], "date": event["date"]}
        for number, event in enumerate(made["timeline"]["events"], 1)
    ]
    return {
        "kind": "BRIEF_KIND_THEMATIC",
        "title": made["title"],
        "subtitle": made["subtitle"],
        "language": "en-GB",
        "asOf": {"date": made["date"]},
        "defaultMarking": made["marking"],
        "marking": made["marking"],
        "sections": sections,
        "events": events,
        "sources": [source(note) for note in made["endnotes"]],
    }
