#!/usr/bin/env python3
"""Writes series_golden.txt: what pandas and SciPy make of series that are hard on windows.

usage: golden_series.py > series_golden.txt    (Debian's python3-pandas 1.5, python3-scipy 1.10)
Format: a line `case NAME` or `input NAME`, then one line of numbers (nan = missing).
"""
import numpy as np
import pandas as pd
from scipy.signal import savgol_filter


def line(kind, name, values):
    print(kind, name)
    print(" ".join("nan" if np.isnan(v) else repr(float(v)) for v in values))


def windows(x, window, gap, min_periods, offset_gap=None):
    """As Featuretools cuts them: rows shifted by the gap, or a gap in time taken off the window's end."""
    if offset_gap is None:
        return x.shift(gap).rolling(window, min_periods)
    return x.rolling(pd.Timedelta(window) + pd.Timedelta(offset_gap), min_periods)


def with_time_gap(x, window, gap, min_periods, reduce):
    def inner(part):
        part = part[part.index <= part.index[-1] - pd.Timedelta(gap)]
        return np.nan if len(part) < max(min_periods, 1) else reduce(part)
    return windows(x, window, None, min_periods, gap).apply(inner)


rng = np.random.default_rng(7)
n = 60
steps = rng.integers(0, 5, n)  # half hours; equal times occur
t = pd.Timestamp("2020-02-28 00:00:00") + pd.to_timedelta(np.cumsum(steps) * 30, unit="min")
rough = np.round(rng.normal(0, 10, n), 2)
rough[rng.random(n) < 0.2] = np.nan
rough[[20, 21, 22]] = 1e9, 1e9 + 0.25, 1e9 - 3  # a huge value that leaves the window again
constant = np.full(n, 0.1)
line("input", "times", (t - pd.Timestamp(0)) / pd.Timedelta("1s"))
for name, values in {"rough": rough, "constant": constant}.items():
    x = pd.Series(values, index=t)
    line("input", name, values)
    for window, gap, fewest in [(3, 1, 1), (7, 0, 3), (100, 2, 2), ("3h", 0, 1), ("90min", 2, 1)]:
        rolled = windows(x, window, gap, fewest)
        call = f"{name} window_length={window!r}, gap={gap}, min_periods={fewest}"
        line("case", f"rolling_mean {call}", rolled.apply(np.mean))
        line("case", f"rolling_std {call}", rolled.apply(lambda part: part.std()))
        line("case", f"rolling_min {call}", rolled.min())
        line("case", f"rolling_max {call}", rolled.max())
    for window, gap, fewest in [("3h", "1h", 1), ("2h", "30min", 2), ("1h", "2h", 0)]:
        call = f"{name} window_length={window!r}, gap={gap!r}, min_periods={fewest}"
        line("case", f"rolling_mean {call}", with_time_gap(x, window, gap, fewest, np.mean))
        line("case", f"rolling_max {call}", with_time_gap(x, window, gap, fewest, lambda part: part.max()))
    small = x.where(x.abs() < 1e6)  # pandas' own expanding variance loses its digits to the huge ones
    line("input", name + "_small", small)
    for gap, fewest in [(1, 1), (0, 4)]:
        call = f"{name}_small gap={gap}, min_periods={fewest}"
        grown = small.shift(gap).expanding(fewest)
        line("case", f"expanding_mean {call}", grown.mean())
        line("case", f"expanding_std {call}", grown.std())
        line("case", f"expanding_max {call}", grown.max())
    for call, options in [("com=0.5", dict(com=0.5)), ("span=5, ignore_na=True", dict(span=5, ignore_na=True)),
                          ("halflife=2.5", dict(halflife=2.5)), ("alpha=1.0", dict(alpha=1.0))]:
        decayed = small.ewm(**options)
        line("case", f"exponential_weighted_average {name}_small {call}", decayed.mean())
        line("case", f"exponential_weighted_variance {name}_small {call}", decayed.var())
        line("case", f"exponential_weighted_std {name}_small {call}", decayed.std())
    line("case", f"percentile {name} ", x.rank(pct=True))
    filled = np.interp(np.arange(n), np.flatnonzero(small.notna()), small.dropna())
    line("case", f"savgol_filter {name}_small ", savgol_filter(filled, n // 10 * 2 + 1, 3))
    for mode in ["mirror", "constant", "nearest", "interp", "wrap"]:
        call = f"window_length=7, polyorder=2, deriv=1, delta=0.5, mode={mode!r}, cval=1.5"
        line("case", f"savgol_filter {name}_small {call}",
             savgol_filter(filled, 7, 2, deriv=1, delta=0.5, mode=mode, cval=1.5))
    line("case", f"savgol_filter {name}_small window_length=8, polyorder=3",
         savgol_filter(filled, 8, 3))
