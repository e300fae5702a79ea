#!/usr/bin/env bash
# Installs what is missing, builds gridmill and its tests, and runs them: unit, MPI at several rank counts, command
# line, architecture, package, robustness; and the unit and MPI tests once more with the address and undefined-behaviour
# sanitizers. Ends with one line that counts them. Exit code 0 only if everything passed.
#
#   scripts/test.sh            everything
#   scripts/test.sh --fast     without the sanitizers
#   scripts/test.sh --long     everything, all rooms with the sanitizers, each header compiled alone and the benchmarks built,
#                              then the long forms of tests/robustness, tests/staging/s3.py, tests/cluster/hosts.py and aws.py,
#                              and tests/terraform/nodes.py;
#                              tests/package/debian.py and container.py; tests/cluster/slurm.py
#   scripts/test.sh --outside  only the tests that have more to check where GRIDMILL_SHARED names a folder of data that does
#                              not belong to the project
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/steps.sh
source scripts/steps.sh

tests=all
long=no
label=()
left_out=(--exclude-regex '^architecture\.headers_compile_alone$')  # two minutes of compiling: left to --long and to `ctest`
configure=(-DGRIDMILL_BUILD_BENCH=OFF)
case ${1:-} in
  "") ;;
  --fast) tests=dev ;;
  --long)
    long=yes
    left_out=()
    configure=(-DGRIDMILL_SANITIZE_ALL=ON -DGRIDMILL_BUILD_BENCH=ON)
    export GRIDMILL_TEST_LONG=1  # tests that measure are strict then
    ;;
  --outside)
    [[ -d ${GRIDMILL_SHARED:-} ]] || { echo "test.sh: --outside: GRIDMILL_SHARED names no folder" >&2; exit 2; }
    label=(--label-regex '^outside$' --label-exclude '^sanitized$')  # the sanitizers have seen this code before
    ;;
  -h | --help) sed -n '2,/^set/ { /^set/d; s/^# \{0,1\}//p }' "$0"; exit 0 ;;
  *) echo "test.sh: unknown argument '$1' (known: --fast, --long, --outside)" >&2; exit 2 ;;
esac

started=$SECONDS
scripts/install-deps.sh --tests
jobs=$(build_jobs)
step "Configuring the build" cmake --preset dev "${configure[@]}"
step "Building gridmill and its tests ($jobs at a time)" cmake --build --preset dev --parallel "$jobs"
if [[ $tests == all ]]; then
  step "Building the tests with sanitizers" cmake --build --preset sanitized --parallel "$jobs"
fi
echo "==> Testing"
log=build/dev/test-output.txt
status=0
# One more at a time than there are cores: several wait for others more than they compute.
ctest --preset "$tests" "${label[@]}" "${left_out[@]}" --parallel "$(($(nproc) + 1))" | tee "$log" || status=${PIPESTATUS[0]}
closing=$(sed -n 's/^[0-9]*% tests passed, \([0-9]*\) tests failed out of \([0-9]*\)$/\1 \2/p' "$log")
if [[ -z $closing ]]; then
  echo "test.sh: failed: ctest could not run the tests (exit code $status)" >&2
  exit 1
fi
read -r failed run <<<"$closing"
skipped=$(grep -c '(Skipped)$' "$log" || true)
passed=$((run - failed - skipped))
if [[ $long == yes ]]; then
  for script in tests/robustness/*.py tests/staging/s3.py; do
    echo "==> Running ${script##*/} in its long form"
    if /usr/bin/python3 -B "$script" --gridmill build/dev/gridmill --long; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
    fi
  done
  for script in tests/cluster/hosts.py tests/cluster/aws.py; do
    echo "==> Running $script in its long form (skipped without root and sshd)"
    status_of_hosts=0
    /usr/bin/python3 -B "$script" --gridmill build/dev/gridmill --long || status_of_hosts=$?
    case $status_of_hosts in
      0) passed=$((passed + 1)) ;;
      77) skipped=$((skipped + 1)) ;;
      *) failed=$((failed + 1)) ;;
    esac
  done
  echo "==> Running tests/terraform/nodes.py in its long form"
  if /usr/bin/python3 -B tests/terraform/nodes.py --long; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
  step "Making the packages" cpack --config build/dev/CPackConfig.cmake -B build/dev/packages
  step "Making the tarball" cmake --build --preset dev --target gridmill_tarball
  for script in tests/package/debian.py tests/package/container.py; do
    echo "==> Running $script (skipped without root, mmdebstrap, or buildah and crun)"
    status_of_package=0
    /usr/bin/python3 -B "$script" --packages build/dev/packages || status_of_package=$?
    case $status_of_package in
      0) passed=$((passed + 1)) ;;
      77) skipped=$((skipped + 1)) ;;
      *) failed=$((failed + 1)) ;;
    esac
  done
  echo "==> Running tests/cluster/slurm.py (skipped without root and Slurm)"
  if /usr/bin/python3 -B tests/cluster/slurm.py --gridmill build/dev/gridmill; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
fi

echo "==> Tested in $((SECONDS - started)) s"
((skipped == 0)) || echo "    $skipped skipped (the reasons are above)"
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
