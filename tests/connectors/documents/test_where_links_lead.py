"""Where links lead: from the text of a link to the document that is meant."""

from __future__ import annotations

import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.documents.addresses import bases_of
from connectors.documents.links import REASONS, Place, Places
from connectors.documents.pages import Page, Pointer
from influence.errors import InputError

DOCUMENTS = [
    *("README.md", "design/index.md", "design/Big Idea.md", "design/store.rst", "design/deep/log.adoc", "faq.html"),
    *("docs/modules/ROOT/pages/a.adoc", "docs/modules/other/pages/b.adoc", "notes/store.md"),
]
PLACES = Places(
    DOCUMENTS,
    ["design/pic.png", "src/main.py"],
    bases_of(["https://docs.example/x/", "https://wiki.example/=design"]),
    ("https://github.com/team/house", ""),
)


@pytest.mark.parametrize(
    ("how", "target", "path", "expected"),
    [
        ("link", "store.rst", "design/index.md", "design/store.rst"),
        ("link", "./deep/../store.rst#why", "design/index.md", "design/store.rst"),
        ("link", "store", "design/index.md", "design/store.rst"),
        ("link", "store.html", "design/index.md", "design/store.rst"),
        ("link", "STORE.RST", "design/index.md", "design/store.rst"),
        ("link", "Big%20Idea.md", "design/index.md", "design/Big Idea.md"),
        ("link", "../design/", "notes/store.md", "design/index.md"),
        ("link", "/design/store.rst", "design/deep/log.adoc", "design/store.rst"),
        ("link", "/store.rst", "design/deep/log.adoc", "design/store.rst"),
        ("link", "../store/", "design/Big Idea.md", "design/store.rst"),
        ("link", "..\\design\\store.rst", "notes/store.md", "design/store.rst"),
        ("link", "https://docs.example/x/design/store/?a=b#c", "README.md", "design/store.rst"),
        ("link", "HTTP://www.docs.example/x", "README.md", "README.md"),
        ("link", "//docs.example/x/design/", "README.md", "design/index.md"),
        ("link", "https://wiki.example/store.html", "README.md", "design/store.rst"),
        ("link", "https://github.com/team/house/blob/main/design/store.rst#L3", "README.md", "design/store.rst"),
        ("link", "https://github.com/team/house/tree/v1/design", "README.md", "design/index.md"),
        ("link", "https://raw.githubusercontent.com/team/house/main/faq.html", "README.md", "faq.html"),
        ("doc", "store", "design/index.md", "design/store.rst"),
        ("doc", "/design/store", "notes/store.md", "design/store.rst"),
        ("wiki", "big idea", "notes/store.md", "design/Big Idea.md"),
        ("wiki", "the plan|Big-Idea", "notes/store.md", "design/Big Idea.md"),
        ("wiki", "store#why", "notes/store.md", "notes/store.md"),
        ("macro", "log", "design/deep/log.adoc", "design/deep/log.adoc"),
        ("xref", "a.adoc#x", "docs/modules/ROOT/pages/sub/c.adoc", "docs/modules/ROOT/pages/a.adoc"),
        ("xref", "2.0@other:b.adoc", "docs/modules/ROOT/pages/a.adoc", "docs/modules/other/pages/b.adoc"),
        ("xref", "../index.md", "design/deep/log.adoc", "design/index.md"),
    ],
)
def test_links_that_lead_to_a_document(how: str, target: str, path: str, expected: str) -> None:
    assert PLACES.find(Pointer(target, 0, 1, how), path) == Place(expected)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("../../etc/passwd", "outside"),
        ("%2e%2e/%2e%2e/etc/passwd", "outside"),
        ("..\\..\\windows", "outside"),
        ("a\x00/../b", "outside"),
        ("a%00.md", "outside"),
        ("file:///etc/passwd", "machine"),
        ("FILE:/etc/passwd", "machine"),
        ("C:\\boot.ini", "machine"),
        ("\\\\server\\share", "machine"),
        ("javascript:alert(1)", "script"),
        ("JaVa\nScript:alert(1)", "script"),
        ("data:text/html,<script>", "script"),
        ("x" * 3_000, "overlong"),
        ("https://elsewhere.example/design/store.rst", "elsewhere"),
        ("https://docs.example.evil.example/x/design/store", "elsewhere"),
        ("https://github.com/team/house/issues/1", "elsewhere"),
        ("https://github.com/team/house-2/blob/main/README.md", "elsewhere"),
        ("https://[broken/", "elsewhere"),
        ("pic.png", "file"),
        ("../src/", "file"),
        ("../src/main.py", "file"),
        ("gone.md", "missing"),
        ("/etc/passwd", "missing"),
        ("https://docs.example/x/gone", "missing"),
        ("https://docs.example/x/../../etc/passwd", "outside"),
    ],
)
def test_links_that_lead_to_no_document(target: str, reason: str) -> None:
    place = PLACES.find(Pointer(target, 0, 1), "design/index.md")
    assert (place.path, place.cited, place.reason) == (None, None, reason)


@pytest.mark.parametrize("target", ["#anchor", "?q", "", "mailto:a@b.c", "tel:1", "irc://x", "{{ page }}"])
def test_links_that_need_no_counting(target: str) -> None:
    assert PLACES.find(Pointer(target, 0, 1), "design/index.md") == Place()


@pytest.mark.parametrize(
    ("target", "cited"),
    [
        ("https://peps.python.org/pep-0008/", "pep:8"),
        ("https://doi.org/10.1000/XY", "doi:10.1000/xy"),
        ("https://www.rfc-editor.org/rfc/rfc9110#section-3", "rfc:9110"),
    ],
)
def test_links_to_works_of_known_series(target: str, cited: str) -> None:
    assert PLACES.find(Pointer(target, 0, 1), "README.md") == Place(cited=cited)


def test_labels_are_known_in_the_whole_tree_and_two_of_one_name_fit_neither() -> None:
    places = Places(["a.rst", "b.rst", "c.rst"])
    places.learn("a.rst", Page(labels=["Why So"], headings=["Common", "Only A"]))
    places.learn("b.rst", Page(labels=["twice"], headings=["Common"]))
    places.learn("c.rst", Page(labels=["twice"]))

    def find(target: str, path: str = "c.rst") -> tuple[str | None, str]:
        place = places.find(Pointer(target, 0, 1, "ref"), path)
        return place.path, place.reason

    assert find("why  so") == ("a.rst", "")
    assert find("only a") == ("a.rst", "")
    assert find("a:common") == ("a.rst", "")
    assert find("twice", "a.rst") == (None, "ambiguous")
    assert find("twice", "b.rst") == ("b.rst", "")
    assert find("common") == (None, "ambiguous")
    assert find("python:stable") == (None, "missing")


_PARTS = st.lists(st.sampled_from(["a", "b", "..", ".", "c.md", "d"]), min_size=1, max_size=6)


@given(
    st.sets(st.lists(st.sampled_from("abd"), max_size=3).map("/".join), min_size=1, max_size=5),
    st.data(),
    _PARTS,
)
@settings(max_examples=80, deadline=None)
def test_relative_paths_are_resolved_as_a_file_system_does(
    folders: set[str], data: st.DataObject, parts: list[str]
) -> None:
    documents = sorted(f"{folder}/c.md".lstrip("/") for folder in folders)
    path = data.draw(st.sampled_from(documents))
    target = "/".join(parts)
    oracle = os.path.normpath(os.path.join("/top", os.path.dirname(path), target))
    place = Places(documents).find(Pointer(target, 0, 1), path)
    if oracle.removeprefix("/top/") in documents and oracle.startswith("/top/"):
        # A path may climb out of the root and come back by its name, which nobody here knows.
        climbs = any(
            not os.path.normpath(os.path.join("/top", os.path.dirname(path), *parts[: i + 1])).startswith("/top")
            for i in range(len(parts))
        )
        assert climbs or place.path == oracle.removeprefix("/top/")
    elif place.path is not None:
        # Then it was written as the published page sees it, one folder further down.
        assert place.path in documents


@given(st.text(max_size=60), st.sampled_from(["link", "doc", "ref", "any", "anchor", "xref", "wiki", "macro"]))
@settings(max_examples=120, deadline=None)
@example("../" * 500 + "etc/passwd", "link")
@example("https://docs.example/x/%ff%00", "link")
def test_any_target_leads_to_a_document_of_the_tree_or_to_a_reason(target: str, how: str) -> None:
    place = PLACES.find(Pointer(target, 0, 1, how), "design/index.md", base=target)
    assert place.path is None or place.path in DOCUMENTS
    assert place.reason in {*REASONS, "missing", ""}


@pytest.mark.parametrize("text", ["", "docs.example/x", "ftp://x/", "https://", "https://x/=../up", "https://[x"])
def test_a_base_url_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no base URL"):
        bases_of([text])
