#!/usr/bin/env bash
# From a bare Debian 12 to a cross-validated grid search on real data: installs what is missing, builds gridmill,
# searches the best support vector machine for 1,797 handwritten digits on two MPI ranks. Safe to run again: what is
# done is not done again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/steps.sh
source scripts/steps.sh

started=$SECONDS
scripts/install-deps.sh
step "Configuring the build" cmake --preset release
jobs=$(build_jobs)
step "Building gridmill ($jobs at a time)" cmake --build --preset release --parallel "$jobs"

search_started=$SECONDS
echo "==> Searching: gridmill search configs/digits-svm.yaml --ranks 2"
build/release/gridmill search configs/digits-svm.yaml --ranks 2 || {
  status=$?
  echo "quickstart.sh: failed: gridmill search ended with exit code $status; its message is above" >&2
  exit "$status"
}
echo "    done in $((SECONDS - search_started)) s"

cat <<END

==> All done in $((SECONDS - started)) s. Next, try:
    build/release/gridmill search configs/digits-svm.yaml --dry-run    # what would be computed, without computing
    build/release/gridmill describe svc                                # the hyperparameters you can search over
    scripts/make-loans data/loans && build/release/gridmill import configs/loans-features.yaml && \\
      build/release/gridmill features configs/loans-features.yaml     # features of five related tables
    build/release/gridmill predict runs/digits-svm data/digits.csv.gz -o predicted.csv  # apply the model
END
