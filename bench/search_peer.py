"""The rival of our search: SQLite FTS5 with its trigram index and its own ranking, on the same names and queries, in memory."""

import json
import sqlite3
import sys
import time
from pathlib import Path

out = Path(sys.argv[1])
data = json.loads((out / "search-rows.json").read_text())
ours = json.loads((out / "search.json").read_text())
db = sqlite3.connect(":memory:")
db.execute("CREATE VIRTUAL TABLE s USING fts5(name, address, tokenize = 'trigram')")
start = time.perf_counter()
db.executemany("INSERT INTO s VALUES (?, ?)", data["rows"])
built = time.perf_counter() - start


def search(text):
    words = [w for w in text.split() if len(w) >= 3]
    short = [w for w in text.split() if len(w) < 3]  # a trigram index knows no shorter words: they are scanned for
    if words:
        match = " ".join('"' + w.replace('"', '""') + '"' for w in words)
        sql = "SELECT rowid FROM s WHERE s MATCH ?" + " AND (name LIKE ? OR address LIKE ?)" * len(short) + " ORDER BY bm25(s, 3.0, 1.0) LIMIT 400"
        return db.execute(sql, [match] + [f"%{w}%" for w in short for _ in "na"]).fetchall()
    sql = "SELECT rowid FROM s WHERE " + " AND ".join("(name LIKE ? OR address LIKE ?)" for _ in short) + " LIMIT 400"
    return db.execute(sql, [f"%{w}%" for w in short for _ in "na"]).fetchall()


def times(queries):
    all = []
    for q in queries:
        start = time.perf_counter()
        search(q)
        all.append((time.perf_counter() - start) * 1e3)
    all.sort()
    return {"p50_ms": all[len(all) // 2], "p99_ms": all[int((len(all) - 1) * 0.99)], "max_ms": all[-1]}


plain = times(data["queries"])
found = sum(any(r[0] - 1 == i * 499 % len(data["rows"]) for r in search(q)[:20]) for i, q in enumerate(data["slips"]))
print(f"search among {ours['services']:,} services            kayoi      SQLite FTS5 trigram {sqlite3.sqlite_version}   ratio")
for key, label in [("p50_ms", "half of the queries within"), ("p99_ms", "99 of 100 within"), ("max_ms", "all within")]:
    print(f"  {label:32} {ours['plain'][key]:8.2f} ms {plain[key]:12.2f} ms {plain[key] / ours['plain'][key]:14.1f}x")
print(f"  {'one letter wrong, 99 of 100 within':32} {ours['slips']['p99_ms']:8.2f} ms")
print(f"  {'one letter wrong, found in first 20':32} {ours['slips_found_in_first_20'] * 100:7.0f} % {found / len(data['slips']) * 100:12.0f} %")
print(f"  {'index built in':32} {ours['built_s'] * 1e3:8.0f} ms {built * 1e3:12.0f} ms {built / ours['built_s']:14.1f}x")
