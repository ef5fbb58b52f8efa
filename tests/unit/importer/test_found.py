"""The selection of an account's objects, and the names of their resources."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_comfycontrol.core.api.catalog import Catalog
from pulumi_comfycontrol.core.api.chain import client_for
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.errors import ResourceError
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.importer.found import Wanted, find, resource_name

ENDPOINT = "https://comfy.example.com"
ALL = {"runner": "*", "template": "*"}


def names(*objects: str) -> list[str]:
    """The names of resources for runners of these names."""
    taken: Counter[str] = Counter()
    return [resource_name(name, "runner", taken) for name in objects]


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        (["Production GPU (1)"], ["production-gpu-1"]),
        (["", "!!!", "🦊"], ["runner", "runner-2", "runner-3"]),
        (["GPU", "gpu", "Gpu"], ["gpu", "gpu-2", "gpu-3"]),
        (["gpu", "gpu 2", "gpu", "gpu-2"], ["gpu", "gpu-2", "gpu-3", "gpu-2-2"]),
        (["Straße", "STRASSE"], ["strasse", "strasse-2"]),
        (["\u00e9", "e\u0301", "\u00c9"], ["\u00e9", "\u00e9-2", "\u00e9-3"]),
        (["42", "class", "None"], ["42", "class", "none"]),
        (["same"] * 10, ["same", *(f"same-{number}" for number in range(2, 11))]),
        (["../../etc/passwd", "a\x00b"], ["etc-passwd", "a-b"]),
    ],
)
def test_resources_are_named_after_their_objects(objects: list[str], expected: list[str]) -> None:
    """In simple words, with a number where two would be the same on some file system."""
    assert names(*objects) == expected


@pytest.mark.parametrize("name", ["漢" * 100, "x" * 100, "🏳️‍🌈 " * 25 + "ü" * 75])
def test_a_long_name_is_cut_between_characters(name: str) -> None:
    """A file's name has at most 255 bytes; the number still follows, and tells two apart."""
    first, second = names(name, name)
    assert len(first.encode()) <= 40
    assert second == f"{first}-2"


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=())), max_size=20))
def test_names_are_different_and_fit_any_file_system(objects: list[str]) -> None:
    """Also where case has no meaning; nothing but letters, digits and single hyphens."""
    found = names(*objects)
    assert len({name.casefold() for name in found}) == len(objects)
    for name in found:
        assert name.replace("-", "").isalnum()
        assert len(name.encode()) <= 50


@pytest.fixture
def catalog(emulator: Emulator) -> Catalog:
    """The emulator's account."""
    return Catalog(client_for(Settings(token=Secret(emulator.token), url=emulator.url)))


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (
            Wanted(ALL, ids=["nope"]),
            "No runner or template that is to be imported has the id nope;",
        ),
        (
            Wanted({"runner": "GPU"}, ids=["nope"]),
            "No runner that is to be imported has the id nope;",
        ),
        (Wanted({"runner": "x*"}), "This account has no runner with a name of the pattern 'x*';"),
        (
            Wanted(ALL | {"template": "x*"}),
            "This account has no template with a name of the pattern 'x*';",
        ),
        (Wanted({"template": "*"}), "This account has no template, so there is nothing to import;"),
    ],
)
def test_what_is_not_there_is_an_error(
    emulator: Emulator, catalog: Catalog, wanted: Wanted, sentence: str
) -> None:
    """An id or a pattern that fits nothing was surely not meant; it is found out before any GET."""
    emulator.runners.seed(name="GPU", endpoint=ENDPOINT)
    with pytest.raises(ResourceError) as error:
        find(catalog, wanted)
    assert str(error.value).startswith(sentence)
    assert all("/v1/template/" not in request.path for request in emulator.requests)


def test_an_empty_account_is_an_error(catalog: Catalog) -> None:
    """A program without resources would be useless."""
    with pytest.raises(
        ResourceError, match="no runner or template, so there is nothing to import; use"
    ):
        find(catalog, Wanted(ALL))


def test_ids_choose_among_the_patterns(emulator: Emulator, catalog: Catalog) -> None:
    """An object is taken where its name fits a pattern and its id is among those given."""
    one, two = emulator.runners.seed_many(*({"name": "GPU", "endpoint": ENDPOINT} for _ in "12"))
    [found], left_out = find(catalog, Wanted({"runner": "G*"}, ids=[two["id"]]))
    assert (found.record.id, found.resource_name, left_out) == (two["id"], "gpu", [])
    emulator.templates.seed(name="T")
    with pytest.raises(ResourceError, match=f"No template .* has the id {one['id']}"):
        find(catalog, Wanted({"template": "*"}, ids=[one["id"]]))


def test_an_object_with_unusable_data_is_left_out(catalog: Catalog, emulator: Emulator) -> None:
    """The others are found; its name is no text, as one with half of a character."""
    good = emulator.runners.seed(name="GPU", endpoint=ENDPOINT)
    bad = emulator.runners.seed(name="half \ud800", endpoint=ENDPOINT)
    [found], [sentence] = find(catalog, Wanted({"runner": "*"}))
    assert found.record.id == good["id"]
    assert sentence.startswith(f"runner {bad['id']} is left out: ")
    assert "unusable data (name); change it in the dashboard" in sentence
