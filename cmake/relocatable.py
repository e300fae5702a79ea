#!/usr/bin/env python3
"""Makes a tarball of gridmill with all libraries and the Open MPI that it needs, to be unpacked anywhere, for machines where nobody may
install packages. They need glibc and libstdc++ at least as new as those here, and start ranks on one host: other hosts would
not find Open MPI by ssh.

usage: relocatable.py PROGRAM VERSION OUT.tar.gz    on Debian, where PROGRAM runs
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# What every system has, and must have of its own: the C library with the loader, and the compiler's libraries.
SYSTEM = re.compile(r"(ld-linux.*|lib(c|m|dl|rt|pthread|resolv|util|gcc_s|stdc\+\+))\.so\..*")
WRAPPER = """#!/bin/sh
# Tells Open MPI and the loader where this tree is.
here=$(dirname "$(dirname "$(readlink -f "$0")")")
export OPAL_PREFIX="$here" OPAL_SYSCONFDIR="$here/etc/openmpi" PMIX_INSTALL_PREFIX="$here/{libraries}/pmix2"
export PATH="$here/openmpi:$PATH" LD_LIBRARY_PATH="$here/{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
command -v ssh >/dev/null || export OMPI_MCA_plm=isolated # else mpirun does not start without ssh, even for ranks beside it
exec "$here/libexec/gridmill" "$@"
"""


def libraries_of(files):
    """All libraries that the loader finds for these files: {name: path}. Error: one that it does not find."""
    found = {}
    for line in subprocess.run(["ldd", *files], capture_output=True, text=True, check=True).stdout.splitlines():
        if " => not found" in line:
            sys.exit(f"relocatable.py: {line.strip()}")
        if match := re.match(r"\s+(\S+) => (/\S+) \(", line):
            found[match[1]] = Path(match[2])
    return {name: path for name, path in found.items() if not SYSTEM.fullmatch(name)}


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    program, version, out = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]).resolve()
    architecture = subprocess.run(["gcc", "-print-multiarch"], capture_output=True, text=True, check=True).stdout.strip()
    libraries = f"lib/{architecture}"
    trees = [Path("/usr") / libraries / name for name in ("openmpi/lib/openmpi3", "pmix2/lib/pmix")]
    plugins = [path for tree in trees for path in tree.glob("*.so")]
    starters = [Path(shutil.which(name)).resolve() for name in ("orterun", "orted")]
    # Plugins for networks of clusters need drivers of those; without its libraries one is left out by Open MPI.
    plain = [path for path in plugins if not re.search(r"_(ofi|psm2?|ucx|usnic|openib)\.so$", path.name)]
    with tempfile.TemporaryDirectory(prefix="gridmill-tarball-") as folder:
        root = Path(folder) / f"gridmill-{version}-{architecture}"
        for name in ("bin", "libexec", "openmpi", libraries, "etc", "share"):
            (root / name).mkdir(parents=True)
        shutil.copy(program, root / "libexec/gridmill")
        subprocess.run(["strip", root / "libexec/gridmill"], check=True)
        for path, name in zip(starters, ("mpirun", "orted")):
            shutil.copy(path, root / "openmpi" / name)
        for path in plain:
            target = root / path.relative_to("/usr")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        for name, path in libraries_of([program, *starters, *plain]).items():
            shutil.copy(path, root / libraries / name)
        shutil.copytree("/usr/share/openmpi", root / "share/openmpi", ignore=shutil.ignore_patterns("*.mod"))
        shutil.copytree("/etc/openmpi", root / "etc/openmpi")
        if (help_texts := Path("/usr") / libraries / "pmix2/share").exists():
            shutil.copytree(help_texts, root / libraries / "pmix2/share")
        wrapper = root / "bin/gridmill"
        wrapper.write_text(WRAPPER.format(libraries=libraries))
        wrapper.chmod(0o755)
        subprocess.run(["tar", "-czf", out, "--owner=0", "--group=0", "--sort=name", "-C", folder, root.name], check=True)
    print(f"{out.name}: {out.stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
