"""Numbered series: headers, relations, references in text, and since when they stand there."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.documents import bylines, files, mentions
from connectors.documents.connector import DocumentsConnector
from connectors.documents.parsed import Parsed
from connectors.documents.series import SERIES, series_of
from connectors.documents.workers import Outcome, parse
from influence.errors import InputError
from influence.schema import Checkpoint
from tests.conftest import Repo

D = dt.datetime
ANN = "Ann One <ann@example.org>"
BOT = "Tidy Bot <tidy@example.org>"


def read(place: Path, **options: Any) -> Checkpoint:
    (made,) = DocumentsConnector(place, processes=1, **options).checkpoints()
    return made


def rows(made: Checkpoint, table: str, *columns: str) -> list[tuple[Any, ...]]:
    found = made.tables[table].to_pydict()
    return list(zip(*(found[column] for column in columns), strict=True))


def problems(made: Checkpoint) -> dict[str, int]:
    found: dict[str, int] = {}
    for what, count, _ in made.harvest.problems:
        found[what] = found.get(what, 0) + count
    return found


def one(outcome: Outcome) -> Parsed:
    assert isinstance(outcome, list), outcome
    (parsed,) = outcome
    return parsed


def named(parsed: Parsed) -> list[tuple[str, str]]:
    return [(reference.cited, reference.how) for reference in parsed.named]


def pep(number: int, body: str, created: str = "05-Jul-2001", **fields: str) -> str:
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items())
    author = "" if "Author" in fields else "Author: Ann One <ann at example.org>\n"
    return f"PEP: {number}\nTitle: Title {number}\n{author}Status: Final\nCreated: {created}\n{more}\n{body}\n"


# -- each series -----------------------------------------------------------------------------------------------------


def test_pep() -> None:
    text = pep(
        8,
        "See :pep:`7`, :pep:`the index <0>`, PEPs 20 and 257, PEP-3107's and\n"
        "https://peps.python.org/pep-0484/#x [1]_.\n"
        "PEP [1]_ is no number, ``PEP 11`` is code, so is::\n\n    PEP 12\n\n"
        ".. strange:: see :pep:`13`\n\n   and :pep:`14`\n\n"
        ".. [1] `A page <http://www.python.org/dev/peps/pep-0333/>`_, :rfc:`822`\n"
        ".. comment PEP 15\n",
        Author="Fred L. Drake, Jr. <fred at example.org>,\n        Barry W, Ann One <ann@example.org>",
        PEP_Delegate="Carl Two <carl@example.org>",
        Sponsor="Dora Three",
        Requires="1, 2",
        Replaces="3",
        Superseded_By="4",
    )
    parsed = one(parse("pep", "peps/pep-0008.rst", text))
    assert parsed.work is not None
    assert [author.key for author in parsed.work.authors] == [
        "Fred L. Drake, Jr. <fred@example.org>",
        "author:Barry W",
        "Ann One <ann@example.org>",
    ]
    assert [(who.key, role) for who, role in parsed.work.powers] == [
        ("Carl Two <carl@example.org>", "delegate"),
        ("author:Dora Three", "sponsor"),
    ]
    assert (parsed.work.title, parsed.work.status, parsed.work.created) == ("Title 8", "Final", D(2001, 7, 5))
    assert sorted(named(parsed)) == sorted(
        [(f"pep:{n}", "body") for n in (0, 7, 13, 14, 20, 257, 333, 484, 3107)]
        + [("rfc:822", "body"), ("pep:1", "requires"), ("pep:2", "requires")]
        + [("pep:3", "replaces"), ("pep:4", "superseded-by")]
    )


def test_eip() -> None:
    text = (
        "---\neip: 2612\ntitle: Permit\n"
        "author: Ann One (@AnnOne), Bob <bob@example.org>, Carl (@c) <c@example.org>, et al.\n"
        "status: Withdrawn\ncreated: 2020-04-13\nrequires: 20, 712\nwithdrawal-reason: Superseded by EIP-9\n---\n\n"
        "# EIP-2612\n\nAn [ERC-20](./eip-20.md) token, ERC721s, EIPs 1, 2 and 3, ERC-1155/777, BIP 32, EIP-155.\n"
        "Not ERC20Token, `EIP-4`, 3.EIP-5.1 or CAIP-2.\n\n```\nEIP-6\n```\n\n<!-- EIP-7 -->\n"
        "<script>EIP-8</script>\n\nSee https://eips.ethereum.org/EIPS/eip-1271 and [this][1]."
        "\n\n[1]: https://github.com/ethereum/EIPs/blob/master/EIPS/eip-1559.md\n"
    )
    parsed = one(parse("eip", "EIPS/eip-2612.md", text))
    assert parsed.work is not None
    assert [(author.key, author.name) for author in parsed.work.authors] == [
        ("login:annone", "Ann One"),
        ("Bob <bob@example.org>", "Bob"),
        ("Carl <c@example.org>", "Carl"),
    ]
    assert parsed.work.withdrawn
    assert sorted(named(parsed)) == sorted(
        [(f"eip:{n}", "body") for n in (1, 2, 3, 20, 155, 721, 777, 1155, 1271, 1559, 2612)]
        + [("bip:32", "body"), ("eip:20", "requires"), ("eip:712", "requires"), ("eip:9", "superseded-by")]
    )


def test_an_eip_that_has_moved_is_refused() -> None:
    outcome = parse("eip", "EIPS/eip-20.md", "---\neip: 20\ncategory: ERC\nstatus: Moved\n---\n\nMoved.\n")
    assert outcome == ("documents that have moved", "read the repository that they moved to as well")


def test_front_matter_that_is_no_yaml_is_read_as_it_was_meant() -> None:
    text = '---\neip: 5\ntitle: A: B: "C\nauthor: @ann\nstatus: Draft\ncreated: 2020-01-01\n---\n\nEIP-1\n'
    parsed = one(parse("eip", "EIPS/eip-5.md", text))
    assert parsed.work is not None
    assert (parsed.work.title, parsed.work.authors[0].key) == ('A: B: "C', "login:ann")


@pytest.mark.parametrize(
    ("path", "opening", "closing", "link"),
    [
        (
            "bip-0049.mediawiki",
            "<pre>",
            "</pre>",
            "[[bip-0141.mediawiki|this]] [https://bips.dev/32/ keys] <code>BIP 7</code>",
        ),
        ("bip-0049.md", "```", "```", "[this](bip-0141.mediawiki) [keys](https://bips.dev/32/) `BIP 7`"),
    ],
)
def test_bip(path: str, opening: str, closing: str, link: str) -> None:
    text = (
        f"{opening}\n  BIP: 49\n  Layer: Applications\n  Title: Derivation\n  Authors: Ann One <ann@example.org>\n"
        "           Bob Two <bob+bip@example.org>\n  Status: Closed\n  Assigned: 2016-05-19\n  Requires: 43\n"
        f"  Replaces: 44\n  Proposed-Replacement: BIP-50\n  Comments-URI: https://example.org/BIP-0099\n{closing}\n\n"
        f"BIP44, BIP 340/341 and {link}\n\n{opening}\nBIP 8\n{closing}\n"
    )
    parsed = one(parse("bip", path, text))
    assert parsed.work is not None
    assert [author.name for author in parsed.work.authors] == ["Ann One", "Bob Two"]
    assert (parsed.work.created, parsed.work.withdrawn) == (D(2016, 5, 19), True)
    assert sorted(named(parsed)) == sorted(
        [(f"bip:{n}", "body") for n in (32, 44, 141, 340, 341)]
        + [("bip:43", "requires"), ("bip:44", "replaces"), ("bip:50", "superseded-by")]
    )


def test_kep(tmp_path: Path) -> None:
    folder = tmp_path / "enhancements/keps/sig-node/4603-tune"
    folder.mkdir(parents=True)
    (folder / "kep.yaml").write_text(
        'title: Tune\nkep-number: 4603\nauthors: ["@Ann", bob, TBD]\nowning-sig: sig-node\nstatus: implementable\n'
        'creation-date: 2024-04-29\nreviewers: ["@carl"]\napprovers: [dora]\nsee-also:\n'
        '  - "/keps/sig-node/5593-configure/"\n  - https://github.com/kubernetes/enhancements/issues/563\n'
        "replaces: []\n"
    )
    (folder / "README.md").write_text(
        "# KEP-4603\n\n<!-- KEP-1 -->\n[other](../1287-in-place/README.md#x), KEP-2021,\n"
        "kubernetes/enhancements#111, https://github.com/kubernetes/enhancements/pull/7\n"
        "and [that](/keps/sig-apps/2232-suspend-jobs).\nNot [this](../2232-old.md) nor\n"
        "[that](/keps/sig-a/0004-apply.md).\n"
    )
    other = folder.parent / "2232-suspend"
    other.mkdir()
    (other / "kep.yaml").write_text(
        "title: Suspend\nauthors: ['@ann']\ncreation-date: 2020-01-01\nstatus: implemented\n"
    )
    made = read(tmp_path / "enhancements")
    assert rows(made, "citations", "citing", "cited", "how") == [("kep:4603", "kep:2232", "body")]
    assert made.harvest.counts["references_refused"] == 5 + 1 + 1
    assert ("kep:4603", "kep:4") not in rows(made, "citations", "citing", "cited")
    assert set(rows(made, "authorships", "artifact", "identity")) == {
        ("kep:4603", "login:ann"),
        ("kep:4603", "login:bob"),
        ("kep:2232", "login:ann"),
    }
    assert set(rows(made, "authority", "leader", "leader_team", "role")) == {
        ("login:dora", None, "approver"),
        ("login:carl", None, "reviewer"),
        (None, "sig-node", "owner"),
    }
    assert named(one(parse("kep", "keps/a/4603-tune/kep.yaml", (folder / "kep.yaml").read_text()))) == [
        ("kep:5593", "see-also"),
        ("kep:563", "see-also"),
    ]


def test_rust_rfcs_have_their_authors_from_git(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("rfcs")
    first = (
        "- Feature Name: `a`\n- Start Date: 2014-03-11\n"
        "- RFC PR: [rust-lang/rfcs#1](https://github.com/rust-lang/rfcs/pull/1)\n"
        "- Rust Issue: N/A\n\n## Summary\n\nPlain.\n"
    )
    repo.commit({"text/0000-a.md": first}, ANN, "2014-03-12")
    (repo.path / "text/0000-a.md").rename(repo.path / "text/0001-a.md")
    repo.commit({}, BOT, "2014-04-01")
    second = (
        first.replace("rfcs#1", "rfcs#2")
        .replace("pull/1", "pull/2")
        .replace(
            "Plain.", "As RFC 1, rust-lang/rfcs#3, [RFC\n2119](https://tools.ietf.org/html/rfc2119) and [t](0001-a.md)."
        )
    )
    repo.commit({"text/0002-b.md": second}, "Bob Two <bob@example.org>", "2014-05-01")
    made = read(repo.path)
    assert rows(made, "authorships", "artifact", "identity") == [
        ("rust-rfc:1", ANN),
        ("rust-rfc:2", "Bob Two <bob@example.org>"),
    ]
    assert set(rows(made, "citations", "citing", "cited")) == {("rust-rfc:2", "rust-rfc:1"), ("rust-rfc:2", "rfc:2119")}
    assert problems(made) == {"references to what is not there": 1}


def test_decisions_of_both_forms(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("shop")
    nygard = (
        "# 2. Use Postgres\n\nDate: 2016-02-12\n\n## Status\n\nSuperseded by [3. Use SQLite](0003-use-sqlite.md)\n\n"
        "Amends [1. Record](0001-record.md)\n\n## Context\n\nAs ADR-1 says. See ../../../etc/0009-passwd.md.\n"
    )
    madr = (
        "---\nstatus: accepted\ndate: 2017-03-01\ndecision-makers: [Ann One, Bob Two]\n---\n\n# Use SQLite\n\n"
        "* Supersedes [ADR-0002](0002-use-postgres.md)\n* see [out](../../../../etc/0005-x.md) and PEP 249\n"
    )
    repo.commit({"doc/adr/0001-record.md": "# 1. Record\n\n## Status\n\nAccepted\n"}, ANN, "2016-01-01")
    repo.commit({"doc/adr/0002-use-postgres.md": nygard, "doc/adr/template.md": "# N. T"}, ANN, "2016-03-01")
    repo.commit(
        {"doc/adr/0003-use-sqlite.md": madr, "doc/adr/README.md": "x"}, "Bob Two <bob@example.org>", "2017-03-02"
    )
    made = read(repo.path / "doc")
    assert rows(made, "artifacts", "id", "title", "status", "created") == [
        ("adr:shop/doc:1", "Record", "Accepted", D(2016, 1, 1, 12)),
        ("adr:shop/doc:2", "Use Postgres", "Superseded by 3. Use SQLite", D(2016, 2, 12)),
        ("adr:shop/doc:3", "Use SQLite", "accepted", D(2017, 3, 1)),
    ]
    assert set(rows(made, "citations", "citing", "cited", "how")) == {
        ("adr:shop/doc:2", "adr:shop/doc:3", "superseded-by"),
        ("adr:shop/doc:2", "adr:shop/doc:1", "updates"),
        ("adr:shop/doc:2", "adr:shop/doc:1", "body"),
        ("adr:shop/doc:3", "adr:shop/doc:2", "replaces"),
        ("adr:shop/doc:3", "pep:249", "body"),
    }
    assert [role for (role,) in rows(made, "authority", "role")] == ["decision-maker", "decision-maker"]
    assert made.harvest.counts["withdrawn"] == 1


INDEX = """<?xml version="1.0" encoding="UTF-8"?>
<rfc-index xmlns="https://www.rfc-editor.org/rfc-index">
  <rfc-entry><doc-id>RFC0001</doc-id><title>Host Software</title><author><name>S. Crocker</name></author>
    <date><month>April</month><year>1969</year></date><current-status>UNKNOWN</current-status>
    <obsoleted-by><doc-id>RFC0010</doc-id></obsoleted-by><doi>10.17487/RFC0001</doi></rfc-entry>
  <rfc-entry><doc-id>RFC0010</doc-id><title>Conventions</title><author><name>S. Crocker</name></author>
    <author><name>V. Cerf</name></author><date><month>July</month><year>1969</year></date>
    <obsoletes><doc-id>RFC0001</doc-id></obsoletes><updates><doc-id>RFC0003</doc-id></updates></rfc-entry>
</rfc-index>"""
RFC = """<?xml version="1.0"?><!DOCTYPE rfc SYSTEM "rfc2629-xhtml.ent">
<rfc xmlns:xi="http://www.w3.org/2001/XInclude" number="9110" docName="draft-ietf-httpbis-semantics-19" category="std"
 obsoletes="7230, 7231" updates="3864"><front><title>HTTP
 Semantics</title><author fullname="Roy T. Fielding" initials="R." surname="Fielding"><address>
 <email>fielding@example.org</email></address></author><author initials="M." surname="Nottingham"/>
 <date year="2022" month="June"/></front><middle/><back><references><name>References</name><references>
 <name>Normative References</name><reference anchor="RFC2119"><front><title>x</title></front><seriesInfo name="RFC"
 value="2119"/></reference><xi:include href="https://bib.example.org/reference.I-D.ietf-quic-http.xml"/></references>
 <references><name>Informative References</name><reference anchor="X"><front/><seriesInfo name="DOI"
 value="10.1000/ABC"/></reference></references></references></back></rfc>"""


def test_the_index_of_the_rfc_editor(tmp_path: Path) -> None:
    (tmp_path / "rfc-index.xml").write_text(INDEX)
    made = read(tmp_path)
    assert rows(made, "artifacts", "id", "title") == [("rfc:1", "Host Software"), ("rfc:10", "Conventions")]
    assert rows(made, "citations", "citing", "cited", "how") == [
        ("rfc:10", "rfc:1", "obsoletes"),
        ("rfc:10", "rfc:3", "updates"),
    ]
    assert made.harvest.counts["withdrawn"] == 1
    assert len(set(rows(made, "authorships", "artifact", "identity"))) == 3


def test_an_rfc_as_xml() -> None:
    parsed = one(parse("ietf", "rfc9110.xml", RFC))
    assert parsed.work is not None
    assert (parsed.id, parsed.work.title, parsed.work.created) == ("rfc:9110", "HTTP Semantics", D(2022, 6, 15))
    assert [author.key for author in parsed.work.authors] == [
        "Roy T. Fielding <fielding@example.org>",
        "author:M. Nottingham",
    ]
    assert parsed.aliases == ["draft:draft-ietf-httpbis-semantics"]
    assert named(parsed) == [
        ("rfc:7230", "obsoletes"),
        ("rfc:7231", "obsoletes"),
        ("rfc:3864", "updates"),
        ("rfc:2119", "normative"),
        ("draft:draft-ietf-quic-http", "normative"),
        ("doi:10.1000/abc", "informative"),
    ]


def test_a_list_of_the_whole_series_cites_nobody(tmp_path: Path) -> None:
    for number in range(1, 31):
        (tmp_path / f"pep-{number:04}.rst").write_text(pep(number, "PEP 1"))
    listed = ", ".join(f"PEP {number}" for number in range(2, 31))
    (tmp_path / "pep-0001.rst").write_text(pep(1, listed, created="01-Jan-2020", Requires="2"))
    made = read(tmp_path)
    assert [cited for citing, cited in rows(made, "citations", "citing", "cited") if citing == "pep:1"] == ["pep:2"]
    assert problems(made)["references in lists of the whole series"] == 29
    counts = made.harvest.counts
    assert counts["references_found"] == counts["references_resolved"] + counts["references_refused"] == 29 + 1 + 29


# -- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PEPs 634-636", ["pep:634", "pep:635", "pep:636"]),
        ("PEPs 3000-3999", ["pep:3000"]),
        ("a few BIPs (98, 116 and 330), no EIPs (2), PEPs (3, later more)", ["bip:98", "bip:116", "bip:330"]),
        ("PEP 8, 20 of them", ["pep:8"]),
        ("PEP 3.14, EIP-1.5, xPEP 5, KEP - 2019, KEP-1a", []),
        ("rfc822.Message, ERC20.sol, bip21.Parameters", []),
        ("pep-0008.txt and eip-20.md. See RFC 822.", ["pep:8", "eip:20", "rfc:822"]),
        ("BIP-340-style and BIP39's", ["bip:340", "bip:39"]),
        ("RFC2119 [RFC8174]", ["rfc:2119", "rfc:8174"]),
        ("ERC20s and ERC-721/1155", ["eip:20", "eip:721", "eip:1155"]),
    ],
)
def test_documents_named_in_words(text: str, found: list[str]) -> None:
    assert list(mentions.in_text(text)) == found


@pytest.mark.parametrize(
    ("byline", "keys"),
    [
        ("Ann at the office", ["author:Ann at the office"]),
        ("a [at] b dot org", [" <a@b.org>"]),
        ("ann@b.org (Ann One)", ["Ann One <ann@b.org>"]),
        ("Ann One and Guido van Rossum", ["author:Ann One", "author:Guido van Rossum"]),
        ("The core team and community", ["author:The core team and community"]),
        ("[Ann](https://github.com/ann), @Bob, TBD, et al.", ["login:ann", "login:bob"]),
        ("Bob <a@b.c> and Carl <c@d.e>; Ann One", ["Bob <a@b.c>", "Carl <c@d.e>", "author:Ann One"]),
        ("", []),
    ],
)
def test_people_named_in_headers(byline: str, keys: list[str]) -> None:
    assert [author.key for author in bylines.people(byline)] == keys


# -- time ------------------------------------------------------------------------------------------------------------


def test_a_reference_is_as_old_as_its_first_mention_not_as_its_line(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("peps")
    for number in (1, 2, 3):
        repo.commit({f"pep-000{number}.txt": pep(number, "Text.")}, ANN, "2001-08-01")
    repo.commit({"pep-0009.txt": pep(9, "As PEP 1 says.\n\nMore.")}, ANN, "2001-09-01")
    repo.commit({"pep-0009.txt": pep(9, "As PEP 1 says.\n\nMore, see PEP 2.")}, ANN, "2003-01-01")
    # The whole series is converted and moved: every line has a new owner.
    for number in (1, 2, 3):
        (repo.path / f"pep-000{number}.txt").unlink()
    (repo.path / "pep-0009.txt").unlink()
    moved = {f"peps/pep-000{number}.rst": pep(number, "Text!") for number in (1, 2, 3)}
    body = "As :pep:`1`\nsays.\n\nMore: :pep:`2`, :pep:`3`."
    repo.commit({**moved, "peps/pep-0009.rst": pep(9, body)}, BOT, "2022-01-01")
    made = read(repo.path)
    assert dict(rows(made, "citations", "cited", "time")) == {
        "pep:1": D(2001, 7, 5),  # it came with the document, whose header says when that was written
        "pep:2": D(2003, 1, 1, 12),
        "pep:3": D(2022, 1, 1, 12),
    }
    assert min(visible for (visible,) in rows(made, "citations", "visible")) == D(2001, 9, 1, 12)


def test_what_is_merged_later_is_visible_later(make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo("peps")
    repo.commit({"pep-0001.rst": pep(1, "x")}, ANN, "2001-08-01")
    repo.git("checkout", "-q", "-b", "draft")
    repo.commit({"pep-0002.rst": pep(2, "PEP 1", created="02-Feb-2002")}, ANN, "2002-02-02")
    repo.git("checkout", "-q", "main")
    repo.commit({"x": "y"}, ANN, "2002-03-01")
    when = {"GIT_AUTHOR_DATE": "2002-04-01T00:00:00Z", "GIT_COMMITTER_DATE": "2002-04-01T00:00:00Z"}
    who = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a"}
    repo.git("merge", "-q", "--no-ff", "-m", "Merge", "draft", **when, **who)
    made = read(repo.path)
    assert rows(made, "citations", "time", "visible") == [(D(2002, 2, 2), D(2002, 4, 1))]
    assert ("pep:2", D(2002, 4, 1)) in rows(made, "authorships", "artifact", "visible")
    assert made.harvest.repository == rows(made, "acts", "repository")[0][0] is not None


def test_without_git_only_headers_tell(tmp_path: Path) -> None:
    (tmp_path / "pep-0001.rst").write_text(pep(1, "PEP 2", created="01-Jan-2001"))
    (tmp_path / "pep-0002.rst").write_text(pep(2, "PEP 1", created="01-Jan-2002"))
    made = read(tmp_path)
    assert rows(made, "citations", "citing", "time") == [("pep:2", D(2002, 1, 1))]
    assert problems(made) == {"references to a later document": 1}
    assert made.harvest.repository is None


# -- bad input -------------------------------------------------------------------------------------------------------


def test_nothing_outside_of_the_tree_is_read_and_nothing_is_run(tmp_path: Path) -> None:
    secret = tmp_path / "secret.rst"
    secret.write_text("PEP 2\n")
    (tmp_path / "pep-0066.rst").write_text(pep(66, "x"))
    folder = tmp_path / "peps"
    folder.mkdir()
    body = "\n\n".join(
        [
            f".. include:: {secret}",
            ".. include:: ../secret.rst",
            f".. raw:: html\n   :file: {secret}",
            f".. csv-table:: t\n   :file: {secret}",
            f".. literalinclude:: {secret}",
            f".. figure:: {secret}\n   :figwidth: image",
            ".. raw:: html\n\n   <script>PEP 2</script>",
        ]
    )
    (folder / "pep-0001.rst").write_text(pep(1, body))
    (folder / "pep-0002.rst").write_text(pep(2, "x", created="01-Jan-2000"))
    os.symlink(tmp_path / "pep-0066.rst", folder / "pep-0066.rst")
    os.symlink(tmp_path, folder / "up")
    made = read(folder)
    assert rows(made, "artifacts", "id") == [("pep:1",), ("pep:2",)]
    assert made.tables["citations"].num_rows == 0
    assert problems(made) == {"symbolic links": 2}


def test_broken_documents_are_counted_and_the_rest_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 100_000)
    folder = tmp_path / "EIPS"
    folder.mkdir()
    head = "---\neip: {}\ntitle: T\nauthor: Ann (@ann)\nstatus: Draft\ncreated: 2020-01-0{}\n---\n"
    (folder / "eip-1.md").write_text(head.format(1, 1) + "x")
    (folder / "eip-2.md").write_bytes(head.format(2, 2).encode() + b"caf\xe9 EIP-1 \xff\xfe")
    (folder / "eip-3.md").write_text("no front matter")
    (folder / "eip-4.md").write_bytes(b"\x00\x01\x02")
    (folder / "eip-5.md").write_text(head.format(5, 5) + "x" * 200_000)
    (folder / "eip-6.md").write_text("---\neip: 6\na: &a [x]\nb: [" + "*a," * 100 + "]\n---\n")
    (folder / "eip-7.md").write_text("---\neip: 7\ntitle: !!python/object/apply:os.abort []\n---\n")
    (folder / "eip-8.md").write_text("---\ntitle: " + "[" * 50_000 + "\n---\n")
    (folder / "eip-002.md").write_text(head.format(2, 9) + "another two")
    made = read(tmp_path)
    assert [artifact for (artifact,) in rows(made, "artifacts", "id")][:2] == ["eip:2", "eip:1"]
    assert rows(made, "citations", "citing", "cited") == []
    assert problems(made)["documents without a readable header"] >= 2
    assert problems(made)["files that are no text"] == 1
    assert problems(made)["files that are too large"] == 1
    assert problems(made)["documents whose number or id another has"] == 1


BOMB = """<?xml version="1.0"?><!DOCTYPE rfc [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rfc number="1"><front><title>&b;</title></front></rfc>"""


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        '<!DOCTYPE rfc [<!ENTITY x SYSTEM "file:///etc/passwd">]><rfc number="1"><front>&x;</front></rfc>',
        '<!DOCTYPE rfc [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><rfc number="1"/>',
        "<rfc>" * 100_000,
        "<rfc number='1'>",
        "",
    ],
)
def test_xml_that_declares_or_nests_is_refused(text: str) -> None:
    assert isinstance(parse("ietf", "rfc1.xml", text), tuple)


def test_xml_may_name_a_character() -> None:
    text = RFC.replace('ent">', 'ent" [<!ENTITY nbsp "&#160;">]>').replace("HTTP\n", "HTTP&nbsp;")
    parsed = one(parse("ietf", "rfc9110.xml", text))
    assert parsed.work is not None
    assert parsed.work.title == "HTTP Semantics"


def test_a_folder_without_such_documents_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no document that can be read as pep"):
        read(tmp_path, format="pep")
    with pytest.raises(InputError, match="there is no format 'x'"):
        read(tmp_path, format="x")


PATHS = {
    "pep": "peps/pep-0001.rst",
    "eip": "EIPS/eip-1.md",
    "bip": "bip-0001.mediawiki",
    "kep": "keps/sig-a/1-b/kep.yaml",
    "rust-rfc": "text/0001-a.md",
    "adr": "adr/0001-a.md",
    "ietf": "rfc1.xml",
}
PIECES = [
    "PEP: 1\nTitle: T\nAuthor: A <a at b.c>\n\n", "---\ntitle: T\nauthor: A (@a)\n---\n",
    "<pre>\n  BIP: 1\n  Title: T\n</pre>\n",
    "- Start Date: 2014-01-01\n", "# 1. T\n\n## Status\n\n", "<rfc number='1'><front><title>", "</title></front></rfc>",
    "title: T\nauthors: [\"@a\"]\n", ".. note:: ", "::\n\n  ", ":pep:`1", "`_", "|x|", ".. |x| replace:: ",
    "[[a|b]]", "{{", "}}", "<ref>",
    "=====  ====\n", "+--+\n|  |\n", "[1]_", "PEPs 1, 2 and ", "ERC-20/", "RFC ", "[a](b)", "```\n", "> ", "* ", "\t",
    "\n", " ", "&amp;",
    "<!--", "-->", "<script>", "\x0c", "\u2028", "\x1b[2J", "\u202e", "é", "0" * 30,
]  # fmt: skip
noise = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=30).map("".join)


def check_noise(name: str, text: str) -> None:
    outcome = parse(name, PATHS[name], text)
    if isinstance(outcome, tuple):
        assert all(outcome)
        return
    lines = text.count("\n") + 1
    for parsed in outcome:
        assert parsed.id
        assert all(0 <= line < lines for reference in parsed.named for line in reference.lines)


def test_every_series_is_tried() -> None:
    assert set(PATHS) == set(SERIES)
    assert all(series_of(name).claims(path) for name, path in PATHS.items())


@pytest.mark.parametrize("name", sorted(SERIES))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=noise)
def test_noise_is_a_document_or_refused(name: str, text: str) -> None:
    check_noise(name, text)


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(SERIES))
@settings(max_examples=10_000, deadline=None)
@given(text=noise)
def test_much_noise_is_a_document_or_refused(name: str, text: str) -> None:
    check_noise(name, text)
