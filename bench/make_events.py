#!/usr/bin/env python3
"""Makes a store's tables in which few parents have nearly all the rows, and many instances look at the same ones: events of
a year with a time each, and flights, both of 3 origins, 4,000 planes and 16 carriers. Writes origins.csv, planes.csv,
carriers.csv, flights.csv, events.csv and features.yaml into a folder.

  make_events.py FOLDER [flights] [events] [training window, or "none"]
"""
import pathlib
import random
import sys

folder = pathlib.Path(sys.argv[1])
n_flights = int(sys.argv[2]) if len(sys.argv) > 2 else 328_000
n_events = int(sys.argv[3]) if len(sys.argv) > 3 else 4_000
window = sys.argv[4] if len(sys.argv) > 4 else "30 days"
folder.mkdir(parents=True, exist_ok=True)
random.seed(0)
ORIGINS = ["EWR", "JFK", "LGA"]
CARRIERS = ["9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV"]
PLANES = 4_000
DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
FIRST = [sum(DAYS[:month]) for month in range(12)]


def time_text(minute):
    day, minute = divmod(minute, 1440)
    month = max(m for m in range(12) if FIRST[m] <= day)
    return f"2013-{month + 1:02}-{day - FIRST[month] + 1:02} {minute // 60:02}:{minute % 60:02}:00"


def place():
    return f"{random.choice(ORIGINS)},{random.randrange(PLANES)},{random.choice(CARRIERS)}"


def write(name, header, lines):
    (folder / name).write_text(header + "\n" + "".join(lines))


write("origins.csv", "origin,altitude", [f"{name},{10 + i}\n" for i, name in enumerate(ORIGINS)])
write("planes.csv", "plane,seats", [f"{i},{50 + i % 300}\n" for i in range(PLANES)])
write("carriers.csv", "carrier,size", [f"{name},{i}\n" for i, name in enumerate(CARRIERS)])
minutes = sorted(random.randrange(365 * 1440) for _ in range(n_flights))
write("flights.csv", "flight,origin,plane,carrier,left,delay,distance",
      [f"{i},{place()},{time_text(minute)},{'' if i % 50 == 0 else round(random.gauss(12, 40))},"
       f"{random.randrange(80, 5000)}\n" for i, minute in enumerate(minutes)])
write("events.csv", "event,origin,plane,carrier,at",
      [f"{i},{place()},{time_text(random.randrange(30 * 1440, 365 * 1440))}\n" for i in range(n_events)])
(folder / "features.yaml").write_text(
    f"""import:
  store: {folder}/flights.h5
  tables:
    origins: {{source: origins.csv, index: origin}}
    planes: {{source: planes.csv, index: plane}}
    carriers: {{source: carriers.csv, index: carrier}}
    flights: {{source: flights.csv, index: flight, time_index: left}}
    events: {{source: events.csv, index: event}}
  relationships: [flights.origin -> origins.origin, flights.plane -> planes.plane, flights.carrier -> carriers.carrier,
                  events.origin -> origins.origin, events.plane -> planes.plane, events.carrier -> carriers.carrier]
features:
  target: events
  cutoff_time: {{column: at}}
  aggregations: [count, mean, std, max]
  transforms: []
{'' if window == 'none' else f'  training_window: {window}'}
memory_limit: 256MiB
output: {folder}/run
"""
)
