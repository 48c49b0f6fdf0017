"""Documents made to break readers of links."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.documents.bounded import Bounded, GaveUp
from connectors.documents.parsing import parse
from tests.connectors.documents.linking import targets
from tests.connectors.documents.test_where_links_lead import PLACES


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
