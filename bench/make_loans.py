#!/usr/bin/python3
"""Makes the five tables that bench/peers/loans_features.yaml, duckdb_loans.mjs and pandas_loans.py read.

    bench/make_loans.py FOLDER [APPLICANTS [SEED]]        50,000 and 1, if not given

Writes applicants.csv, bureau.csv, balances.csv, previous.csv and card.csv, nothing where a value is missing. Equal
arguments give equal files (with one version of numpy), and more applicants the same ones first: they are drawn in blocks of
5,000, each from a seed of its own, which also bounds the memory. Children come in no order. Prints rows and bytes.
"""
import os
import sys

import numpy as np
import pandas as pd

BLOCK = 5_000
DAY = 86_400
EPOCH = int(pd.Timestamp("2017-06-01").timestamp())
COLUMNS = {
    "applicants": "applicant_id target application_time birth_date income credit_amount annuity n_children ext_score "
                  "education family_status region owns_car owns_realty",
    "bureau": "bureau_id applicant_id open_time credit_type status amount debt days_overdue prolonged secured",
    "balances": "balance_id bureau_id month state balance paid",
    "previous": "prev_id applicant_id decision_time contract_type outcome asked granted insured",
    "card": "activity_id applicant_id activity_time kind merchant amount items online",
}


class Draw:
    """Random columns of one block."""

    def __init__(self, seed, block):
        self.random = np.random.Generator(np.random.PCG64([seed, block]))

    def share(self, n, p):
        return self.random.random(n) < p

    def whole(self, n, least, end):
        return self.random.integers(least, end, n)

    def money(self, n, middle, spread):
        return np.round(self.random.lognormal(np.log(middle), spread, n), 2)

    def words(self, n, *words):
        """The earlier ones more often."""
        weights = 1 / np.arange(1, len(words) + 1)
        return np.array(words, dtype=object)[self.random.choice(len(words), n, p=weights / weights.sum())]

    def children(self, n, mean, none):
        """How many children each of n parents has: none in a share of cases, few as a rule, many now and then."""
        some = 1 + self.random.negative_binomial(1.5, 1.5 / (1.5 + mean / (1 - none) - 1), n)
        return np.where(self.share(n, none), 0, some)

    def missing(self, values, p):
        """The values as a column, a share of them missing."""
        column = pd.Series(values)
        column = column.astype({"i": "Int64", "b": "boolean"}.get(column.dtype.kind, column.dtype))
        return column.mask(self.share(len(column), p))

    def shuffled(self, columns):
        order = self.random.permutation(len(next(iter(columns.values()))))
        return {name: values.iloc[order] if hasattr(values, "iloc") else values[order] for name, values in columns.items()}


def time(seconds):
    return pd.Series((seconds * 1_000_000_000).astype("datetime64[ns]"))


def block_of(draw, n, first):
    """The rows of n applicants; ids count on from `first`, the numbers of rows before."""
    def ids(table, count, step, start):
        return (first[table] + np.arange(count)) * step + start

    applicant = ids("applicants", n, 3, 200_001)
    applied = EPOCH + draw.whole(n, 0, 4 * 365 * DAY)
    income, credit = draw.money(n, 38_000, 0.6), draw.money(n, 260_000, 0.8)
    score = draw.random.random(n)
    risk = 0.04 + 0.10 * (credit > 9 * income) + 0.12 * (score < 0.3)
    applicants = {
        "applicant_id": applicant, "target": draw.share(n, risk).astype(int), "application_time": time(applied),
        "birth_date": time((applied - draw.whole(n, 20 * 365, 70 * 365) * DAY) // DAY * DAY),
        "income": draw.missing(income, 0.02), "credit_amount": credit,
        "annuity": draw.missing(np.round(credit / draw.whole(n, 10, 70), 2), 0.01),
        "n_children": draw.random.poisson(0.5, n), "ext_score": draw.missing(np.round(score, 6), 0.25),
        "education": draw.words(n, "school", "college", "trade", "university", "none"),
        "family_status": draw.missing(draw.words(n, "married", "single", "partner", "divorced", "widowed"), 0.03),
        "region": draw.words(n, *(f"region {i}" for i in range(20))),
        "owns_car": draw.share(n, 0.35), "owns_realty": draw.missing(draw.share(n, 0.7), 0.05)}

    owner = np.repeat(np.arange(n), draw.children(n, 5, 0.1))
    n_credits = len(owner)
    opened = applied[owner] - draw.whole(n_credits, 20 * DAY, 3 * 365 * DAY)
    amount = np.where(draw.share(n_credits, 0.05), 0, draw.money(n_credits, 60_000, 1.1))
    bureau_id = ids("bureau", n_credits, 2, 7_000_000)
    bureau = {
        "bureau_id": bureau_id, "applicant_id": applicant[owner], "open_time": time(opened),
        "credit_type": draw.words(n_credits, "consumer", "card", "car", "mortgage", "micro", "business", "student"),
        "status": draw.missing(draw.words(n_credits, "closed", "active", "sold", "bad debt"), 0.02), "amount": amount,
        "debt": draw.missing(np.round(amount * draw.random.random(n_credits) - 100, 2), 0.15),
        "days_overdue": draw.share(n_credits, 0.1) * draw.whole(n_credits, 1, 400),
        "prolonged": draw.missing(draw.random.poisson(0.3, n_credits), 0.1), "secured": draw.share(n_credits, 0.4)}

    of = np.repeat(np.arange(n_credits), draw.children(n_credits, 9.6, 0.05))
    n_months = len(of)
    balances = {
        "balance_id": ids("balances", n_months, 1, 1), "bureau_id": bureau_id[of],
        "month": time((opened[of] // DAY + 30 * draw.whole(n_months, 1, 36)) * DAY),
        "state": draw.words(n_months, "paid", "open", "late", "very late", "written off", "unknown"),
        "balance": draw.missing(np.round(amount[of] * draw.random.random(n_months), 2), 0.05),
        "paid": draw.missing(draw.share(n_months, 0.85), 0.02)}

    owner = np.repeat(np.arange(n), draw.children(n, 3, 0.2))
    n_previous = len(owner)
    asked = draw.money(n_previous, 90_000, 0.9)
    outcome = draw.words(n_previous, "approved", "refused", "cancelled", "unused")
    previous = {
        "prev_id": ids("previous", n_previous, 5, 300), "applicant_id": applicant[owner],
        "decision_time": time(applied[owner] - draw.whole(n_previous, DAY, 2 * 365 * DAY)),
        "contract_type": draw.words(n_previous, "cash", "consumer", "revolving"), "outcome": outcome, "asked": asked,
        "granted": pd.Series(np.round(asked * draw.random.random(n_previous), 2)).where(outcome == "approved"),
        "insured": draw.missing(draw.share(n_previous, 0.3), 0.3)}

    owner = np.repeat(np.arange(n), draw.children(n, 10, 0.25))
    n_card = len(owner)
    card = {
        "activity_id": ids("card", n_card, 1, 1), "applicant_id": applicant[owner],
        "activity_time": time(applied[owner] - draw.whole(n_card, 0, 365 * DAY)),
        "kind": draw.words(n_card, "purchase", "cash", "transfer", "refund", "fee"),
        "merchant": draw.words(n_card, *(f"shop {i}" for i in range(60))),
        "amount": draw.money(n_card, 40, 1.2) * np.where(draw.share(n_card, 0.05), -1, 1),
        "items": draw.missing(draw.random.poisson(3, n_card), 0.1), "online": draw.share(n_card, 0.45)}
    return {"applicants": applicants, "bureau": draw.shuffled(bureau), "balances": draw.shuffled(balances),
            "previous": draw.shuffled(previous), "card": draw.shuffled(card)}


def main():
    folder = sys.argv[1]
    n_applicants = int(sys.argv[2]) if len(sys.argv) > 2 else 50_000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    os.makedirs(folder, exist_ok=True)
    rows = dict.fromkeys(COLUMNS, 0)
    files = {name: open(f"{folder}/{name}.csv", "w", newline="") for name in COLUMNS}
    for block, done in enumerate(range(0, n_applicants, BLOCK)):
        made = block_of(Draw(seed, block), BLOCK, rows)
        if n_applicants - done < BLOCK:  # drawn whole, so that the first are the same ones
            made = first_of(made, n_applicants - done)
        for name, columns in made.items():
            frame = pd.DataFrame({c: np.asarray(v) if not hasattr(v, "array") else v.array for c, v in columns.items()},
                                 columns=COLUMNS[name].split())
            frame.to_csv(files[name], index=False, header=block == 0, lineterminator="\n")
            rows[name] += len(frame)
    for file in files.values():
        file.close()
    sizes = sum(os.path.getsize(file.name) for file in files.values())
    print(", ".join(f"{n:,} {name}" for name, n in rows.items()) + f"; {sizes / 1e6:,.0f} MB")


def first_of(made, n):
    """Keeps the first n applicants and what belongs to them."""
    kept = {"applicant_id": made["applicants"]["applicant_id"][:n]}
    cut = {}
    for name, columns in made.items():
        key = "bureau_id" if name == "balances" else "applicant_id"
        chosen = np.isin(columns[key], kept[key])
        cut[name] = {c: values[chosen] for c, values in columns.items()}
        if name == "bureau":
            kept["bureau_id"] = cut[name]["bureau_id"]
    return cut


if __name__ == "__main__":
    main()
