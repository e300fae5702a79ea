#!/usr/bin/env python3
"""Makes a store's tables in which one parent has nearly all the rows: one account with 20 million bookings, 3,000 with some
forty each. Writes accounts.csv, bookings.csv and features.yaml into a folder.

  make_giant_group.py FOLDER [bookings of the giant]
"""
import pathlib
import random
import sys

folder = pathlib.Path(sys.argv[1])
giant = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000_000
folder.mkdir(parents=True, exist_ok=True)
random.seed(0)
accounts = 3001
with open(folder / "accounts.csv", "w") as out:
    out.write("id,opened,kind\n")
    for i in range(accounts):
        out.write(f"{i},2015-01-{i % 28 + 1:02},{'abc'[i % 3]}\n")

tails = []  # what follows the time: made once, drawn again and again
for _ in range(100_000):
    amount = "" if random.random() < 0.05 else f"{random.lognormvariate(4, 1):.2f}"
    tails.append(f"{amount},{random.gauss(0, 1):.4f},{random.choice('ABCDEFGH')},{random.choice(['True', 'False'])}\n")
with open(folder / "bookings.csv", "w") as out:
    out.write("booking,account,booked,amount,rate,channel,checked\n")
    lines = []
    for row in range(giant + (accounts - 1) * 40):
        account = 1500 if row < giant else (row - giant) // 40 + (1 if (row - giant) // 40 >= 1500 else 0)
        minute = row * 7919 % 3_000_000
        day, minute = divmod(minute, 1440)
        month, day = divmod(day, 28)
        year, month = divmod(month, 12)
        lines.append(
            f"{row},{account},{2015 + year}-{month + 1:02}-{day + 1:02} {minute // 60:02}:{minute % 60:02}:00,"
            f"{tails[row * 31 % 100_000]}"
        )
        if len(lines) == 100_000:
            out.writelines(lines)
            lines = []
    out.writelines(lines)

(folder / "features.yaml").write_text(
    f"""import:
  store: {folder}/bookings.h5
  tables:
    accounts: {{source: accounts.csv, index: id, time_index: opened}}
    bookings: {{source: bookings.csv, index: booking, time_index: booked, types: {{channel: Categorical}}}}
  relationships: [bookings.account -> accounts.id]
features:
  target: accounts
  cutoff_time: 2020-06-01
  max_depth: 2
  aggregations: [count, sum, mean, min, max, std, skew, mode, num_unique, percent_true, trend, last, entropy, median,
                 avg_time_between, n_unique_days, num_peaks, count_above_mean]
  interesting_values: {{bookings: {{channel: [A, B]}}}}
  where_primitives: [count, sum, mean]
output: {folder}/run
"""
)
