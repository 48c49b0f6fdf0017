"""Which modules a file imports and which it is: what ties a repository's names to those who use them elsewhere.

A module goes by one key on both sides: dotted (`storage.ring`) in Python, the languages of the JVM and C#; the
header's path in C, also without its leading folders; the import path in Go; the crate in Rust; the package in
JavaScript. What an import says that it brings has a key of its own (`storage.ring.RingBuilder`, `react.useState`),
which tells where a name comes from. Found on changed lines, like names; the rules are in docs/names.md.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from posixpath import splitext

#: Keys that a file, and one import with the names that it brings, may have.
MOST_KEYS = 8
_MOST_NAMES = 100
_LONGEST = 200


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LAST = re.compile(r"[./\\][^./\\]*+\Z")
#: Folders that sources lie in and that no import names.
_ROOTS = frozenset(("src", "lib", "python", "include", "Sources"))
#: Folders whose modules are for their own repository.
_INNER = _words("test tests testing testdata fixtures spec specs doc docs example examples scripts bench")
#: Headers that a C library or a build brings: which one is meant depends on the machine.
_OF_NOBODY = _words(
    """
    assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h locale.h math.h setjmp.h signal.h
    stdarg.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h tgmath.h threads.h time.h uchar.h wchar.h wctype.h
    aio.h arpa/inet.h dirent.h dlfcn.h fcntl.h fnmatch.h ftw.h getopt.h glob.h grp.h iconv.h ifaddrs.h langinfo.h
    libgen.h libintl.h malloc.h memory.h netdb.h nl_types.h poll.h pthread.h pwd.h regex.h sched.h search.h semaphore.h
    spawn.h strings.h syslog.h termios.h unistd.h utime.h wait.h windows.h winsock2.h ws2tcpip.h
    config.h version.h platform.h resource.h stdafx.h pch.h Python.h
    """
)


@dataclass(frozen=True, slots=True)
class _Imports:
    """How a family of languages imports.

    `hint` stands in every import, and `pattern` matches one after a newline; `keys(match)` are the modules it names.
    `declared` matches what says which module a file is, where the file does.
    """

    hint: bytes
    pattern: re.Pattern[bytes]
    keys: Callable[[re.Match[bytes]], Iterable[bytes]]
    declared: re.Pattern[bytes] | None = None


def _python(match: re.Match[bytes]) -> Iterable[bytes]:
    if match[1]:
        return [match[1], *(match[1] + b"." + word for word in _listed(match[2]))]
    return [part.split()[0] for part in match[3].split(b",") if part.strip()]


def _listed(names: bytes) -> list[bytes]:
    """The names of a list (`(a, b as c, type D)`), as they are called where they come from."""
    return _ITEM.findall(names)


_ITEM = re.compile(rb"(?:\A|[,({\n:])\s*+(?:type[ ]++)?(?:\w++::)*+([A-Za-z_]\w*+)(?!::)")


def _go(match: re.Match[bytes]) -> Iterable[bytes]:
    parts = match[1].split(b"/")
    return [b"/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _javascript(match: re.Match[bytes]) -> Iterable[bytes]:
    parts = (match[2] or match[4]).split(b"/")
    package = b"/".join(parts[:2]) if parts[0].startswith(b"@") else parts[0]
    braces = (match[1] or match[3] or b"").partition(b"{")[2].partition(b"}")[0]
    return [package, *(package + b"." + name for name in _listed(braces))]


def _rust(match: re.Match[bytes]) -> Iterable[bytes]:
    return [match[1], *(match[1] + b"." + name for name in _ITEM.findall(match[2]))]


def _dotted(match: re.Match[bytes]) -> Iterable[bytes]:
    """A class or function, the package it is in, and the one above, for what is in a class."""
    parts = match[1].rstrip(b".").split(b".")
    return [b".".join(parts[:count]) for count in range(len(parts), max(1, len(parts) - 3), -1)]


def _php(match: re.Match[bytes]) -> Iterable[bytes]:
    parts = match[1].strip(b"\\").split(b"\\")
    return [b"\\".join(parts[:count]) for count in (len(parts), len(parts) - 1) if count > 1]


def _first(match: re.Match[bytes]) -> Iterable[bytes]:
    return (match[1],)


_IMPORTS = {
    "python": _Imports(
        b"import",
        re.compile(
            rb"\n[ \t]*+(?:from[ ]++([A-Za-z_][\w.]*+)[ ]++import[ ]*+"
            rb"(\([^)\0]{0,2000}+|[^\n\\]*+(?:\\\n[^\n\\]*+){0,20}+)"
            rb"|import[ ]++([A-Za-z_][\w., \t]*+))"
        ),
        _python,
    ),
    "c": _Imports(
        b"include", re.compile(rb"\n[ \t]*+\#[ \t]*+include[ \t]*+[<\"](?:\.\./)*+([\w./+-]++)[>\"]"), _first
    ),
    "go": _Imports(
        b'"',
        # In a group of imports a line holds a path and nothing else; a string there needs a comma or a bracket.
        re.compile(rb"\n(?:import[ ]++|\t)(?:[\w.]++[ ])?\"([\w.~-]++(?:/[\w.~-]++)*+)\"[ \t\r]*+(?=\n|//)"),
        _go,
    ),
    "rust": _Imports(
        b"",
        re.compile(
            rb"\n[ \t]*+(?:pub(?:\([^)\n]*+\))?[ ]++)?(?:use[ ]++(?:::)?|extern[ ]crate[ ]++)"
            rb"(?!(?:crate|self|super|std|core|alloc)\b)([a-z]\w*+)(?=::|;|[ ]as\b)([^;\0]{0,2000}+)"
        ),
        _rust,
    ),
    "javascript": _Imports(
        b"",
        re.compile(
            rb"\n[ \t]*+(?:import|export)\b([^'\";\0]{0,2000}?)['\"]((?:@[\w.-]++/)?[A-Za-z][\w./-]*+)['\"]"
            rb"|\n([^\n'\"]{0,200}?)\brequire\([ ]*+['\"]((?:@[\w.-]++/)?[A-Za-z][\w./-]*+)['\"]"
        ),
        _javascript,
    ),
    "java": _Imports(
        b"import",
        re.compile(rb"\n[ \t]*+import[ ]++(?:static[ ]++)?([a-z_]\w*+(?:\.\w++)++\.?)"),
        _dotted,
        re.compile(rb"\n[ \t]*+package[ ]++([a-z_]\w*+(?:\.\w++)++)"),
    ),
    "c#": _Imports(
        b"using",
        re.compile(rb"\n[ \t]*+(?:global[ ])?using[ ]++(?:static[ ]++)?(?:\w++[ ]*+=[ ]*+)?(\w++(?:\.\w++)*+)[ ]*+;"),
        _first,
        re.compile(rb"\n[ \t]*+namespace[ ]++(\w++(?:\.\w++)*+)"),
    ),
    "php": _Imports(
        b"use",
        re.compile(rb"\nuse[ ]++(?:function[ ]++|const[ ]++)?(\\?\w++(?:\\\w++)++)"),
        _php,
        re.compile(rb"\nnamespace[ ]++(\w++(?:\\\w++)++)"),
    ),
    "ruby": _Imports(b"require", re.compile(rb"\n[ \t]*+require[ (]++['\"]([\w./-]++)['\"]"), _first),
    "swift": _Imports(
        b"import",
        re.compile(rb"\n[ \t]*+(?:@\w++[ ]++)?import[ ]++(?:(?:struct|class|enum|func|protocol)[ ]++)?(\w++)"),
        _first,
    ),
}


#: Families whose files say in which module they are.
DECLARING = frozenset(speech for speech, way in _IMPORTS.items() if way.declared is not None)


def holder(name: str) -> str:
    """What a module, or a name that an import brings, is in: the key without what comes last."""
    return _LAST.sub("", name)


def module_family(family: str) -> str:
    """What the family of a language's modules is called in the tables."""
    return f"module:{family}"


def imported_modules(family: str | None, added: bytes, removed: bytes) -> dict[str, int]:
    """Modules that changed lines import: key -> imports added less removed; none without an entry.

    Both texts begin with a newline, as `connectors.git.names` joins them.
    """
    way = _IMPORTS.get(family or "")
    if way is None or (way.hint not in added and way.hint not in removed):
        return {}
    net: Counter[str] = Counter()
    for text, step in ((added, 1), (removed, -1)):
        for match in way.pattern.finditer(text):
            for key in list(way.keys(match))[:_MOST_NAMES]:
                if len(key) <= _LONGEST and not (family == "c" and key.decode("ascii") in _OF_NOBODY):
                    net[key.decode("ascii", "replace")] += step
    return {key: count for key, count in net.items() if count}


def declared_modules(family: str | None, added: bytes) -> list[tuple[str, int]]:
    """Modules that changed lines say they are in: key and position; of the JVM's languages, C# and PHP."""
    way = _IMPORTS.get(family or "")
    if way is None or way.declared is None:
        return []
    found = way.declared.finditer(added)
    return [(match[1].decode("ascii", "replace"), match.start(1)) for match in found if len(match[1]) <= _LONGEST]


def modules_at(
    path: str, family: str | None, tops: Collection[str] = frozenset(), named: Collection[str] = ()
) -> list[str]:
    """The modules that a file of this path and family makes, as others would import them; the file's own first.

    `tops` are folders with a manifest of their own: paths are told from there. `named` are the
    repository's packages, spelled as modules: a single file at the top is a module for others only under one of these.
    """
    parts = path.split("/")
    top = next((count for count in range(len(parts) - 1, 0, -1) if "/".join(parts[:count]) in tops), 0)
    parts = parts[top:]
    if not _INNER.isdisjoint(part.lower() for part in parts[:-1]):
        return []
    root = max((number + 1 for number, part in enumerate(parts[:-1]) if part in _ROOTS), default=0)
    parts[-1], suffix = splitext(parts[-1])
    if family == "c":
        return _headers(parts, suffix)
    if family == "swift":
        inside = parts[root - 1] == "Sources" if root else False
        return [parts[root]] if inside and len(parts) > root + 1 else []
    inner = parts[root:]
    if family == "ruby":
        return ["/".join(inner)] if root and parts[root - 1] == "lib" else []
    if family != "python" or not all(part.isidentifier() for part in inner):
        return []
    package = inner[-1] == "__init__"
    inner = inner[:-1] if package else inner
    if not inner or inner[0] in sys.stdlib_module_names or inner[0] in ("setup", "conftest", "manage"):
        return []
    if len(inner) == 1 and not package and inner[0] not in named:
        return []
    return [".".join(inner[:count]) for count in range(len(inner), 0, -1)][:MOST_KEYS]


def _headers(parts: list[str], suffix: str) -> list[str]:
    if not suffix.lower().startswith(".h"):
        return []
    whole = [*parts[:-1], parts[-1] + suffix]
    keys = ["/".join(whole[start:]) for start in range(len(whole))][-MOST_KEYS:]
    return [key for key in reversed(keys) if key not in _OF_NOBODY]
