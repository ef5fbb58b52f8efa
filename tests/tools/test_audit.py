"""The messages and the failures of an audit of the dependencies."""

from __future__ import annotations

from tools.audit import judge

SOUND = {"name": "requests", "version": "2.32.0", "vulns": []}
UNKNOWN = {"name": "flask", "skip_reason": "Dependency not found"}
OWN = {"name": "pulumi-comfycontrol", "skip_reason": "distribution marked as editable"}


def test_a_known_vulnerability_fails() -> None:
    """It is named with its package, version and remedy."""
    flaw = {"id": "PYSEC-1", "fix_versions": ["2.33.0"], "aliases": [], "description": ""}
    failed, said = judge([SOUND | {"vulns": [flaw]}, UNKNOWN, OWN])
    assert failed
    assert said == [
        "requests 2.32.0 has PYSEC-1; mended in 2.33.0",
        "1 packages, 1 known vulnerabilities, none on flask",
    ]


def test_sound_packages_pass() -> None:
    """The number of packages is printed, so that an audit of too few is noticed."""
    assert judge([SOUND, OWN]) == (False, ["1 packages, 0 known vulnerabilities"])


def test_an_index_without_advisories_is_told() -> None:
    """Nothing can be said of the packages; that is no failure, but never silent."""
    failed, said = judge([UNKNOWN, OWN])
    assert not failed
    assert said == [
        "nothing was audited: the package index gives no advisories on any of 1 packages"
    ]
