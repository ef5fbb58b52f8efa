"""Generator of the two pages that Pulumi's Registry takes from a package's repository.

``python -m tools.registry`` writes docs/_index.md and docs/installation-configuration.md, with the
schema's example and the settings' table; a test compares. They have the Registry's shortcodes, so
the site does not show them.
"""

from __future__ import annotations

import re

from pulumi_comfycontrol.core.config import SETTINGS

from . import schema
from .configuration import table
from .engine import ROOT

DOCS = ROOT / "docs"
PAGES = ("_index.md", "installation-configuration.md")
_DISTRIBUTION = "pulumi-comfycontrol"
_PROGRAM = re.compile(r"^```(\w+)\n.*?^```\n", re.MULTILINE | re.DOTALL)
_WRITTEN = (
    "<!-- Written by `python -m tools.registry`; change that module, tools/schema_examples or"
    " pulumi_comfycontrol/core/config.py. -->\n"
)
_INDEX = """\
---
title: ComfyControl
meta_desc: Overview of the ComfyControl provider for Pulumi, with a program in each language.
layout: package
---

{written}
The ComfyControl provider for Pulumi manages what an account of ComfyControl has: runners, the
ComfyUI machines that are registered with it, and templates, workflows with placeholders. Functions
look up existing runners, templates, managed runners and the owner of the token.

Creates that are interrupted end in one object (on changing machines, such as those of a CI, with a
setting or a PostgreSQL database), requests keep to the API's quota, and header values are secrets
everywhere. The provider is beta software, tested against an emulator and never against the live
service, and not affiliated with ComfyControl.

## Example

{example}
The page "Installation & Configuration" says how to get the provider, and lists its settings.
"""
_INSTALLATION = """\
---
title: ComfyControl Installation & Configuration
meta_desc: Installation of the ComfyControl provider for Pulumi, and all of its settings.
layout: package
---

{written}
## Installation

The provider is available in these languages:

{sdks}
Neither the Python package nor an SDK is published yet: each is built from a checkout of the
project, as its examples show. For .NET and Java the schema has names, but no SDK was generated and
nothing was tried.

### The plugin

The plugin is a command of the Python package `{distribution}` and needs Python 3.11 or newer,
whatever the language of the program:

```bash
python3 -m venv .venv && .venv/bin/pip install {distribution}
```

Then name its folder in `Pulumi.yaml`:

```yaml
plugins:
  providers:
    - name: {package}
      path: .venv/bin
```

or install it for all projects of a user, with the Pulumi CLI on PATH:

```bash
.venv/bin/pulumi-resource-{package} install
```

A Python program with the classes of `pulumi_comfycontrol` itself, and not of
`pulumi_comfycontrol.native`, needs no plugin.

## Configuration

The one setting without which nothing works is the account's API token, from ComfyControl's
dashboard. Either from the environment:

```bash
export {token.variable}=cfc_…
```

or from the stack's configuration:

```bash
pulumi config set --secret {package}:{token.key} cfc_…
```

The environment wins over the stack's configuration, and an explicit provider's own arguments win
over both.

{settings}"""


def pages() -> dict[str, str]:
    """Return the texts of both pages by file name."""
    package = schema.schema()
    index = _INDEX.format(written=_WRITTEN, example=_chooser(_programs()))
    token = next(row for row in SETTINGS if row.name == "token")
    installation = _INSTALLATION.format(
        written=_WRITTEN,
        sdks=_sdks(package["language"]),
        distribution=_DISTRIBUTION,
        package=package["name"],
        token=token,
        settings=table(),
    )
    return dict(zip(PAGES, (index, installation), strict=True))


def _programs() -> dict[str, str]:
    """Return the schema's example in each language, as a block of code."""
    text = (schema.EXAMPLES / "runner.md").read_text(encoding="utf-8")
    return {block[1]: block[0] for block in _PROGRAM.finditer(text)}


def _chooser(blocks: dict[str, str]) -> str:
    items = [
        f"{{{{% choosable language {language} %}}}}\n\n{block}\n{{{{% /choosable %}}}}\n"
        for language, block in blocks.items()
    ]
    head = f'{{{{< chooser language "{",".join(blocks)}" >}}}}\n'
    return "\n".join([head, *items, "{{< /chooser >}}\n"])


def _sdks(languages: dict[str, dict[str, str]]) -> str:
    names = {
        "JavaScript/TypeScript": languages["nodejs"]["packageName"],
        "Python": _DISTRIBUTION,
        "Go": languages["go"]["importBasePath"],
    }
    lines = [f"* {language}: `{name}`\n" for language, name in names.items()]
    return "".join([*lines, "* YAML, without an SDK\n"])


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
