"""Writes the neutral briefs of the print bench as the JSON form of their content, by size, into a folder."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "print"))

import content
import neutral

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for size in ("small", "medium", "large"):
    brief = content.content(neutral.brief(size))
    (folder / f"{size}.json").write_text(json.dumps(brief, ensure_ascii=False))
