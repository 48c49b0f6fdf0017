"""Which paths hold work that somebody here wrote, and which are left out: vendored, generated, locks, binaries, ...

Three layers, the last that has an opinion wins: built-in rules, the repository's ``.gitattributes`` (linguist's
attributes, read as text), the user's rule file. Tests and documentation are work and stay. The built-in rules are
listed with their reasons in docs/paths.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from connectors.git.globs import Glob
from influence.errors import InputError

#: Reasons that a path is left out, as `PathRules.excluded` and the harvest's problems word them.
VENDORED, GENERATED, MINIFIED, LOCK = "vendored", "generated", "minified", "lock"
BINARY, TRANSLATION, DATA, LICENCE = "binary", "translation", "data", "licence"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Folders, at any depth, that hold others' code.
VENDORED_FOLDERS = _words("""
    vendor vendors vendored _vendor third_party third-party thirdparty 3rdparty 3rd_party 3rd-party extern externals
    node_modules bower_components jspm_packages site-packages Godeps Pods Carthage .yarn .bundle
""")
#: The same, only at the root: further down such a folder may well be one's own.
VENDORED_ROOT_FOLDERS = _words("deps Dependencies dependencies")
GENERATED_FOLDERS = _words("__snapshots__ __pycache__ .idea .ipynb_checkpoints autom4te.cache")
LOCK_FILES = _words("""
    package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock Cargo.lock poetry.lock
    pdm.lock uv.lock pixi.lock Pipfile.lock conda-lock.yml Gemfile.lock composer.lock go.sum go.work.sum Gopkg.lock
    glide.lock mix.lock pubspec.lock Podfile.lock Cartfile.resolved Package.resolved flake.lock packages.lock.json
    paket.lock gradle.lockfile buildscript-gradle.lockfile .terraform.lock.hcl MODULE.bazel.lock Chart.lock
    stack.yaml.lock cabal.project.freeze buf.lock
""")
GENERATED_FILES = _words("""
    configure aclocal.m4 config.guess config.sub ltmain.sh install-sh depcomp ylwrap mkinstalldirs libtool.m4
    ltoptions.m4 ltsugar.m4 ltversion.m4 lt~obsolete.m4 project.pbxproj bindata.go
""")
VENDORED_FILES = _words("gradlew gradlew.bat mvnw mvnw.cmd")
#: Last suffix, lower case.
SUFFIXES = {
    suffix: reason
    for reason, suffixes in (
        (
            BINARY,
            """
            png jpg jpeg jpe gif ico icns bmp webp avif heic tif tiff psd xcf ai eps pdf ps zip gz bz2 xz zst lz4 7z
            rar tar tgz jar war ear class so dll dylib exe o a lib obj pdb pyc pyo whl egg gem deb rpm apk dmg iso img
            ttf otf woff woff2 eot mp3 mp4 m4a ogg wav avi mov webm flac swf doc docx xls xlsx ppt pptx odt ods odp
            sqlite sqlite3 db mo gmo bin pack keystore jks p12 pfx der parquet feather arrow npy npz pkl pickle h5 hdf5
            onnx pt pth tflite wasm blend fbx glb stl svgz nib snk res
            """,
        ),
        (DATA, "svg csv tsv jsonl ndjson geojson golden har pcap ipynb fasta vcf"),
        (TRANSLATION, "po pot xlf xliff arb"),
        (GENERATED, "map snap xib storyboard"),
    )
    for suffix in _words(suffixes)
}
#: What names and paths say beyond the tables above. Searched in the whole path.
PATTERNS = (
    (MINIFIED, r"[.-]min\.(?:m|c)?(?:js|css)$|\.(?:bundle|chunk)\.(?:js|css)$"),
    (
        GENERATED,
        r"\.pb(?:\.gw|\.validate)?\.(?:go|cc|h|swift|dart)$|_pb2(?:_grpc)?\.pyi?$|_pb\.(?:js|d\.ts|rb)$|_grpc\.pb\.go$"
        r"|(?:^|/)zz_generated\.|[._]generated\.\w+$|\.gen\.(?:go|py|rs|c|h|cc|cpp|hpp|cs|dart|[jt]sx?)$|\.g\.(?:dart|cs)$|\.designer\.(?:cs|vb)$|\.freezed\.dart$"
        r"|(?:^|/)dist/.*\.(?:js|mjs|cjs|css|html|d\.ts)$",
    ),
    (
        VENDORED,
        r"(?:^|/)gradle/wrapper/"
        r"|/(?:jquery(?:-ui)?|bootstrap|lodash|underscore|backbone|prototype|moment|mootools|modernizr|html5shiv"
        r"|require|ember|d3|respond)(?:[-.]v?\d[\w.]*)?(?:[.-](?:slim|core|bundle|full|custom))?\.(?:js|css)$",
    ),
    (
        TRANSLATION,
        r"(?:^|/)(?:locales?|translations?|l10n)/.*\.(?:json|ya?ml|properties|ftl|resx)$|\.lproj/"
        r"|(?:^|/)values-[a-z]{2,3}(?:-r[A-Z]{2})?/[\w-]+\.xml$|_[a-z]{2}(?:_[A-Z]{2})\.(?:properties|ts)$",
    ),
    (LICENCE, r"(?:^|/)(?:LICEN[SC]E|COPYING|UNLICENSE)(?:[-._][\w.-]*)?$|(?:^|/)LICENSES/"),
    (DATA, r"(?:^|/)cassettes/.*\.(?:ya?ml|json)$"),
)
_PATTERN = re.compile("|".join(f"(?P<_{number}>{text})" for number, (_, text) in enumerate(PATTERNS)))

#: Built-in reasons that ``-linguist-vendored`` and ``-linguist-generated`` lift.
_LIFTED_BY = {VENDORED: "linguist-vendored", LICENCE: "linguist-vendored"}
_LIFTED_BY |= dict.fromkeys((GENERATED, MINIFIED, LOCK, TRANSLATION, DATA), "linguist-generated")
_ATTRIBUTES = {
    "linguist-vendored": VENDORED,
    "linguist-generated": GENERATED,
    "binary": BINARY,
    "diff": "no diff wanted",
}
#: Paths remembered before the memory is emptied; the largest public repositories have a few hundred thousand.
_REMEMBERED = 300_000


@dataclass(frozen=True)
class PathRules:
    """Which paths are left out, and why. Immutable; `with_attributes` and `with_file` give a new one.

    Asked once per changed file: answers are remembered per path.
    """

    attributes: tuple[tuple[Glob, tuple[tuple[str, bool | None], ...]], ...] = ()
    own: tuple[tuple[Glob, str | None], ...] = ()
    _answers: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def default(cls) -> PathRules:
        """The built-in rules alone."""
        return cls()

    @classmethod
    def of(cls, gitattributes: bytes, text: str) -> PathRules:
        """The built-in rules, the repository's attributes and the user's rules, each where there are any."""
        rules = cls.default()
        if gitattributes:
            rules = rules.with_attributes(gitattributes)
        return rules.with_file(text) if text else rules

    def with_attributes(self, gitattributes: bytes) -> PathRules:
        """Add the ``.gitattributes`` of the repository's root: linguist-vendored, linguist-generated, binary, -diff.

        The last line that matches decides an attribute, as in git; macros (``[attr]name``) are expanded. Lines that git
        would not understand are skipped: the file is the repository's, not the user's.
        """
        macros: dict[str, tuple[tuple[str, bool | None], ...]] = {}
        found = []
        for line in gitattributes.decode("utf-8", "surrogateescape").splitlines():
            pattern, words = _pattern_and_words(line)
            states: list[tuple[str, bool | None]] = []
            for word in words:
                name, state = _state(word)
                states += macros.get(name, ()) if state else ()
                if name in _ATTRIBUTES:
                    states.append((name, state))
            if pattern.startswith("[attr]"):
                macros[pattern[6:]] = tuple(states)
            elif states and pattern and not pattern.startswith("!") and not pattern.endswith("/"):
                # (A slash at the end means a folder, and attributes of a folder are no file's: gitattributes(5).)
                found.append((Glob(pattern, below=False), tuple(states)))
        return replace(self, attributes=self.attributes + tuple(found), _answers={})

    def with_file(self, text: str) -> PathRules:
        """Add a user's rules: gitignore-like patterns, one a line, the last match wins.

        ``pattern`` leaves out, ``pattern  # reason`` says why, ``!pattern`` takes back in whatever a built-in rule, the
        attributes or an earlier line left out. Unlike in a gitignore, what lies in a left-out folder can be taken back.

        Raises
        ------
        InputError
            A line that is no pattern.
        """
        found: list[tuple[Glob, str | None]] = []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            pattern, _, reason = line.partition(" #")
            pattern, reason = pattern.strip(), reason.strip(" #")
            includes = pattern.startswith("!")
            pattern = pattern.removeprefix("!")
            if not pattern.strip("/") or "\x00" in pattern or len(pattern) > 1000:
                raise InputError(
                    f"line {number} of the path rules is no pattern",
                    "write one like `build/` or `!vendor/ours/`, with `# reason` after it",
                )
            found.append((Glob(pattern, below=True), None if includes else reason or "left out by your rules"))
        return replace(self, own=self.own + tuple(found), _answers={})

    def excluded(self, path: str) -> str | None:
        """Why `path` (relative to the root, with ``/``) is left out; None when it is read."""
        try:
            return self._answers[path]
        except KeyError:
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            answer = self._answers[path] = self._decide(path)
            return answer

    def _decide(self, path: str) -> str | None:
        for glob, reason in reversed(self.own):
            if glob.matches(path):
                return reason
        states: dict[str, bool | None] = {}
        for glob, settings in self.attributes:
            if glob.matches(path):
                states.update(settings)
        for name, reason in _ATTRIBUTES.items():
            if states.get(name) is (name != "diff"):  # all say so when set, `diff` when unset
                return reason
        built_in = built_in_reason(path)
        return None if built_in and states.get(_LIFTED_BY.get(built_in, "")) is False else built_in


def built_in_reason(path: str) -> str | None:
    """What the built-in rules alone say of a path."""
    folder, _, name = path.rpartition("/")
    if name in LOCK_FILES:
        return LOCK
    if folder:
        parts = folder.split("/")
        if parts[0] in VENDORED_ROOT_FOLDERS or not VENDORED_FOLDERS.isdisjoint(parts):
            return VENDORED
        if not GENERATED_FOLDERS.isdisjoint(parts):
            return GENERATED
    if name in GENERATED_FILES:
        return GENERATED
    if name in VENDORED_FILES:
        return VENDORED
    match = _PATTERN.search(path)
    if match and match.lastgroup:
        return PATTERNS[int(match.lastgroup[1:])][0]
    return SUFFIXES.get(name.rpartition(".")[2].lower()) if "." in name else None


def _pattern_and_words(line: str) -> tuple[str, list[str]]:
    line = line.strip()
    if not line or line.startswith("#"):
        return "", []
    if line.startswith('"') and '"' in line[1:]:
        pattern, _, rest = line[1:].partition('"')
        return pattern, rest.split()
    pattern, *words = line.split()
    return pattern, words


def _state(word: str) -> tuple[str, bool | None]:
    """An attribute's name and whether it is set (True), unset (False) or unspecified (None)."""
    if word[0] in "-!":
        return word[1:], False if word[0] == "-" else None
    name, equals, value = word.partition("=")
    if name.startswith("linguist-") and equals:
        return name, value.lower() not in ("false", "0", "no")
    return name, True


_DO_NOT = rb"\bdo(?:n't| not) (?:edit|modify|change|touch|hand)"
_TOOLS = (
    rb"\b(?:autoconf|automake|autoheader|aclocal|bison|flex|swig|cython|thrift|protoc|antlr|gperf|re2c|ragel|yacc)\b"
)
_THIS = rb"(?:this|the) (?:file|code|class|module|header|source|makefile) (?:is|was|has been) "
#: What a tool writes at the head of what it made; each is searched from the beginning of a line, comment signs skipped.
_TOOL_MARK = re.compile(
    rb"^[^\w\n]*(?:"
    + rb"|".join(
        (
            rb"code generated\b.*\bdo not edit",
            rb"auto-?generated>",
            rb"a bison parser, made by",
            rb"a lexical scanner generated by flex",
            rb"generated by the protocol buffer compiler",
            rb"(?:\S+ {1,2})?generated (?:automatically )?(?:by|from|using|with) .{0,60}?" + _TOOLS,
            rb"(?:" + _THIS + rb")?(?:auto-?|automatically |machine[- ]|computer[- ])generated\b"
            rb"(?:\W*$|.{0,4}(?:by|from|with|using|file|code|do not)\b)",
            _THIS + rb"generated\b",
            rb"generated (?:file|code|source)(?:\W|$)",
            rb"[^\"'=\n]{0,150}\bgenerated\b.{0,120}" + _DO_NOT,
            rb"[^\"'=\n]{0,150}" + _DO_NOT + rb"\b.{0,80}\bgenerated\b",
        )
    )
    # Facebook's mark stands in a comment: not in a string, not as a decorator.
    + rb")|^(?:[^\w\n]+|\s*(?:dnl|rem)\b)(?:[^`'\"\n]*[^`'\"\n\w.])?@generated\b(?!\()",
    re.I | re.M,
)
_SOME_TOOL = re.compile(rb"^[^\w\n]*(?:\w+ ){0,4}generated (?:by|from|with|using)\b", re.I | re.M)
_NOT_EDITED = re.compile(rb"\bdo(?:n't| not) (?:edit|modify|change)\b", re.I)


def generated_header(first_lines: list[bytes]) -> bool:
    """Whether the first lines of a file (without line ends; a dozen are enough) say that a program wrote it.

    Follows Go's convention (``Code generated ... DO NOT EDIT.``), ``@generated``, ``<auto-generated>``, the notes of
    autoconf, bison, flex, protoc and their kin, and plain English. Merely to speak of generated things is not enough.
    """
    head = b"\n".join(line[:300] for line in first_lines[:20])
    if b"enerated" not in head and b"ENERATED" not in head and b"ison parser" not in head:
        return False
    return bool(_TOOL_MARK.search(head)) or bool(_NOT_EDITED.search(head) and _SOME_TOOL.search(head))
