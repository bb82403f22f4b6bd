#!/usr/bin/env python3
"""Writes the briefs of the gallery of figures: docs/gallery/cases.py DIRECTORY.

Each brief has one figure or table, of the kind and size in the name of its file.
"""
import json
import pathlib
import sys

LONG = "a name of one hundred and twenty characters, which a label must carry in full over several lines of type, to the end"


def brief(block, language="en", **content):
    section = {"id": "sec-case", "heading": "Case", "blocks": [block]}
    return {
        "briefId": "gallery",
        "revision": 1,
        "creator": "The desk",
        "content": {
            "kind": "BRIEF_KIND_RELATIONSHIP" if "relationships" in content else "BRIEF_KIND_EVENT",
            "title": "A gallery of figures",
            "language": language,
            "asOf": {"date": "2026-01-10"},
            "defaultMarking": "TLP:CLEAR",
            "sections": [section],
            **content,
        },
    }


def figure(kind, title, **more):
    figure = {"kind": f"FIGURE_KIND_{kind}", "title": title, "source": "Source: invented for the gallery.", **more}
    return {"id": "fig-case", "figure": figure}


def statement(number, text, **more):
    return {"id": f"s-{number}", "type": "STATEMENT_TYPE_ASSESSMENT", "text": text, **more}


def events(dates, title="Council meeting {}"):
    return [
        {"id": f"e-{number}", "date": date, "title": title.format(number + 1)} for number, date in enumerate(dates)
    ]


def timeline(dates, title="Council meeting {}", figure_title="Every event has its place", language="en", **more):
    return brief(figure("TIMELINE", figure_title, **more), language, events=events(dates, title))


def spread(count, first=2022, years=4):
    months = [index * years * 12 // count for index in range(count)]
    return [f"{first + month // 12}-{month % 12 + 1:02}-{index % 28 + 1:02}" for index, month in enumerate(months)]


def network(ties, names, title="Every tie is drawn once", **more):
    polarities = ["SUPPORTIVE", "ADVERSE", "MIXED", "NEUTRAL"]
    return brief(
        figure("ACTOR_NETWORK", title),
        actors=[
            {"id": f"a-{index}", "name": name, "kind": "ACTOR_KIND_ORGANISATION"} for index, name in enumerate(names)
        ],
        relationships=[
            {
                "id": f"r-{index}",
                "fromId": f"a-{start}",
                "toId": f"a-{end}",
                "type": "supplies",
                "status": "RELATIONSHIP_STATUS_ACTIVE",
                "polarity": f"RELATIONSHIP_POLARITY_{polarities[index % 4]}",
            }
            for index, (start, end) in enumerate(ties)
        ],
        **more,
    )


def ring(count, names=None):
    names = names or [f"Actor {index + 1}" for index in range(count)]
    return network([(index, (index + 1) % count) for index in range(count)], names)


def star(count):
    names = ["The hub"] + [f"Actor {index}" for index in range(1, count)]
    return network([(0, index) for index in range(1, count)], names)


def wide_table():
    columns = [{"heading": "Region", "type": "COLUMN_TYPE_TEXT"}]
    columns += [{"heading": f"Year {year}, USD", "type": "COLUMN_TYPE_NUMBER"} for year in range(2015, 2026)]
    rows = [
        {"cells": [{"text": region}] + [{"text": f"{(row + 3) * year * 7919 % 99991 * 12345:,.2f}"} for year in range(11)]}
        for row, region in enumerate(["North", "South", "East", "West", "Overseas"])
    ]
    table = {"caption": "A table too wide for the page", "columns": columns, "rows": rows, "rowHeaders": True}
    return brief({"id": "tab-case", "table": table})


def callout():
    sentences = [statement(n, "The council records what it rests on and why the finding holds.") for n in range(70)]
    return brief({"id": "call-case", "callout": {"title": "A remark over two pages", "statements": sentences}})


CASES = {
    "timeline-0": lambda: timeline([], figure_title="No event, no figure"),
    "timeline-1": lambda: timeline(["2024-05-17"]),
    "timeline-2": lambda: timeline(["2024-05-17", "2025-02"]),
    "timeline-25": lambda: timeline(spread(25), "Meeting {}"),
    "timeline-26": lambda: timeline(spread(26), "Meeting {}"),
    "timeline-200": lambda: timeline(spread(200), "Meeting {}"),
    "timeline-one-day": lambda: timeline(["2024-05-17"] * 5),
    "timeline-one-month": lambda: timeline([f"2024-05-{day:02}" for day in (2, 9, 10, 17, 30)]),
    "timeline-300-years": lambda: timeline(["1721", "1813~", "1907-08-31", "1991/2003", "2016", "2021-03-04"]),
    "timeline-early": lambda: timeline(["1991", *spread(9)]),
    "timeline-names": lambda: timeline(["2024-03-01", "2024-06", "2024-09-09"], "{} " + LONG),
    "timeline-rtl": lambda: timeline(
        ["1991", "2000~", "2024-12-08", "2025-06-13/2025-06-24"], "نشست شورا {}", "هر رویداد جای خود را دارد", "fa"
    ),
    "network-2": lambda: network([(0, 1), (1, 0)], ["Aland", "Borduria"]),
    "network-ring-12": lambda: ring(12),
    "network-star-12": lambda: star(12),
    "network-13": lambda: ring(13),
    "network-60": lambda: ring(60),
    "network-names": lambda: ring(4, ["Abc", LONG, "Def", LONG]),
    "table-wide": wide_table,
    "callout": callout,
}

if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    for name, make in CASES.items():
        (folder / f"{name}.json").write_text(json.dumps(make(), ensure_ascii=False), encoding="utf-8")
