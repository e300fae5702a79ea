#!/usr/bin/env bash
# Installs the Debian 12 packages that gridmill is built with and runs on. Needs root or sudo; asks nothing;
# does nothing (and does not touch the network) when all are there.
#
#   scripts/install-deps.sh            what building and running need
#   scripts/install-deps.sh --tests    and what the tests need: GoogleTest, benchmarks, scikit-learn to compare with
#   scripts/install-deps.sh --list     print the packages, install nothing (also with --tests)
set -euo pipefail

# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

packages=(
  # the tools
  g++ cmake ninja-build ccache
  # MPI
  openmpi-bin libopenmpi-dev libboost-mpi-dev libboost-serialization-dev
  # matrices; the serial OpenBLAS starts no threads of its own: the ranks are the parallelism
  libarmadillo-dev libopenblas0-serial
  # files: HDF5, CSV in gz and xz
  libhdf5-dev libboost-iostreams-dev
  # models
  libsvm-dev libxgboost-dev libhwy-dev
  # files at https:// and s3://; what a cloud says of a machine
  libcurl4-openssl-dev libssl-dev
  # letters of all languages in texts that are learnt from
  libicu-dev
  # config, command line, words
  libyaml-cpp-dev libcli11-dev libfmt-dev nlohmann-json3-dev libxxhash-dev
  # the page of a report: Vega draws its pictures, esbuild makes one script of it
  node-vega esbuild
  # ... and serves the page that follows a run
  libcpp-httplib-dev
  # the target `package`: Debian packages that know what they depend on
  dpkg-dev file
  # scripts/make-loans: the data of a demonstration; manual pages
  python3
)
test_packages=(
  libgtest-dev libgmock-dev libbenchmark-dev mold
  # what we must agree with, and who else reads our files
  python3-sklearn python3-xgboost python3-pandas python3-h5py libsvm-tools
  # the Python package: its config files, and how it is installed
  python3-yaml python3-pip python3-setuptools python3-wheel
  xz-utils shellcheck
  # terraform/: what stands in for the AWS provider (terraform itself is not in Debian: its tests are skipped without)
  python3-grpcio
  # what a report looks like in a browser, and who reads exported searches
  chromium python3-optuna
)

list_only=no
for argument in "$@"; do
  case $argument in
    --tests) packages+=("${test_packages[@]}") ;;
    --list) list_only=yes ;;
    -h | --help) sed -n '2,/^set/ { /^set/d; s/^# \{0,1\}//p }' "$0"; exit 0 ;;
    *) echo "install-deps.sh: unknown argument '$argument' (known: --tests, --list)" >&2; exit 2 ;;
  esac
done
if [[ $list_only == yes ]]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "install-deps.sh: this is not Debian (no apt-get); install by hand what '$0 --list' prints" >&2
  exit 1
fi
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
if [[ $codename != bookworm ]]; then
  echo "install-deps.sh: warning: gridmill is tested on Debian 12 (bookworm); this is '$codename', names may differ" >&2
fi

present=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true)
missing=()
for package in "${packages[@]}"; do
  grep -qx "installed $package" <<<"$present" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo "==> All ${#packages[@]} Debian packages are installed"
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "install-deps.sh: installing packages needs root: run this as root, or install sudo" >&2
    exit 1
  fi
  as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0)

step "Reading the package lists" "${apt[@]}" -q update
echo "    to install: ${missing[*]}"
step "Installing ${#missing[@]} packages and what they need" \
  "${apt[@]}" -q -y install --no-install-recommends "${missing[@]}"
