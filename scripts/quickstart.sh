#!/usr/bin/env bash
# From a bare Debian 12 to a cross-validated grid search on real data: installs what is missing, builds gridmill,
# searches the best support vector machine for 1,797 handwritten digits on two MPI ranks, and shows what features of
# related tables bring. Safe to run again: what is done is not done again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/steps.sh
source scripts/steps.sh

started=$SECONDS
scripts/install-deps.sh
step "Configuring the build" cmake --preset release
jobs=$(build_jobs)
step "Building gridmill ($jobs at a time)" cmake --build --preset release --parallel "$jobs"

# show COMMAND...: says the command, runs it and shows what it says. If it fails, the script ends with its exit code.
show() {
  local started=$SECONDS status=0
  echo "==> $*"
  "$@" || status=$?
  if ((status != 0)); then
    echo "quickstart.sh: failed: $* ended with exit code $status; its message is above" >&2
    exit "$status"
  fi
  echo "    done in $((SECONDS - started)) s"
}
export PATH=$PWD/build/release:$PATH

echo
echo "A search: the best support vector machine for handwritten digits"
show gridmill search configs/digits-svm.yaml --ranks 2

echo
echo "Features: who will not pay a loan back, by what applicants say of themselves, and by their history in four more tables"
[[ -e data/loans/applicants.csv ]] || show scripts/make-loans data/loans
[[ -e data/loans/loans.h5 ]] || show gridmill import configs/loans-features.yaml --quiet
for config in configs/loans-own.yaml configs/loans-features.yaml; do
  show gridmill features "$config" --ranks 1 --quiet
  show gridmill search "$config" --ranks 1 --quiet
done

# The first number of that name in a summary.json.
score() { sed -n 's/.*"roc_auc": *\([0-9.]*\).*/\1/p' "runs/$1/summary.json" | head -n 1; }
printf '\nArea under the ROC curve on the 600 applicants who came last, held out of both searches (0.5: as good as dice):\n'
printf '    what they say of themselves  %.3f\n' "$(score loans-own)"
printf '    with features of all tables  %.3f\n' "$(score loans-features)"

cat <<END

==> All done in $((SECONDS - started)) s. Next, try (after: export PATH=\$PWD/build/release:\$PATH):
    gridmill search configs/digits-svm.yaml --dry-run                    # what would be computed, without computing
    gridmill describe svc                                                # the hyperparameters you can search over
    gridmill predict runs/digits-svm data/digits.csv.gz -o predicted.csv # apply the model
    gridmill describe feature 'COUNT(previous WHERE outcome = refused)' configs/loans-features.yaml
END
