#!/usr/bin/env python3
"""Counts how large the pieces of the house are: what ARCHITECTURE.md states.

usage: figures.py PROJECT

Prints source files a folder, lines a file and a function (median, 90 % have at most, greatest), and includes between rooms.
A function reaches from its first line to the brace that ends it, as clang-format sets it; one-liners count as one line.
"""
import collections
import re
import statistics
import sys
from pathlib import Path

NO_FUNCTION = re.compile(r"^\s*(namespace|class|struct|enum|union|extern|if|for|while|switch|else|do|return|case|default|"
                         r"public|private|protected|\}|#|//|using|try|catch)\b")
OPENS = re.compile(r"\)[^()=]*\{$|\)\s*:.*\{$|^\s+(: |  )?\w+[({].*\{$")


def spread(numbers: list[int]) -> str:
    ordered = sorted(numbers)
    return f"{statistics.median(ordered):.0f}, {ordered[int(0.9 * (len(ordered) - 1))]}, {ordered[-1]}"


def functions(lines: list[str]) -> list[tuple[int, int]]:
    """First line and number of lines of each function on the levels of namespace and class."""
    found = []
    skip_to = 0
    for i, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if i < skip_to or indent > 4 or not line.rstrip().endswith("{") or not OPENS.search(line.rstrip()):
            continue
        first = i
        while first > 0 and lines[first - 1].strip() and not lines[first - 1].rstrip().endswith((";", "}", "{", ":")) \
                and not lines[first - 1].lstrip().startswith("//"):
            first -= 1
        if NO_FUNCTION.match(lines[first]):
            continue
        indent = len(lines[first]) - len(lines[first].lstrip())
        for end in range(i + 1, len(lines)):
            if lines[end].startswith(" " * indent + "}"):
                found.append((first, end - first + 1))
                skip_to = end + 1
                break
    return found


def main() -> int:
    root = Path(sys.argv[1]) / "src"
    sources = sorted(p for p in root.rglob("*.?pp"))
    per_folder = collections.Counter(p.parent.relative_to(root) for p in sources if p.suffix == ".cpp")
    print("source files (.cpp) a folder:")
    for folder, n in per_folder.most_common():
        print(f"  {n:3} {folder}")
    line_counts = {p: p.read_text().splitlines() for p in sources}
    print(f"files: {len(sources)}; lines a file (median, 90 %, greatest): {spread([len(t) for t in line_counts.values()])}")
    lengths = []
    for path, lines in line_counts.items():
        lengths += [(n, f"{path.relative_to(root)}:{first + 1}") for first, n in functions(lines)]
    print(f"functions: {len(lengths)}; lines a function (median, 90 %, greatest): {spread([n for n, _ in lengths])}")
    for n, where in sorted(lengths, reverse=True)[:5]:
        print(f"  {n:3} {where}")
    arrows = collections.Counter()
    for path, lines in line_counts.items():
        room = path.relative_to(root).parts[0]
        for line in lines:
            include = re.match(r'#include "(\w+)/', line)
            if include and include[1] != room:
                arrows[f"{room} -> {include[1]}"] += 1
    print(f"includes from room to room: {sum(arrows.values())} along {len(arrows)} arrows")
    for arrow, n in sorted(arrows.items()):
        print(f"  {n:4} {arrow}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
