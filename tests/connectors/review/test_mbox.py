"""Patch review by mail: versions, answers deep in threads, who vouches, and mails nobody should write."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.review.connector import ReviewConnector
from connectors.review.formats import readings
from connectors.review.mail import parse
from connectors.review.model import Change, Discussion
from connectors.review.patches import subject, touched
from influence.errors import InputError
from tests.connectors.review.perceval_files import item, write

DIFF = """---
 store.py | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/store.py b/store.py
index 111..222 100644
--- a/store.py
+++ b/store.py
@@ -1 +1 @@
-drop(keys)
+keep(keys)
"""
QUOTED = "On Fri, Ada wrote:\n> --- a/store.py\n> +++ b/store.py\n> @@ -1 +1 @@\n> +keep(keys)\n\n"


def when(day: int) -> dt.datetime:
    return dt.datetime(2024, 3, day, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def mail(
    name: str, who: str, day: int, title: str, body: str, above: str | None = None, **headers: str
) -> dict[str, str]:
    fields = {
        "Message-ID": f"<{name}@x.example>",
        "From": f"{who} <{who.split()[0].lower()}@acme.example>",
        "Date": format_datetime(when(day)),
        "Subject": title,
        "List-Id": "Patches of the store <store.lists.example>",
    }
    if above is not None:
        fields["In-Reply-To"] = f"<{above}@x.example>"
    return fields | {name.replace("_", "-"): value for name, value in headers.items()} | {"body": body}


def mbox(mails: list[dict[str, str]]) -> bytes:
    out = []
    for one in mails:
        lines = [f"{name}: {value}" for name, value in one.items() if name != "body"]
        text = one["body"].replace("\nFrom ", "\n>From ")
        out.append("From mboxrd@z Thu Jan  1 00:00:00 1970\n" + "\n".join(lines) + "\n\n" + text + "\n\n")
    return "".join(out).encode("utf-8", "surrogateescape")


def a_series() -> list[dict[str, str]]:
    """Two versions of two patches: two commented the first, one of them vouches for the second."""
    cut = "Keep the keys\n\nThey were lost.\n\nSigned-off-by: Ada Byron <ada@acme.example>\n" + DIFF
    return [
        mail("v1-0", "Ada Byron", 1, "[PATCH 0/2] store: keep the keys", "They are lost on restart.\n"),
        mail("v1-1", "Ada Byron", 1, "[PATCH 1/2] store: keep", cut, "v1-0"),
        mail("v1-2", "Ada Byron", 1, "[PATCH 2/2] store: test", cut.replace("store.py", "test.py"), "v1-0"),
        mail("r1", "Bob Root", 2, "Re: [PATCH 1/2] store: keep", QUOTED + "This leaks. Free them at exit.\n", "v1-1"),
        mail("r2", "Ada Byron", 3, "Re: [PATCH 1/2] store: keep", "> This leaks.\n\nRight, will fix.\n", "r1"),
        mail("r3", "Cid Poe", 4, "Re: [PATCH 0/2] store: keep the keys", "Why not in a file, as in v0?\n", "v1-0"),
        mail("v2-0", "Ada Byron", 9, "[PATCH v2 0/2] store: keep the keys", "Now freed.\n"),
        mail("v2-1", "Ada Byron", 9, "[PATCH v2 1/2] store: keep", cut, "v2-0"),
        mail("v2-2", "Ada Byron", 9, "[PATCH v2 2/2] store: test", cut.replace("store.py", "other.py"), "v2-0"),
        mail(
            "r4",
            "Bob Root",
            10,
            "Re: [PATCH v2 1/2] store: keep",
            QUOTED + "Looks right now.\n\nReviewed-by: Bob Root <bob@acme.example>\n",
            "v2-1",
        ),
        mail("r5", "Dan", 10, "Re: [PATCH v2 0/2] store: keep the keys", "Acked-by: Dan <dan@acme.example>\n", "v2-0"),
    ]


def read(path: Path) -> dict[str, Change | Discussion]:
    [reading] = readings(path)[1]
    return {made.unit: made for made in reading.items()}


def test_versions_of_a_series_are_one_change(tmp_path: Path) -> None:
    path = tmp_path / "store.mbox"
    path.write_bytes(mbox(a_series()))
    found, [reading] = readings(path)
    [made] = reading.items()
    assert (found, reading.repository, made.unit) == ("mbox", "mail/store.lists.example", "v1-0@x.example")
    assert isinstance(made, Change)
    assert made.author is not None
    assert (made.author.key, made.title) == ("Ada Byron <ada@acme.example>", "store: keep the keys")
    assert made.created == dt.datetime(2024, 3, 1, 10)
    assert made.known == {"pushes", "threads"}
    assert made.paths == ("other.py", "store.py")
    assert made.url == "mid:v1-0@x.example"
    seen = [(e.time.day, e.kind, e.actor.name, e.state, e.path, e.thread) for e in made.events if e.actor]
    assert sorted(seen, key=str) == sorted(
        [
            (2, "comment", "Bob Root", "", "store.py", "r1@x.example"),
            (3, "comment", "Ada Byron", "", None, "r1@x.example"),
            (4, "comment", "Cid Poe", "", None, "r3@x.example"),
            (9, "push", "Ada Byron", "", None, None),
            (10, "review", "Bob Root", "approved", "store.py", "r4@x.example"),
            (10, "review", "Dan", "ack", None, "r5@x.example"),
        ],
        key=str,
    )
    assert next(e.body for e in made.events if e.id == "r4@x.example").endswith("Looks right now.")


def test_its_signals_share_the_next_version_among_those_who_commented(tmp_path: Path) -> None:
    path = tmp_path / "store.mbox"
    path.write_bytes(mbox(a_series()))
    [made] = ReviewConnector(path).checkpoints()
    rows = made.tables["signals"].to_pylist()
    assert {(r["kind"], r["how"], r["leader"].partition(" <")[0], r["leader_share"]) for r in rows} == {
        ("consults", "approved", "Bob Root", 1.0),
        ("heeds", "answered", "Bob Root", 1.0),
        ("heeds", "next version", "Cid Poe", 1.0),
    }
    assert made.harvest.url is None


def test_a_version_that_answers_the_last_one_under_another_subject(tmp_path: Path) -> None:
    mails = [
        mail("a", "Ada", 1, "[PATCH] store: keep", DIFF),
        mail("b", "Ada", 2, "[PATCH v2] store: keep the keys", DIFF, "a"),
        mail("c", "Ada", 3, "[PATCH RESEND v2] store: keep the keys", DIFF),
        mail("d", "Bob", 4, "[PATCH] store: another way", DIFF, "b"),
        mail("e", "Ada", 5, "[RFC] shall we keep them?", "What do you think?"),
        mail("f", "Bob", 6, "Re: [RFC] shall we keep them?", "Yes.", "e"),
    ]
    path = tmp_path / "store.mbox"
    path.write_bytes(mbox(mails))
    made = read(path)
    assert {unit.partition("@")[0]: type(one) for unit, one in made.items()} == {
        "a": Change,
        "d": Change,
        "e": Discussion,
    }
    assert [event.id for event in made["a@x.example"].events] == ["b@x.example"]


def test_a_thread_whose_beginning_is_missing_is_a_discussion(tmp_path: Path) -> None:
    path = tmp_path / "store.mbox"
    path.write_bytes(
        mbox(
            [
                mail("b", "Bob", 2, "Re: [PATCH] lost", "I like it.", "gone"),
                mail("c", "Cid", 3, "Re: [PATCH] lost", "Me too.", "b", References="<gone@x.example> <b@x.example>"),
            ]
        )
    )
    [made] = read(path).values()
    assert (made.unit, made.author, len(made.events)) == ("gone@x.example", None, 2)


def test_a_list_that_sends_in_the_names_of_others(tmp_path: Path) -> None:
    via = "Ada Byron via Patches <patches@lists.example>"
    mails = [
        mail("a", "x", 1, "[PATCH 0/1] keep", "letter") | {"From": via},
        mail("b", "x", 1, "[PATCH 1/1] keep", f"From: Ada Byron <ada@acme.example>\n\nx\n{DIFF}", "a") | {"From": via},
        mail("c", "x", 2, "Re: [PATCH 0/1] keep", "hm", "a") | {"From": "bob at acme.example (Bob Root)"},
    ]
    path = tmp_path / "store.mbox"
    path.write_bytes(mbox(mails))
    [made] = read(path).values()
    assert made.author is not None
    assert made.author.key == "Ada Byron <ada@acme.example>"
    assert [event.actor.key for event in made.events if event.actor] == ["Bob Root <bob@acme.example>"]


def test_gzipped_months_and_folders_of_mails_are_the_same(tmp_path: Path) -> None:
    mails = a_series()
    whole = tmp_path / "whole.mbox"
    whole.write_bytes(mbox(mails))
    months = tmp_path / "months"
    months.mkdir()
    (months / "2024-March.txt.gz").write_bytes(gzip.compress(mbox(mails[6:])))
    (months / "2024-February.txt.gz").write_bytes(gzip.compress(mbox(mails[:6])))
    (tmp_path / "maildir" / "cur").mkdir(parents=True)
    for number, one in enumerate(mails):
        (tmp_path / "maildir" / "cur" / f"{number}:2,S").write_bytes(mbox([one]).partition(b"\n")[2])
    assert read(months) == read(whole)
    assert read(tmp_path / "maildir") == read(whole)


def test_in_percevals_items_it_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "store.mbox"
    path.write_bytes(mbox(a_series()))
    items = []
    for one in a_series():
        fields: dict[str, object] = dict(one)
        fields |= {"body": {"plain": f"{one['body']}\n"}, "unixfrom": "mboxrd@z Thu Jan  1 00:00:00 1970"}
        items.append(item("MBox", "message", "http://lists.example/store/", fields))
    wrapped = write(tmp_path / "perceval.json", items)
    assert read(wrapped) == read(path)
    assert readings(wrapped)[1][0].repository == readings(path)[1][0].repository


def test_subjects() -> None:
    assert subject("Re: [list] [PATCH v3 02/11] a:  b").words == "a: b"
    found = subject("[RFC PATCHv2 0/3] a")
    assert (found.patch, found.version, found.number, found.total, found.answer) == (True, 2, 0, 3, False)
    assert not subject("[ANNOUNCE] release v2 1/2").patch
    assert subject("AW: Re: [PATCH] x").answer


def test_files_of_a_patch() -> None:
    assert touched(DIFF) == ("store.py",)
    assert touched("diff --git a/x b/x\n--- a/x\n+++ /dev/null\n") == ("x",)
    assert touched("letter\n\n a/b.c | 3 +++\n .../long.c | 1 +\n old => new | 0\n") == ("a/b.c",)


def test_what_is_broken_is_counted_and_the_rest_is_kept(tmp_path: Path) -> None:
    mails = a_series()
    undated = mail("u", "Eve", 1, "[PATCH] x", DIFF) | {"Date": "yesterday"}
    angry = mail("h", '"<b onload=1>" \x1b[2J', 5, "=?utf-8?b?broken?= =?no-such?q?=FF?=", "\udcff\udcfe", "v1-0")
    deep = mail("d", "Eve", 6, "nested", "x") | {"Content-Type": 'multipart/mixed; boundary="0"'}
    deep["body"] = "".join(f'--{n}\nContent-Type: multipart/mixed; boundary="{n + 1}"\n\n' for n in range(3000))
    path = tmp_path / "store.mbox"
    path.write_bytes(mbox([*mails, mails[3], undated, angry, deep]))
    [made] = ReviewConnector(path).checkpoints()
    problems = {what: count for what, count, _ in made.harvest.problems}
    assert problems == {"mails that cannot be read": 2, "mails that stand there twice": 1}
    assert made.harvest.counts["comments"] == 4
    packed = gzip.compress(mbox(mails * 50))
    cut = tmp_path / "cut.mbox.gz"
    cut.write_bytes(packed[: len(packed) // 2])
    [reading] = readings(cut)[1]
    assert list(reading.items())
    assert ("files that end too early", 1) in {(what, count) for (what, _), count in reading.problems.items()}
    (tmp_path / "empty.mbox").write_text("")
    with pytest.raises(InputError, match="no mail"):
        readings(tmp_path / "empty.mbox", "mbox")


HEADERS = (
    "From",
    "Subject",
    "Date",
    "In-Reply-To",
    "References",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Id",
)
broken_value = st.text(max_size=30) | st.sampled_from(
    [
        "multipart/mixed; boundary=x",
        "text/plain; charset=\udcff",
        "base64",
        "=?utf-8?q?=?=",
        "<a@x.example>",
        "[PATCH v2 1/0] x",
    ]
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_mails_nothing_fails(tmp_path: Path, data: st.DataObject) -> None:
    mails = a_series()
    for one in data.draw(st.lists(st.sampled_from(mails), max_size=4)):
        one[data.draw(st.sampled_from(HEADERS))] = data.draw(broken_value)
        if data.draw(st.booleans()):
            one["body"] = data.draw(st.text(max_size=60)) + one["body"]
    path = tmp_path / "store.mbox"
    raw = b"".join(mbox([one]) for one in mails)
    path.write_bytes(raw + data.draw(st.binary(max_size=60)))
    with contextlib.suppress(InputError):
        list(ReviewConnector(path, format="mbox").checkpoints())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_mail_or_none(data: bytes) -> None:
    parse(data)
