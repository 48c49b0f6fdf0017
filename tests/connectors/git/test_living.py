"""Which names still have a definition: real histories, and what the analysis makes of a name that has none."""

from __future__ import annotations

from tests.conftest import Repo
from tests.connectors.git.test_replay import ADA, BO, CY, MakeRepo, rows

CLIENT = "def get_part(x):\n    return x\n\n\ndef put_part(x):\n    return x\n"
USE = "print(get_part(1))\n"
OWN = "def get_part(x):\n    return x\n"


def gone(repo: Repo) -> dict[tuple[str, str], bool]:
    """(name, initials of who used it) -> whether it was gone by then."""
    return {(row["name"], row["identity"][:2]): row["gone"] for row in rows(repo, "uses")}


def test_a_name_is_gone_when_its_file_is(make_repo: MakeRepo) -> None:
    repo = make_repo("deleted")
    repo.commit({"client.py": CLIENT}, ADA, "2024-01-01")
    repo.commit({"b.py": USE}, BO, "2024-01-02")
    repo.commit({"client.py": None}, ADA, "2024-01-03")
    repo.commit({"c.py": "import client\n" + USE}, CY, "2024-01-04")
    assert gone(repo) == {("get_part", "Bo"): False, ("get_part", "Cy"): True}


def test_a_name_is_gone_when_its_lines_are_and_comes_back(make_repo: MakeRepo) -> None:
    repo = make_repo("lines")
    repo.commit({"client.py": CLIENT}, ADA, "2024-01-01")
    repo.commit({"client.py": CLIENT.partition("\n\n\n")[2]}, ADA, "2024-01-02")
    repo.commit({"b.py": USE}, BO, "2024-01-03")
    repo.commit({"new.py": OWN}, ADA, "2024-01-04")
    repo.commit({"c.py": USE + "print(put_part(1))\n"}, CY, "2024-01-05")
    assert gone(repo) == {("get_part", "Bo"): True, ("get_part", "Cy"): False, ("put_part", "Cy"): False}


def test_moved_and_renamed_names_are_not_gone(make_repo: MakeRepo) -> None:
    repo = make_repo("moved")
    body = "".join(f"    x += {number}\n" for number in range(20))
    repo.commit({"client.py": CLIENT + f"\n\ndef old_part(x):\n{body}"}, ADA, "2024-01-01")
    repo.commit({"client.py": None, "lib/client.py": CLIENT + f"\n\ndef old_part(x):\n{body}"}, ADA, "2024-01-02")
    repo.commit({"lib/client.py": CLIENT + f"\n\ndef new_part(x):\n{body}"}, ADA, "2024-01-03")
    repo.commit({"lib/client.py": CLIENT.partition("\n\n\n")[2], "other.py": OWN}, ADA, "2024-01-04")
    repo.commit({"b.py": "print(get_part(1), old_part(1), new_part(1))\n"}, BO, "2024-01-05")
    assert gone(repo) == {("get_part", "Bo"): False, ("old_part", "Bo"): False, ("new_part", "Bo"): True}


def test_of_two_definitions_in_a_file_one_may_go(make_repo: MakeRepo) -> None:
    repo = make_repo("two")
    one = "class One:\n    def get_part(self):\n        return 1\n"
    two = "\n\nclass Two:\n    def get_part(self):\n        return 2\n"
    repo.commit({"a.py": one + two}, ADA, "2024-01-01")
    repo.commit({"a.py": one}, ADA, "2024-01-02")
    repo.commit({"b.py": "print(x.get_part())\n"}, BO, "2024-01-03")
    repo.commit({"a.py": "\n"}, ADA, "2024-01-04")
    repo.commit({"c.py": "print(x.get_part())\n"}, CY, "2024-01-05")
    assert gone(repo) == {("get_part", "Bo"): False, ("get_part", "Cy"): True}


def test_what_two_branches_brought_in_goes_at_once(make_repo: MakeRepo) -> None:
    repo = make_repo("branches")
    repo.commit({"readme": "x\n", "a.py": "\n"}, ADA, "2024-01-01")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"a.py": CLIENT}, ADA, "2024-01-02")
    repo.git("checkout", "-q", "main")
    repo.commit({"a.py": CLIENT, "readme": "y\n"}, ADA, "2024-01-03")
    repo.git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "merge", "-q", "--no-edit", "side")
    repo.commit({"a.py": CLIENT.partition("\n\n\n")[2]}, ADA, "2024-01-05")
    repo.commit({"b.py": USE + "print(put_part(1))\n"}, BO, "2024-01-06")
    assert gone(repo) == {("get_part", "Bo"): True, ("put_part", "Bo"): False}


def test_a_branch_that_had_not_seen_it_go_uses_it_still(make_repo: MakeRepo) -> None:
    repo = make_repo("older")
    repo.commit({"client.py": CLIENT}, ADA, "2024-01-01")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"b.py": USE}, BO, "2024-01-02")
    repo.git("checkout", "-q", "main")
    repo.commit({"client.py": None}, ADA, "2024-01-03")
    repo.git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "merge", "-q", "--no-edit", "side")
    assert gone(repo) == {("get_part", "Bo"): False}


def test_a_name_lives_on_in_its_own_family_alone(make_repo: MakeRepo) -> None:
    repo = make_repo("families")
    repo.commit({"a.py": OWN, "a.c": "int get_part(int x)\n{\n\treturn x;\n}\n"}, ADA, "2024-01-01")
    repo.commit({"a.py": None}, ADA, "2024-01-02")
    repo.commit({"b.py": USE}, BO, "2024-01-03")
    repo.commit({"c.c": "int y = get_part(1);\n"}, CY, "2024-01-04")
    assert gone(repo) == {("get_part", "Bo"): True, ("get_part", "Cy"): False}


def test_a_name_of_sql_is_found_again_however_it_is_spelled(make_repo: MakeRepo) -> None:
    repo = make_repo("sql")
    view = "CREATE VIEW Page_Rows AS SELECT 1;\n"
    repo.commit({"a.sql": view + "\n\n" + view.lower()}, ADA, "2024-01-01")
    repo.commit({"a.sql": view}, ADA, "2024-01-02")
    repo.commit({"b.sql": "SELECT * FROM PAGE_ROWS;\n"}, BO, "2024-01-03")
    assert gone(repo) == {("page_rows", "Bo"): False}
