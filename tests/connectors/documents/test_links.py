"""Links of four markups, where they lead, and documents made to break readers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.documents.parsing import parse
from tests.connectors.documents.linking import pointed

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
