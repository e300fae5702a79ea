#!/usr/bin/python3
"""Installs the Debian packages in a bare Debian 12 and runs what they bring: the program, as a user, on the examples of
the package; manual pages, completion, the Python package.

usage: debian.py --packages FOLDER [--base TARBALL]    FOLDER: where cpack put them, and the tarball of `gridmill_tarball`, if it was made;
                                                       TARBALL: a bare Debian 12 that mmdebstrap has made, else it is made here.
needs root, mmdebstrap and Debian's packages from the network; exit code 77 where root or mmdebstrap is missing
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKIPPED = 77
PROJECT = Path(__file__).resolve().parents[2]
ALONE = r"""
set -eu
mount --make-rprivate /
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
mount --rbind /sys "$ROOT/sys"
mount -t tmpfs none "$ROOT/dev/shm"
exec chroot "$ROOT" /bin/bash -c "$INSIDE"
"""
EXAMPLES = "/usr/share/doc/gridmill/examples"
SEARCH = f"cd {EXAMPLES} && gridmill search configs/digits-svm.yaml --quiet --ranks 2 --output /srv/try/run"
FROM_PYTHON = """
import numpy, gridmill
from gridmill.model_selection import GridSearchCV
from sklearn.svm import SVC
X = numpy.random.RandomState(0).normal(size=(60, 3)); y = (X[:, 0] > 0).astype(int)
search = GridSearchCV(SVC(), {"C": [0.1, 10]}, cv=3).fit(X, y)
print("best", search.best_params_)
"""
COMPLETES = """
source /usr/share/bash-completion/completions/gridmill
COMP_WORDS=(gridmill sea) COMP_CWORD=1; _gridmill; echo "${COMPREPLY[@]}"
COMP_WORDS=(gridmill search --ra) COMP_CWORD=2; _gridmill; echo "${COMPREPLY[@]}"
COMP_WORDS=(gridmill describe f1_ma) COMP_CWORD=2; _gridmill; echo "${COMPREPLY[@]}"
"""


class Debian:
    """A bare Debian 12 in a folder, from a tarball of mmdebstrap's."""

    def __init__(self, root, base):
        self.root = root
        root.mkdir()
        subprocess.run(["tar", "-xpf", base, "-C", root, "--exclude=./dev/*"], check=True)

    def __call__(self, inside):
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "ROOT": str(self.root), "INSIDE": inside,
                       "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        result = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", ALONE], env=environment, capture_output=True,
                                text=True, check=False, timeout=1200)
        if result.returncode != 0:
            sys.exit(f"FAILED with exit code {result.returncode}: {inside}\n{result.stdout[-3000:]}{result.stderr[-3000:]}")
        return result.stdout

    def as_user(self, inside, **variables):
        words = "".join(f"export {name}='{value}'; " for name, value in variables.items())
        (self.root / "srv/try/inside.sh").write_text(words + inside)
        return self("runuser -u somebody -- bash /srv/try/inside.sh")


def expect(holds, words):
    if not holds:
        sys.exit(f"FAILED: {words}")
    print(f"ok: {words}", flush=True)


def make_base(path):
    subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates", "bookworm", path], check=True)
    return path


def check_tarball(debian, tarball):
    """The program without any package: unpacked by a user, with its own libraries and Open MPI."""
    shutil.copytree(PROJECT / "configs", debian.root / "srv/try/configs")
    (debian.root / "srv/try/data").mkdir()
    shutil.copy(PROJECT / "data/digits.csv.gz", debian.root / "srv/try/data")
    shutil.copy(tarball, debian.root / "srv/try/gridmill.tar.gz")
    debian("chown -R somebody /srv/try")
    debian.as_user("cd /srv/try && tar -xzf gridmill.tar.gz && mv gridmill-*-linux-gnu 'a place' && 'a place/bin/gridmill' version")
    debian.as_user("cd /srv/try && 'a place/bin/gridmill' search configs/digits-svm.yaml --quiet --ranks 2 --output of-tarball")
    expect((debian.root / "srv/try/of-tarball/summary.json").stat().st_size > 1000, "the tarball searches on two ranks, where no package is")


def check(packages, tarball, base, root):
    started = time.monotonic()
    debian = Debian(root, base)
    debian("useradd --create-home somebody && install -d -o somebody /srv/try")
    if tarball:
        check_tarball(debian, tarball)
    for path in packages:
        shutil.copy(path, root / "srv")
    program, python = sorted(f"/srv/{path.name}" for path in packages)
    debian(f"apt-get -q update && apt-get -q -y install --no-install-recommends {program}")
    print(f"the package after {time.monotonic() - started:.0f} s", flush=True)
    expect(debian.as_user("gridmill version").startswith("gridmill "), "the program says its version")
    debian.as_user(SEARCH)
    expect((root / "srv/try/run/summary.json").stat().st_size > 1000, "a search of the examples on two ranks, by a user who is not root")
    expect("mpirun" in debian("ldd /usr/bin/gridmill | grep -i 'not found' || true; command -v mpirun"), "mpirun comes along")
    expect(debian("ldd /usr/bin/gridmill | grep -c openblas || readlink -f /usr/lib/x86_64-linux-gnu/libblas.so.3").strip() != "", "a BLAS is there")
    expect("openblas-serial" in debian("readlink -f $(ldd /usr/bin/gridmill | awk '/libblas/ {print $3}')"), "it is the BLAS without threads")
    expect(debian(f"bash -c '{COMPLETES}'").split() == ["search", "--ranks", "f1_macro"], "bash completes commands, flags and topics")
    pages = debian("ls /usr/share/man/man1 /usr/share/man/man5 /usr/share/man/man7 | grep gridmill").split()
    expect({"gridmill.1.gz", "gridmill-search.1.gz", "gridmill-config.5.gz", "gridmill-models.7.gz"} <= set(pages), f"{len(pages)} manual pages")
    debian(f"apt-get -q -y install --no-install-recommends {python} python3-sklearn")
    expect("best {'C': " in debian.as_user(f"cd /srv/try && python3 -c '{FROM_PYTHON}'"), "GridSearchCV from Python")
    debian("apt-get -q -y purge gridmill python3-gridmill")
    left = debian("find / -xdev -path /proc -prune -o -path /srv -prune -o -name '*gridmill*' -print | grep -v '^/var/lib/dpkg\\|^/dev' || true")
    expect(left == "", f"nothing is left after a purge: {left}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--base", type=Path)
    given = parser.parse_args()
    packages, tarballs = (sorted(given.packages.glob(pattern)) for pattern in ("*.deb", "*.tar.gz"))
    if os.geteuid() != 0 or not shutil.which("mmdebstrap"):
        print("skipped: needs root and mmdebstrap")
        return SKIPPED
    expect(len(packages) == 2, f"two packages: {', '.join(f'{path.name}, {path.stat().st_size / 1e6:.1f} MB' for path in packages)}")
    with tempfile.TemporaryDirectory(prefix="gridmill-debian-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        check(packages, tarballs[0] if tarballs else None, given.base or make_base(folder / "base.tar"), folder / "root")
    return 0


if __name__ == "__main__":
    sys.exit(main())
