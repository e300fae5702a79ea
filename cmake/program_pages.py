#!/usr/bin/env python3
"""Makes manual pages and the completion of bash out of what the program says of itself: --help of each command, and `describe`.

usage: program_pages.py PROGRAM SHARE    writes SHARE/man/man1/gridmill.1 and more, SHARE/bash-completion/completions/gridmill
"""
import re
import subprocess
import sys
from pathlib import Path

ENTRY = re.compile(r"^  (\S.*?)(?: {2,}(\S.*))?$")
MORE = re.compile(r"^ {6,}(\S.*)$")


def said(program, *words):
    return subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout


def escaped(text):
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return r"\&" + text if text.startswith((".", "'")) else text


def entries(lines):
    """Pairs of a name and what it means, from lines of two columns; a meaning may begin, or go on, in the next lines."""
    pairs = []
    for line in lines:
        if (found := MORE.match(line)) and pairs:
            pairs[-1][1] += (" " if pairs[-1][1] else "") + found[1]
        elif found := ENTRY.match(line):
            pairs.append([found[1], found[2] or ""])
    return pairs


def blocks(text):
    """The blocks of a help text, by the title that each begins with; those without one are ''."""
    parts = []
    for block in re.split(r"\n{2,}", text.strip()):
        first, *rest = block.splitlines()
        if re.fullmatch(r"[A-Z][^:]*( \([^)]*\))?:", first):
            parts.append((first[:-1], rest))
        else:
            parts.append(("", block.splitlines()))
    return parts


def described(pairs):
    return [f".TP\n.B {escaped(name)}\n{escaped(meaning)}" for name, meaning in pairs]


def verbatim(lines):
    return [".nf", *map(escaped, lines), ".fi"]


def page(name, section, summary, version, parts):
    head = [f'.TH {name.upper()} {section} "" "gridmill {version}" "gridmill"', ".SH NAME", f"{escaped(name)} \\- {escaped(summary)}"]
    for title, lines in parts:
        head += [f".SH {title.upper()}", *lines]
    return "\n".join(head) + "\n"


def command_page(name, text, version):
    parts, summary = [], ""
    for title, lines in blocks(text):
        if not title and (usage := [line for line in lines if line.startswith("Usage: ")]):
            summary = lines[0].removeprefix("gridmill: ")
            parts.append(("Synopsis", [".B " + escaped(usage[0].removeprefix("Usage: "))]))
        elif title in ("Positionals", "Options", "Subcommands"):
            parts.append((title, described(entries(lines))))
        elif title == "Examples":
            parts.append((title, verbatim(line.strip() for line in lines)))
        elif lines[0].startswith("Exit codes: "):
            codes = " ".join(lines).removeprefix("Exit codes: ").rstrip(".").split("; ")
            parts.append(("Exit status", described(code.split(" ", 1) for code in codes)))
        else:
            parts.append(("Description", [escaped(line) for line in lines]))
    order = ["Synopsis", "Description", "Positionals", "Subcommands", "Options", "Examples", "Exit status"]
    return page(name, 1, summary, version, sorted(parts, key=lambda part: order.index(part[0])))


def commands_of(text):
    return [name for title, lines in blocks(text) if title == "Subcommands" for name, _ in entries(lines)]


def flags_of(text):
    flags = []
    for title, lines in blocks(text):
        if title == "Options":
            flags += [flag for name, _ in entries(lines) for flag in re.findall(r"(?<![\w-])--?[a-z][\w-]*", name.split(" Excludes:")[0].split(" ")[0])]
    return flags


def names_of(text):
    return [name.removeprefix("* ").strip() for _, lines in blocks(text) for name, _ in entries(lines) if re.fullmatch(r"[\w.]+", name)]


def completion(helps, topics):
    cases = "\n".join(f'    {name}) flags="{" ".join(flags_of(text))}" ;;' for name, text in helps.items())
    return f"""# Completion of gridmill for bash; made from its --help.
_gridmill() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} flags=""
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "{" ".join(helps)} --help --version" -- "$word")
    return
  fi
  case ${{COMP_WORDS[1]}} in
{cases}
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$word")
  elif [[ ${{COMP_WORDS[1]}} == describe ]]; then
    mapfile -t COMPREPLY < <(compgen -W "{" ".join(topics)}" -- "$word")
  fi
}}
complete -o default -F _gridmill gridmill
"""


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    program, share = sys.argv[1], Path(sys.argv[2])
    version = said(program, "version").split()[1]
    whole = said(program, "--help")
    helps = {name: said(program, name, "--help") for name in commands_of(whole)}
    pages = {"man1/gridmill.1": command_page("gridmill", whole, version)}
    pages |= {f"man1/gridmill-{name}.1": command_page(f"gridmill-{name}", text, version) for name, text in helps.items()}
    options, places = said(program, "describe", "options"), said(program, "describe", "places")
    pages["man5/gridmill-config.5"] = page(
        "gridmill-config", 5, "the YAML file of a job", version,
        [("Options", described(entries(options.splitlines()))), ("Where a job runs", described(entries(places.splitlines()))),
         ("See also", [escaped("gridmill describe OPTION tells type, range and default of each.")])])
    models, metrics, primitives = (said(program, "describe", topic) for topic in ("models", "metrics", "primitives"))
    pages["man7/gridmill-models.7"] = page(
        "gridmill-models", 7, "models and metrics", version,
        [(name, verbatim(said(program, "describe", name).splitlines())) for name in names_of(models)] +
        [("Metrics", described(entries(metrics.splitlines())))])
    pages["man7/gridmill-primitives.7"] = page(
        "gridmill-primitives", 7, "aggregations and transforms that features are made with", version,
        [("Primitives", verbatim(primitives.splitlines()))])
    for name, text in pages.items():
        path = share / "man" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    topics = ["options", "places", "models", "metrics", "primitives", "primitive", "feature", *names_of(models), *names_of(metrics), *names_of(options)]
    path = share / "bash-completion/completions/gridmill"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(completion(helps, dict.fromkeys(topics)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
