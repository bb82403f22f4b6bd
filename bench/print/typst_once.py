"""One cold print with Typst: typst_once.py import | typst_once.py FOLDER DATA OUT SERIF SANS FONTS..."""

import sys

import typst

if sys.argv[1] != "import":
    root, data, out, serif, sans, *fonts = sys.argv[1:]
    typst.compile(
        f"{root}/brief.typ",
        output=out,
        root=root,
        sys_inputs={"data": f"/{data}", "serif": serif, "sans": sans},
        font_paths=fonts,
        ignore_system_fonts=True,
        pdf_standards=["a-2a", "ua-1"],
    )
