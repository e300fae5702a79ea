#!/usr/bin/env python3
"""Checks the shape of the project: which file may include which, how long files are, what no file may say.

usage: rules.py PROJECT    prints one line `file:line: what is wrong` per breach; exit code 1 if there is any
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

# The rooms each room may include (ARCHITECTURE.md), itself aside. main.cpp is not a room: it starts the command line.
ARROWS = {
    "core": set(),
    "io": {"core"},
    "features": {"core"},
    "models": {"core"},
    "prepare": {"core"},
    "mpi": {"core"},
    "report": {"core"},
    "launch": {"core", "mpi", "staging"},
    "staging": {"core"},
    "search": {"core", "models", "prepare"},
    "config": {"core", "models", "features", "prepare", "search"},
    "jobs": {"core", "io", "features", "models", "prepare", "mpi", "search", "config", "report"},
    "cluster": {"core", "io", "config", "launch"},
    "cli": {"core", "io", "features", "models", "prepare", "mpi", "launch", "search", "config", "jobs", "staging", "cluster"},
    "main.cpp": {"core", "mpi", "cli"},
}

# The same inside a room: which floors (sub-folders) each floor may include. A room's files on no floor may include all of
# them, and no floor includes those.
FLOORS = {
    "io/files": set(),
    "io/hdf5": {"io/files"},
    "io/tables": set(),
    "io/spool": {"io/files", "io/tables"},
    "io/text": {"io/files", "io/spool", "io/tables"},
    "io/store": {"io/files", "io/hdf5", "io/spool", "io/tables", "io/text"},
    "io/import": {"io/files", "io/hdf5", "io/spool", "io/store", "io/tables", "io/text"},
    "features/columns": set(),
    "features/definitions": {"features/columns"},
    "features/synthesis": {"features/definitions"},
    "features/aggregations": {"features/columns", "features/definitions"},
    "features/transforms": {"features/columns", "features/definitions"},
    "features/evaluation": {"features/aggregations", "features/columns", "features/definitions"},
    "features/matrix": {"features/columns", "features/definitions"},
    "models/metrics": set(),
    "models/family": set(),
    "models/boosting": {"models/family"},
    "models/linear": {"models/family"},
    "models/svm/kernels": {"models/family"},
    "models/svm/solver": {"models/family", "models/svm/kernels"},
    "models/svm/libsvm": {"models/family", "models/svm/kernels", "models/svm/solver"},
    "models/svm/machines": {"models/family", "models/svm/kernels", "models/svm/libsvm", "models/svm/solver"},
    "jobs/run": set(),
    "jobs/dataset": {"jobs/run"},
    "jobs/predict": {"jobs/run"},
    "jobs/audit": {"jobs/dataset", "jobs/run"},
    "jobs/search": {"jobs/audit", "jobs/dataset", "jobs/predict", "jobs/run"},
    "jobs/report": {"jobs/run", "jobs/search"},
    "jobs/features/plan": {"jobs/audit", "jobs/dataset", "jobs/run"},
    "jobs/features/parts": {"jobs/features/plan", "jobs/run"},
    "jobs/features/result": {"jobs/features/parts", "jobs/features/plan", "jobs/run"},
}
# A folder of more source files hides how it is built: it gets floors.
MAX_SOURCES = 32


class Fence(NamedTuple):
    """A library whose headers stay where its fence allows them."""

    library: str
    headers: str  # pattern of the header's name
    home: str  # pattern of the files that may include it
    words: str  # the same, for the message


FENCES = [
    Fence("HDF5", r"H5\w*\.h|hdf5(_hl)?\.h", r"io/.*", "src/io"),
    Fence("MPI", r"mpi\.h|boost/mpi(/.*|\.hpp)", r"mpi/.*|main\.cpp", "src/mpi and src/main.cpp"),
    Fence("Boost.Serialization", r"boost/(serialization|archive)/.*", r"mpi/.*|jobs/.*|.*\.cpp",
          "src/mpi, src/jobs and .cpp files"),
    Fence("Boost.Iostreams", r"boost/iostreams/.*", r"(io|search)/.*\.cpp", "src/io/*.cpp and src/search/*.cpp"),
    Fence("Boost.Math", r"boost/math/.*", r"(prepare|report)/.*\.cpp", "src/prepare/*.cpp and src/report/*.cpp"),
    Fence("libcurl", r"curl/.*", r"staging/.*\.cpp", "src/staging/*.cpp"),
    Fence("OpenSSL", r"openssl/.*", r"staging/.*\.cpp", "src/staging/*.cpp"),
    Fence("xxHash", r"xxh(ash|3)\.h", r"io/.*\.cpp", "src/io/*.cpp"),
    Fence("ICU", r"unicode/.*", r"prepare/.*\.cpp", "src/prepare/*.cpp"),
    Fence("cpp-httplib", r"httplib\.h", r"jobs/.*\.cpp", "src/jobs/*.cpp"),
    Fence("libsvm", r"(libsvm/)?svm\.h", r"models/.*\.cpp", "src/models/*.cpp"),
    Fence("XGBoost", r"xgboost/.*", r"models/boosting/.*\.cpp", "src/models/boosting/*.cpp"),
    Fence("Highway", r"hwy/.*", r"models/.*\.cpp", "src/models/*.cpp"),
    Fence("yaml-cpp", r"yaml-cpp/.*", r"config/.*\.cpp", "src/config/*.cpp"),
    Fence("CLI11", r"CLI/.*", r"cli/.*\.cpp", "src/cli/*.cpp"),
    Fence("nlohmann-json", r"nlohmann/.*", r".*\.cpp", ".cpp files"),
    Fence("fmt", r"fmt/.*", r".*\.cpp", ".cpp files"),
    Fence("Armadillo", r"armadillo", r"core/matrix\.hpp|.*\.cpp", "src/core/matrix.hpp and .cpp files"),
]
STANDARD = re.compile(r"[a-z_0-9]+")  # <vector>, <cmath>; Armadillo's header has a fence
SYSTEM = re.compile(r"(sys|netinet|arpa)/\w+\.h|"
                    r"(unistd|fcntl|signal|poll|spawn|pthread|dlfcn|termios|sched|time|errno|pwd|locale|execinfo|malloc)\.h")

# Where names of the standard library come from. The compiler does not miss an include of what is precompiled.
NAMES = {
    "algorithm": "sort stable_sort partial_sort nth_element min_element max_element lower_bound upper_bound clamp copy_n "
                 "fill_n any_of all_of none_of find_if count_if min max",
    "array": "array",
    "atomic": "atomic",
    "cmath": "sqrt exp log pow abs isnan isinf isfinite floor ceil fabs nearbyint",
    "chrono": "chrono",
    "cstdint": "int8_t uint8_t int16_t uint16_t int32_t uint32_t int64_t uint64_t",
    "filesystem": "filesystem",
    "functional": "function",
    "limits": "numeric_limits",
    "map": "map multimap",
    "memory": "unique_ptr shared_ptr weak_ptr make_unique make_shared",
    "numeric": "accumulate iota inner_product",
    "optional": "optional nullopt",
    "set": "set multiset",
    "span": "span",
    "string": "string to_string getline",
    "string_view": "string_view",
    "tuple": "tuple make_tuple",
    "unordered_map": "unordered_map",
    "unordered_set": "unordered_set",
    "utility": "move pair exchange swap forward",
    "variant": "variant visit get_if holds_alternative",
    "vector": "vector",
}
HEADER_OF = {name: header for header, names in NAMES.items() for name in names.split()}
STD_NAME = re.compile(r"\bstd::(?:ranges::)?(\w+)")
COMMENT = re.compile(r"//.*")

UNNAMED = re.compile(r"^namespace \{\n(.*?)^\}  // namespace$", re.S | re.M)
OWN_CONSTANT = re.compile(r"^(?:constexpr|const|inline|static)\b[^;={(]*?\b(k[A-Z]\w*)\s*(?:\{|=|\[)", re.M)
OWN_TYPE = re.compile(r"^(?:class|struct|enum class) (\w+)\b(?!;)", re.M)
OWN_FUNCTION = re.compile(r"^[A-Za-z_][\w:<>,&* ]*?\b(\w+)\(([^;{()]*)\)[^;{]*\{", re.M)

INCLUDE = re.compile(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
MAX_LINES = 500

# Homes, scratch folders and package mirrors of one machine mean nothing on another.
LOCAL_PATH = re.compile(r"(?<![\w.}\-])/(?:work|root|home|Users)/[\w.]")
LOCAL_HOST = re.compile(r"[\w-]+\.pkg\.dev|jfrog\.io|artifact-?registry|localhost:\d+/(?:repository|artifactory)", re.I)
LISTS_THEM = {"tests/architecture/rules.py", "tests/architecture/rules_test.py"}


def include_problem(file: str, header: str, quoted: bool, src: Path) -> "str | None":
    """Returns what is wrong when `file` (path below src) includes `header`, or None."""
    if quoted:
        return room_problem(file, header, src)
    for fence in FENCES:
        if re.fullmatch(fence.headers, header):
            if re.fullmatch(fence.home, file):
                return None
            return f"includes <{header}>; {fence.library} stays in {fence.words}"
    if STANDARD.fullmatch(header) or SYSTEM.fullmatch(header):
        return None
    if (src / header).is_file():
        return f'includes <{header}>; our own headers are written "{header}"'
    return (f"includes <{header}>, a library nobody has named yet; "
            "give it a fence in tests/architecture/rules.py and a reason in ARCHITECTURE.md")


def room_problem(file: str, header: str, src: Path) -> "str | None":
    own, other = file.split("/")[0], header.split("/")[0]
    if not (src / header).is_file():
        return f'includes "{header}", which is not a file below src/ (write the full path from src/)'
    if other == own:
        return floor_problem(file, header)
    if other in ARROWS.get(own, set()):
        return None
    if own not in ARROWS:
        return f"is in no known room; the rooms are {', '.join(sorted(ARROWS))}"
    allowed = ", ".join(sorted(ARROWS[own])) or "nothing else"
    return f'includes "{header}"; {own} may include {allowed}'


def floor_problem(file: str, header: str) -> "str | None":
    own, other = (path.rsplit("/", 1)[0] for path in (file, header))
    room = file.split("/")[0]
    if own in (other, room) or other in FLOORS.get(own, set()):
        return None
    if own not in FLOORS:
        return f"is on no known floor; those of {room} are {', '.join(f for f in FLOORS if f.startswith(room + '/'))}"
    return f'includes "{header}"; {own} may include {", ".join(sorted(FLOORS[own])) or "no other floor"}'


def size_breaches(project: Path) -> Iterator[str]:
    for folder in sorted({path.parent for path in source_files(project)}):
        n = len(list(folder.glob("*.cpp")))
        if n > MAX_SOURCES:
            yield f"{folder.relative_to(project)}:{n}: has {n} source files; a folder has at most {MAX_SOURCES}"


def include_breaches(project: Path) -> Iterator[str]:
    src = project / "src"
    for path in source_files(project):
        for number, line in enumerate(text_of(path).splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quoted, header = match[1] is not None, match[1] or match[2]
            problem = include_problem(path.relative_to(src).as_posix(), header, quoted, src)
            if problem:
                yield f"{path.relative_to(project)}:{number}: {problem}"


def standard_breaches(project: Path) -> Iterator[str]:
    """A header includes what it names of the standard library."""
    for path in source_files(project):
        if path.suffix != ".hpp":
            continue
        text = text_of(path)
        included = {match[2] for line in text.splitlines() if (match := INCLUDE.match(line))}
        seen = set()
        for number, line in enumerate(text.splitlines(), 1):
            for name in STD_NAME.findall(COMMENT.sub("", line)):
                header = HEADER_OF.get(name)
                if header and header not in included | seen:
                    seen.add(header)
                    yield f"{path.relative_to(project)}:{number}: names std::{name} without including <{header}>"


def unnamed_names(text: str) -> "Iterator[tuple[str, int]]":
    """What a source file calls its own: constants, types that are no mere aliases, functions with their parameters'
    types. With the lines."""
    for block in UNNAMED.finditer(text):
        for pattern in (OWN_CONSTANT, OWN_TYPE, OWN_FUNCTION):
            for match in pattern.finditer(block[1]):
                name = match[1]
                if pattern is OWN_FUNCTION:
                    name += "(" + re.sub(r"\s*\w+(?=,|$)", "", " ".join(match[2].split())) + ")"
                yield name, text.count("\n", 0, block.start(1) + match.start(1)) + 1


def name_breaches(project: Path) -> Iterator[str]:
    """Any files of a room may be compiled as one: which ones changes with every file that comes."""
    seen = {}
    for path in source_files(project):
        if path.suffix != ".cpp":
            continue
        file = path.relative_to(project).as_posix()
        for name, line in unnamed_names(text_of(path)):
            first = seen.setdefault((file.split("/")[1], name), file)
            if first != file:
                yield f"{file}:{line}: calls its own {name} as {first} does; files of a room may be compiled as one"


def length_breaches(project: Path) -> Iterator[str]:
    for path in source_files(project):
        lines = len(text_of(path).splitlines())
        if lines >= MAX_LINES:
            yield f"{path.relative_to(project)}:{lines}: has {lines} lines; a file has fewer than {MAX_LINES}"


def guard_breaches(project: Path) -> Iterator[str]:
    for path in source_files(project):
        if path.suffix == ".hpp" and "#pragma once" not in text_of(path).splitlines()[:1]:
            yield f"{path.relative_to(project)}:1: a header begins with #pragma once"


def locality_breaches(project: Path) -> Iterator[str]:
    for path in project_files(project):
        name = path.relative_to(project).as_posix()
        if name in LISTS_THEM:
            continue
        for number, line in enumerate(text_of(path).splitlines(), 1):
            for what, pattern in (("a path", LOCAL_PATH), ("a package mirror", LOCAL_HOST)):
                match = pattern.search(line)
                if match:
                    yield f"{name}:{number}: names {what} of one machine: {match[0]}"


def source_files(project: Path) -> "list[Path]":
    return sorted(p for p in (project / "src").rglob("*") if p.suffix in (".hpp", ".cpp"))


def project_files(project: Path) -> "list[Path]":
    """Files under version control; where there is no git or no repository, all but build and run folders."""
    if shutil.which("git") and (project / ".git").exists():
        listing = subprocess.run(["git", "-C", project, "ls-files", "-z"], capture_output=True, check=False)
        if listing.returncode == 0:
            return [p for name in listing.stdout.decode().split("\0") if name and (p := project / name).is_file()]
    outside = {".git", "build", "runs"}
    return sorted(p for p in project.rglob("*") if p.is_file() and p.relative_to(project).parts[0] not in outside)


def text_of(path: Path) -> str:
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", "replace")  # compressed data and the like: nothing to read


def breaches(project: Path) -> "list[str]":
    return [*include_breaches(project), *standard_breaches(project), *length_breaches(project), *size_breaches(project), *name_breaches(project),
            *guard_breaches(project),
            *locality_breaches(project)]


def main() -> int:
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "src").is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    project = Path(sys.argv[1])
    found = breaches(project)
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{len(source_files(project))} source files, {len(found)} breaches")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
