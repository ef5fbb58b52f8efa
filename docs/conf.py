"""Sphinx's settings for ``make docs``, which runs it on a copy of this folder."""

project = "pulumi-comfycontrol"
author = "The authors of pulumi-comfycontrol"
extensions = ["myst_parser", "sphinx_copybutton", "sphinx_design"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
suppress_warnings = [
    "myst.header",  # pages begin at the level that suits the repository
    "misc.highlighting_failure",  # "…" stands for what a reader has to put in
    "toc.excluded",
]
html_theme = "furo"
html_title = "pulumi-comfycontrol"
html_show_sourcelink = False
copybutton_prompt_text = "$ "
