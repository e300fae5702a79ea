#!/usr/bin/python3
"""Runs the second half of container/Dockerfile without a Docker engine, on a base made here, and tries the image. What its first
half makes, the packages, is given: compiling is not tried here, nor the registry's base.

usage: container.py --packages FOLDER [--base TARBALL]    as debian.py; needs root, mmdebstrap, buildah and Debian's packages from the network;
                                         exit code 77 where one of the first three is missing
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
PROJECT = Path(__file__).resolve().parents[2]
MOST_COMPRESSED = 200  # [MB]


def expect(holds, words):
    if not holds:
        sys.exit(f"FAILED: {words}")
    print(f"ok: {words}", flush=True)


class Buildah:
    """buildah with storage of its own in a folder; no engine, no name spaces."""

    def __init__(self, folder):
        self.line = ["buildah", "--root", str(folder / "storage"), "--runroot", str(folder / "run")]
        self.environment = dict(os.environ, STORAGE_DRIVER="vfs", BUILDAH_ISOLATION="chroot")

    def __call__(self, *words):
        result = subprocess.run([*self.line, *map(str, words)], env=self.environment, capture_output=True, text=True, check=False, timeout=1800)
        if result.returncode != 0:
            sys.exit(f"FAILED: buildah {' '.join(map(str, words))}\n{result.stdout[-2000:]}{result.stderr[-3000:]}")
        return result.stdout.strip()


def make_base(buildah, folder, base):
    if not base:
        base = folder / "base.tar"
        subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates", "bookworm", base], check=True)
    container = buildah("from", "scratch")
    buildah("add", "--quiet", container, base, "/")
    buildah("commit", "--quiet", "--rm", container, "localhost/base")


def apt_settings():
    """What apt needs on this machine, such as a proxy, for the steps only."""
    return [word for name in ("/etc/apt/apt.conf", "/etc/apt/apt.conf.d") if Path(name).exists() for word in ("--volume", f"{name}:{name}:ro")]


def check(packages, base, folder):
    given = folder / "given/packages"
    given.mkdir(parents=True)
    shutil.copy(packages, given)
    buildah = Buildah(folder)
    make_base(buildah, folder, base)
    buildah("bud", "--pull-never", "--layers=false", *apt_settings(), "--build-arg", "DEBIAN=localhost/base", "--build-context",
            f"build={folder}/given", "--target", "runtime", "-t", "gridmill", "-f", PROJECT / "container/Dockerfile", PROJECT)
    container = buildah("from", "--pull-never", "localhost/gridmill")
    expect(buildah("run", container, "--", "gridmill", "version").startswith("gridmill "), "the image has gridmill")
    expect(buildah("run", container, "--", "id", "-un") == "gridmill", "its user is not root")
    search = "cd /usr/share/doc/gridmill/examples && gridmill search configs/digits-svm.yaml --quiet --ranks 2 --output /data/run"
    buildah("run", container, "--", "sh", "-c", search)
    expect(buildah("run", container, "--", "ls", "/data/run/summary.json") != "", "a search on two ranks")
    buildah("push", "--quiet", "localhost/gridmill", f"oci-archive:{folder}/image.tar")
    compressed = (folder / "image.tar").stat().st_size / 1e6
    unpacked = int(buildah("run", "--user", "0", container, "--", "du", "-sxm", "--exclude=/proc", "--exclude=/data", "/").split()[0])
    expect(compressed < MOST_COMPRESSED, f"{compressed:.0f} MB compressed, {unpacked} MiB unpacked, with the base")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--base", type=Path)
    given = parser.parse_args()
    packages = sorted(given.packages.glob("gridmill_*.deb"))
    missing = [name for name in ("mmdebstrap", "buildah") if not shutil.which(name)]
    if os.geteuid() != 0 or missing:
        print(f"skipped: needs root, {', '.join(missing)}")
        return SKIPPED
    expect(len(packages) == 1, f"a package: {packages[0].name if packages else 'none'}")
    with tempfile.TemporaryDirectory(prefix="gridmill-container-") as name:
        check(packages[0], given.base and given.base.resolve(), Path(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
