"""``make audit``: a search for known vulnerabilities in the installed packages, by pip-audit.

The advisories come from the package index. A mirror that serves only packages has none; then the
audit has no result, which is printed and is no failure.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def main() -> int:
    """Return 1 when a package has a known vulnerability, or when pip-audit itself fails."""
    command = [sys.executable, "-m", "pip_audit", "--local", "--skip-editable", "--format", "json"]
    done = subprocess.run(
        [*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False
    )
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        last = done.stderr.strip().rpartition("\n")[2]
        sys.stderr.write(f"audit: pip-audit failed with exit code {done.returncode}: {last}\n")
        return 1
    failed, sentences = judge(report["dependencies"])
    sys.stdout.write("".join(f"audit: {sentence}\n" for sentence in sentences))
    return int(failed)


def judge(dependencies: list[dict[str, Any]]) -> tuple[bool, list[str]]:
    """Return whether the audit has failed, and a message; ``dependencies`` as in the report."""
    audited = [one for one in dependencies if "skip_reason" not in one]
    skipped = [one["name"] for one in dependencies if "skip_reason" in one and not _is_own(one)]
    found = [
        f"{one['name']} {one['version']} has {flaw['id']}; {_remedy(flaw['fix_versions'])}"
        for one in audited
        for flaw in one["vulns"]
    ]
    if not audited:
        reason = f"the package index gives no advisories on any of {len(skipped)} packages"
        return False, [f"nothing was audited: {reason}"]
    without = f", none on {', '.join(skipped)}" if skipped else ""
    told = f"{len(audited)} packages, {len(found)} known vulnerabilities{without}"
    return bool(found), [*found, told]


def _is_own(dependency: dict[str, Any]) -> bool:
    return dependency["name"] == "pulumi-comfycontrol"


def _remedy(versions: list[str]) -> str:
    return f"mended in {', '.join(versions)}" if versions else "not mended yet"


if __name__ == "__main__":
    sys.exit(main())
