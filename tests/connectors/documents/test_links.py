"""Links of four markups, where they lead, and documents made to break readers."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.documents.addresses import bases_of
from connectors.documents.bounded import Bounded, GaveUp
from connectors.documents.links import REASONS, Place, Places
from connectors.documents.pages import Page, Pointer
from connectors.documents.parsing import parse
from influence.errors import InputError


def targets(path: str, text: str) -> list[str]:
    return [pointer.target for pointer in parse(path, text).pointers]


def pointed(path: str, text: str) -> list[tuple[str, str]]:
    return [(pointer.how, pointer.target) for pointer in parse(path, text).pointers]


# -- what each markup calls a link -------------------------------------------------------------------------------------


def test_markdown_links_of_every_form() -> None:
    text = """---
title: Storage
---
# The store

See [inline](a.md "title"), [full][ref], [collapsed][], [shortcut], <https://x.org/auto> and https://x.org/bare.
A [[Wiki Page]] or [[Other|text]]; `[code](no.md)` and \\[escaped](no.md).

    [indented code](no.md)

```
[fenced](no.md) [[No]]
```

| head [t](table.md) |
| --- |
| [cell](cell.md) |

<p>HTML <a href="h.md">too</a>, <a name="x">no link</a></p>

- item {doc}`guide` and {ref}`the label <a-label>`

![image](no.png) [ref to nothing][nowhere]

[ref]: b.md
[collapsed]: c.md
[shortcut]: d.md
[unused]: no.md
"""
    page = parse("x.md", text)
    assert page.title == "Storage"
    assert page.headings == ["The store"]
    assert [(p.how, p.target) for p in page.pointers] == [
        *(("link", t) for t in ("a.md", "b.md", "c.md", "d.md", "https://x.org/auto", "https://x.org/bare")),
        *(("wiki", "Wiki Page"), ("wiki", "Other|text")),
        *(("link", t) for t in ("table.md", "cell.md", "h.md")),
        *(("doc", "guide"), ("ref", "a-label")),
    ]
    listed = {p.target for p in page.pointers if p.listed}
    assert listed == {"table.md", "cell.md", "guide", "a-label"}
    lines = text.split("\n")
    for pointer in page.pointers:
        if pointer.target not in ("b.md", "c.md", "d.md"):
            assert any(pointer.target in line for line in lines[pointer.first : pointer.last])


def test_two_brackets_are_no_wiki_link_where_commonmark_sees_a_link() -> None:
    assert pointed("x.md", "[[1]](a.md) and [[ref]]\n\n[ref]: b.md\n") == [("link", "a.md"), ("link", "b.md")]


def test_a_link_stands_in_its_own_line_of_a_paragraph() -> None:
    page = parse("x.md", "One\ntwo [a](a.md)\nthree\nfour [long\nlabel](b.md) five\n")
    assert [(p.first, p.last) for p in page.pointers] == [(1, 2), (3, 5)]


def test_rst_links_of_every_form() -> None:
    text = """.. _store:

=====
Store
=====

:Author: Ann Smith <ann@x.org>
:Date: 2020-01-02

See `inline <a.rst>`_, `named`_, anonymous__, :doc:`/guide/b`, :doc:`text <c>`, :ref:`a-label`,
:ref:`text <other-label>`, :pep:`8`, :rfc:`text <2119#section-1>` and https://x.org/bare; ``:doc:`no```
and :func:`no`.

__ anon.rst

.. _named: d.rst

.. toctree::

   no
   Text <no>

.. note:: Inside :doc:`noted`.

.. code-block:: rst

   :doc:`no`

.. include:: /etc/passwd

.. a comment with :doc:`no`

.. seealso::

   - :doc:`listed`
"""
    page = parse("x.rst", text)
    assert page.title == "Store"
    assert "store" in page.labels
    assert (page.authors, page.date) == (["Ann Smith <ann@x.org>"], "2020-01-02")
    assert [(p.how, p.target) for p in page.pointers] == [
        ("link", "mailto:ann@x.org"),
        ("link", "a.rst"),
        ("link", "d.rst"),
        ("link", "anon.rst"),
        ("doc", "/guide/b"),
        ("doc", "c"),
        ("ref", "a-label"),
        ("ref", "other-label"),
        ("id", "pep:8"),
        ("id", "rfc:2119"),
        ("link", "https://x.org/bare"),
        ("doc", "noted"),
        ("doc", "listed"),
    ]
    assert [p.listed for p in page.pointers] == [True] + [False] * 11 + [True]
    lines = text.split("\n")
    for pointer in page.pointers[4:8]:
        assert [pointer.target in line for line in lines[pointer.first : pointer.last]] == [True]


def test_what_one_rst_document_teaches_docutils_the_next_does_not_know() -> None:
    assert pointed("x.rst", ".. role:: doc\n\n.. foreign::\n\n   :odd:`x` :doc:`a`\n") == []
    assert pointed("x.rst", ":doc:`a`\n") == [("doc", "a")]
    from docutils.parsers.rst import directives, roles

    assert "foreign" not in directives._directives
    assert "odd" not in roles._roles


def test_asciidoc_links_of_every_form() -> None:
    text = """= The Store
Ann Smith <ann@x.org>; Bob Jones
v1.0, 2020-01-02
:base: guide
// link:no.adoc[]

[[store]]
== First

See xref:a.adoc#x[a], <<b.adoc#y,b>>, <<local>>, link:c.html[c], https://x.org/d[d] and https://x.org/bare.
A linkgit:git-log[1], footnote:[no], kbd:[no], {base}:x xref:{base}/e.adoc[e] and \\xref:no.adoc[].

[source,sh]
----
xref:no.adoc[]
----

....
link:no.adoc[]
....

 xref:no.adoc[] is a literal paragraph

[listing]
xref:no.adoc[]

Second
------
* xref:listed.adoc[]
+
link:more.adoc[] in the item

term::
	link:defined.adoc[x]

|===
| xref:cell.adoc[]
|===

After all link:text.adoc[].

include::no.adoc[]
"""
    page = parse("x.adoc", text)
    assert page.title == "The Store"
    assert page.headings == ["The Store", "First", "Second"]
    assert page.labels == ["store"]
    assert (page.date, [author.key for author in page.people]) == (
        "2020-01-02",
        ["Ann Smith <ann@x.org>", "author:Bob Jones"],
    )
    assert [(p.how, p.target, p.listed) for p in page.pointers] == [
        ("xref", "a.adoc#x", False),
        ("xref", "b.adoc#y", False),
        ("anchor", "local", False),
        ("link", "c.html", False),
        ("link", "https://x.org/d", False),
        ("link", "https://x.org/bare", False),
        ("macro", "git-log", False),
        ("xref", "guide/e.adoc", False),
        ("xref", "listed.adoc", True),
        ("link", "more.adoc", True),
        ("link", "defined.adoc", True),
        ("xref", "cell.adoc", True),
        ("link", "text.adoc", False),
    ]


def test_attributes_of_asciidoc_are_filled_in_as_last_given() -> None:
    text = "ifdef::x[]\n:see:\nendif::x[]\n:see: See linkgit:git-hook[1].\n\nterm::\n\tText. {see} {nothing}\n"
    assert pointed("x.adoc", text) == [("macro", "git-hook")]
    assert parse("x.adoc", text).pointers[0].first == 6


def test_html_links_authors_and_navigation() -> None:
    text = """<!DOCTYPE html><html><head><title>Site: Store</title>
<meta name=author content="Ann Smith"><meta property="article:published_time" content="2020-01-02">
<script>document.write('<a href="no.html">no</a>')</script></head>
<body><nav><a href="menu.html">menu</a></nav>
<div class="sphinxsidebar"><div><a href="side.html">side</a></div></div>
<main><header><h1>The &amp; store</h1></header>
<p>See <a href="a.html?x=1#y">a</a>
and <A HREF='b.html'>b</A>.<pre><a href="no.html">no</a></pre>
<p><code>An <a href="code.html">API</a>, never closed
<ul><li><a href=c.html>c</a></ul><a rel="next" href="next.html">next</a>
<!-- <a href="no.html">no</a> --><a href="">no</a></main><footer><a href="foot.html">f</a></footer></body></html>"""
    page = parse("x.html", text)
    assert (page.title, page.authors, page.date) == ("The & store", ["Ann Smith"], "2020-01-02")
    found = [(p.target, p.menu, p.listed) for p in page.pointers]
    assert [entry for entry in found if not entry[1]] == [
        ("a.html?x=1#y", False, False),
        ("b.html", False, False),
        ("code.html", False, False),
        ("c.html", False, True),
    ]
    assert {target for target, menu, _ in found if menu} == {"menu.html", "side.html", "next.html", "foot.html"}
    assert [p.first for p in page.pointers if p.target == "b.html"] == [7]


def test_bars_of_links_are_navigation_and_sentences_are_not() -> None:
    for path, text in (
        ("x.md", "[Back](a.md) | [Next](b.md)\n\nSee [a](c.md) and [b](d.md), ([c](e.md)).\n\n[a](f.md) [b](g.md)\n"),
        ("x.rst", "`Back <a>`__ | `Next <b>`__\n\nSee `a <c>`__ and `b <d>`__.\n"),
    ):
        menus = [pointer.menu for pointer in parse(path, text).pointers]
        assert menus[:2] == [True, True]
        assert not any(menus[2:])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x.md", "---\nauthors: ['Ann <ann@x.org>', '@bob']\n---\n"),
        ("x.md", '+++\ntitle = "T"\nauthors = ["Ann <ann@x.org>", "@bob"]\n+++\n'),
        ("x.md", "# T\n\n**Authors**: Ann <ann@x.org>, [@bob](https://github.com/bob)\n"),
        ("x.rst", ":Authors: - Ann <ann@x.org>\n          - @bob\n\nT\n=\n"),
        ("x.rst", "T\n=\n\n:Author: Ann <ann@x.org>\n:Author: @bob\n"),
        ("x.rst", "T\n=\n\n.. sectionauthor:: Ann <ann@x.org>\n.. codeauthor:: @bob\n"),
        ("x.adoc", "= T\n:authors: Ann <ann@x.org>; @bob\n"),
        ("x.html", "<meta name='author' content='Ann &lt;ann@x.org>'><meta name=author content=@bob>"),
        ("x.html", "<h1>T</h1><p>Owners: Ann &lt;ann@x.org&gt;, @bob</p>"),
    ],
)
def test_authors_of_headers(path: str, text: str) -> None:
    assert [author.key for author in parse(path, text).people] == ["Ann <ann@x.org>", "login:bob"]


@pytest.mark.parametrize(
    "text",
    [
        "---\nauthors:\n  - Jos&eacute; Garc&iacute;a\n  - Doe, Jane\n  - Sue Poe, Acme\n  - Rex Roe, Jr.\n---\n",
        '+++\nauthors = ["Jos&#233; Garc&#xED;a", "Doe, Jane", "Sue Poe", "Rex Roe, Jr."]\n+++\n',
        "---\nauthors: Jos&eacute; Garc&iacute;a; Jane Doe, Sue Poe; Rex Roe, Jr.\n---\n",
        "---\nauthors: [{name: Jos&eacute; Garc&iacute;a}, {name: Jane Doe}, Sue Poe, 'Rex Roe, Jr.']\n---\n",
    ],
)
def test_the_entries_of_a_list_of_authors_are_one_author_each(text: str) -> None:
    names = [author.name for author in parse("x.md", text).people]
    assert names == ["José García", "Jane Doe", "Sue Poe", "Rex Roe, Jr."]


def test_prose_about_authors_names_nobody() -> None:
    for text in (
        "Author: the person who writes a text that somebody else will one day have to read",
        "What is an author: somebody",
        "Owners:\n\n* all of us",
    ):
        assert parse("x.md", text).people == []


# -- the same document in four markups ---------------------------------------------------------------------------------

_WORDS = st.sampled_from(["alpha", "beta", "gamma", "delta", "a longer run of words", "it is so"])
_NAMES = st.sampled_from(["one", "two/three", "../four", "five-six", "s_e_ven", "eight.nine"])
#: A paragraph, an item of a list, code that shows a link, or a heading.
_PIECES = st.lists(
    st.tuples(st.sampled_from(["text", "item", "code", "heading"]), _WORDS, _NAMES), min_size=1, max_size=12
)


def _write(markup: str, pieces: list[tuple[str, str, str]]) -> str:
    out = []
    for kind, words, name in pieces:
        link = {
            "md": f"[{words}]({name}.md)",
            "rst": f"`{words} <{name}.md>`__",
            "adoc": f"link:{name}.md[{words}]",
            "html": f'<a href="{name}.md">{words}</a>',
        }[markup]
        sentence = f"Some {words} and\nthen {link}, or so."
        if markup == "html":
            tags = {"text": "p", "item": "li", "code": "pre", "heading": "h2"}
            out.append(f"<{tags[kind]}>{words if kind == 'heading' else sentence}</{tags[kind]}>")
        elif kind == "heading":
            out.append({"md": f"## {words}", "adoc": f"== {words}", "rst": words + "\n" + "=" * len(words)}[markup])
        elif kind == "item":
            out.append({"md": "- ", "adoc": "* ", "rst": "- "}[markup] + sentence.replace("\n", "\n  "))
        elif kind == "code":
            out.append({"md": "```\n{}\n```", "adoc": "----\n{}\n----", "rst": "::\n\n   {}"}[markup].format(link))
        else:
            out.append(sentence)
    return "\n\n".join(out) + "\n"


@given(_PIECES)
@settings(max_examples=60, deadline=None)
def test_the_same_document_has_the_same_links_in_every_markup(pieces: list[tuple[str, str, str]]) -> None:
    expected = [(f"{name}.md", kind == "item") for kind, _, name in pieces if kind in ("text", "item")]
    for markup in ("md", "rst", "adoc", "html"):
        text = _write(markup, pieces)
        page = parse(f"x.{markup}", text)
        assert [(p.target, p.listed) for p in page.pointers] == expected, text
        assert page.headings == [words for kind, words, _ in pieces if kind == "heading"]
        lines = text.split("\n")
        for pointer in page.pointers:
            assert any(pointer.target in line for line in lines[pointer.first : pointer.last])


# -- where links lead --------------------------------------------------------------------------------------------------

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


# -- documents made to break readers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("x.md", "> " * 5_000 + "[a](a.md)", "nests too deeply"),
        ("x.md", "- " * 3_000 + "a", "nests too deeply"),
        ("x.rst", "\n".join(" " * i + "- a\n" for i in range(400)), "nests too deeply"),
        ("x.html", "<div>" * 100_000, "nests too deeply"),
        ("x.md", "[a](b.md)\n" * 250_000, "longer than"),
        ("x.rst", "a" * 150_000, "lines of over"),
    ],
)
def test_documents_that_nest_or_grow_without_end_are_given_up(path: str, text: str, why: str) -> None:
    with pytest.raises(GaveUp, match=why):
        parse(path, text)


def test_references_to_references_do_not_grow() -> None:
    """What makes pages out of lines elsewhere: substitutions of RST, attributes of AsciiDoc, aliases of YAML."""
    rst = "".join(f".. |a{i}| replace:: |a{i + 1}| |a{i + 1}|\n" for i in range(40)) + ".. |a40| replace:: x\n\n|a0|\n"
    adoc = "= T\n" + "".join(f":a{i}: {{a{i + 1}}}{{a{i + 1}}}\n" for i in range(40)) + ":a40: x\n\n{a0} link:a[]\n"
    yaml = "---\na: &a [x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    begun = time.process_time()
    assert parse("x.rst", rst).pointers == []
    assert targets("x.adoc", adoc) == ["a"]
    assert parse("x.md", yaml + "author: *i\n---\n").people == []
    assert time.process_time() - begun < 60


def test_a_parser_that_takes_too_long_is_stopped_and_the_next_document_read() -> None:
    with Bounded("connectors.documents.parsing:parse", seconds=0.5) as bounded:
        with pytest.raises(GaveUp, match="takes too long"):
            bounded("x.rst", "`a " * 30_000)
        assert bounded("x.md", "[a](b.md)").pointers[0].target == "b.md"
        with pytest.raises(GaveUp, match="nests too deeply"):
            bounded("x.html", "<div>" * 10_000)


def test_a_parser_that_ends_its_process_costs_only_its_document() -> None:
    with Bounded("os:_exit") as bounded:
        for _ in range(2):
            with pytest.raises(GaveUp, match="breaks the parser"):
                bounded(3)


def test_what_a_parser_prints_does_not_get_between_the_answers() -> None:
    with Bounded("builtins:print") as bounded:
        assert bounded("x" * 100_000) is None
        assert bounded("y") is None


SAMPLES = {
    "md": "---\ntitle: T\nauthor: A <a@b.c>\n---\n# H\n\n[a](b.md) [[W]] <a href='x'>y</a> | t |\n|---|\n|[c](d)|\n\n"
    "> - 1. `x` **b** ![i](j)\n\n[r]: s\n{doc}`g`\n<nav><a href=q>z</a></nav>\n```\nf\n```\n",
    "rst": ".. _l:\n\n=\nT\n=\n\n:Author: A\n\n`a <b>`_ :ref:`x <y>` |s| [1]_ *e* ``c``\n\n.. |s| replace:: `q <r>`__\n"
    ".. [1] f\n\n+--+--+\n|a |b |\n+==+==+\n|c |d |\n+--+--+\n\n"
    ".. list-table::\n   :header-rows: 1\n\n   * - a\n     - b\n\n"
    "term\n    d\n\n.. note::\n\n   - `x`_\n\n.. _x: y\n\n.. csv-table::\n   :file: /etc/passwd\n",
    "adoc": "= T\nA B <a@b.c>\n:x: y\n\n[[i]]\n== H\n\nxref:a.adoc[b] <<c,d>> link:{x}[e]\n\n----\nf\n----\n\n"
    "|===\n|a\n|===\n\n* i\n+\nj\n\nt:: d\n\n[source]\n--\nk\n--\n",
    "html": "<html><head><meta name=author content=A><title>T</title></head><body><nav><a href=m>n</a></nav><h1>H</h1>"
    "<p><a href='x&amp;y'>z</a><ul><li><a href=q>r</ul><script>s</script><!-- c --></body></html>",
}
_NOISE = [
    "[",
    "]",
    "(",
    ")",
    "`",
    "*",
    "_",
    "|",
    "<",
    ">",
    "\n",
    " ",
    "::",
    "..",
    "{",
    "}",
    "&",
    "---\n",
    "\t",
    "\x00",
    "﻿",
]


def malformed(seed: int) -> tuple[str, str]:
    """A document that was a good one, before somebody cut, doubled, moved and scribbled in it."""
    chance = random.Random(seed)
    markup = chance.choice(sorted(SAMPLES))
    text = SAMPLES[markup if chance.random() < 0.8 else chance.choice(sorted(SAMPLES))]
    for _ in range(chance.randrange(1, 12)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randrange(30))
        kind = chance.randrange(5)
        if kind == 0:
            text = text[:start] + text[end:]
        elif kind == 1:
            text = text[:end] + text[start:end] * chance.randrange(1, 20) + text[end:]
        elif kind == 2:
            text = text[:start] + "".join(chance.choices(_NOISE, k=chance.randrange(1, 12))) + text[start:]
        elif kind == 3:
            text = text[end:] + text[start:end] + text[:start]
        else:
            text = text[:start] + chr(chance.randrange(1, 0x3000)) + text[end:]
        text = text[:5_000]
    return f"x.{markup}", text


def survive(path: str, text: str) -> None:
    try:
        page = parse(path, text)
    except GaveUp:
        return
    count = text.count("\n") + 1
    for pointer in page.pointers:
        assert 0 <= pointer.first < pointer.last <= count
        PLACES.find(pointer, "design/index.md", page.base)
    assert all(author.key for author in page.people)


@given(st.integers(0, 2**32))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_malformed_documents_are_read_or_given_up(seed: int) -> None:
    survive(*malformed(seed))


@given(st.sampled_from(sorted(SAMPLES)), st.text(alphabet=st.sampled_from("".join(_NOISE) + "ab1:=-#"), max_size=120))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_noise_is_read_or_given_up(markup: str, text: str) -> None:
    survive(f"x.{markup}", text)


@pytest.mark.soak
def test_ten_thousand_malformed_documents(tmp_path: Path) -> None:
    for seed in range(10_000):
        path, text = malformed(seed)
        try:
            survive(path, text)
        except BaseException:
            (tmp_path / path).write_text(text, "utf-8", "replace")
            raise
