"""Prints the table of `make bench`: medians, ratios against the rival of the same run, and reached or missed."""
import json, sys, unicodedata
from pathlib import Path

rows = []


def add(task, network, own, peer, ratio, target, ok):
    rows.append([task, network, own, peer, ratio, target, "reached" if ok else "MISSED" if ok is False else "not measured"])


def seconds(s):
    return f"{s * 1000:.2f} ms" if s < 1 else f"{s:.2f} s"


def against(task, network, own, peers, key, name, target):
    if key in peers:
        ratio = peers[key] / own
        add(task, network, seconds(own), f"{name} {seconds(peers[key])}", f"{ratio:.1f}x", f">= {target}x", ratio >= target)
    else:
        why = next((v for k, v in peers.items() if k.startswith(name) and isinstance(v, str)), "no answer here in the time given")
        add(task, network, seconds(own), f"{name}: {why[:60]}", "", f">= {target}x", None)


def limit(task, network, value, shown, bound, words):
    add(task, network, shown, "", "", words, value <= bound)


for folder in map(Path, sys.argv[1:]):
    own = json.loads((folder / "kayoi.json").read_text())
    peers = json.loads((folder / "peers.json").read_text())
    net = f"{folder.name} ({own['nodes']:,} nodes, {own['edges']:,} edges)"
    against("T1 nearest of 1,000, all nodes, 1.8 km", net, own["t1"], peers, "scipy_t1", "scipy", 4)
    against("T1", net, own["t1"], peers, "pandana_t1", "pandana", 500)
    against("T2 counts from 1,000, reversed", net, own["t2"], peers, "pandana_t2", "pandana", 180)
    limit("T3 compile", net, own["compile"], seconds(own["compile"]), 2.0, "<= 2 s")
    limit("T3 map", net, own["map"], seconds(own["map"]), 0.05, "<= 50 ms")
    if "pandana_t3" in peers:
        add("T3 against a contraction hierarchy", net, seconds(own["compile"]), f"pandana {seconds(peers['pandana_t3'])}", f"{peers['pandana_t3'] / own['compile']:.1f}x", "", True)
    against("T4 table 200 x 200", net, own["t4"], peers, "igraph_t4", "igraph", 15)
    against("T4", net, own["t4"], peers, "pandana_t4", "pandana", 10)
    against("T5 isochrone p50", net, own["t5_p50"], peers, "valhalla_t5_p50", "valhalla", 4)
    against("T5 isochrone p95", net, own["t5_p95"], peers, "valhalla_t5_p95", "valhalla", 4)
    limit("T5 p50, p95 in themselves", net, own["t5_p95"], f"{seconds(own['t5_p50'])}, {seconds(own['t5_p95'])}", 0.002, "<= 0.5, 2 ms")
    for side in ("inside", "outside"):
        wrong = own[f"t5_{side}_wrong"]
        limit(f"T5 on-network points misjudged, {side}", net, wrong, f"{wrong * 100:.3f} %", 0.001, "<= 0.1 %")
    for key, words in (("a1_nearest_max_m", "A1 nearest, worst node, same edge lengths"), ("a1_whole_max_m", "A1 whole network, worst node, same edge lengths")):
        if key in peers:
            limit(words, net, peers[key], f"{peers[key]:.4f} m", 0.1, "<= 0.1 m of scipy")
    limit("A3 straight metres", net, own["straight_error"], f"{own['straight_error'] * 100:.5f} %", 0.001, "<= 0.1 %")
    if "coverage_one" in own:
        limit(f"coverage, one kind, {own['demand_points']:,} demand points", net, own["coverage_one"], seconds(own["coverage_one"]), 0.03, "<= 30 ms")
        limit("coverage, 5 kinds x 97 districts, whole answer", net, own["coverage_whole"], seconds(own["coverage_whole"]), 0.15, "<= 150 ms")
        add("opening the city", net, seconds(own["open"]), "", "", "", True)
    if "t6" in own:
        against("T6 walk+transit matrix 1,224 x 1,224, one departure", net, own["t6"], peers, "ferrobus_t6", "ferrobus", 2)
        against("T7 60 departures, p5/p50/p95 (rival: 60 single matrices)", net, own["t7"], peers, "ferrobus_t7", "ferrobus", 6)
        if "ferrobus_later" in peers:
            words = f"rival later by a minute or more in {peers['ferrobus_later'] * 100:.0f} % of pairs, earlier in {peers['ferrobus_earlier'] * 100:.0f} %"
            add("T6 agreement (rival: 10 nearest stops, 30 min of walk; ours: all stops within 1,500 m)", net, "", words, "", "", None)
        limit("best minutes to one kind, all demand points, 9-11 h", net, own["best_minutes"], seconds(own["best_minutes"]), 1.0, "<= 1 s")
        limit("T9 20 zones: all cells to all services, per origin", net, own["t9_per_origin"], f"{own['t9_per_origin'] * 1000:.3f} ms ({seconds(own['t9_whole'])} in all)", 0.02, "<= 20 ms")
        limit("T10 what-if on the streets, whole answer by district", net, own["t10_walk"], seconds(own["t10_walk"]), 0.05, "<= 50 ms")
        limit("T10 what-if with a new line, whole answer by district", net, own["t10_transit"], seconds(own["t10_transit"]), 1.0, "<= 1 s")
        add("memory of a service day", net, f"{own['day_bytes_per_stop_time']:.0f} MB per million stop times ({own['stop_times']:,} here)", "", "", "", True)
    if "addresses_per_second" in own:
        rate = own["addresses_per_second"]
        add("addresses looked up", net, f"{rate:,.0f} a second", "", "", ">= 20,000", rate >= 20_000)
    if (folder / "import.txt").exists():
        wall, kib = (folder / "import.txt").read_text().split()[-2:]
        add("import of all files", net, f"{float(wall):.1f} s, peak {int(kib) / 1024:.0f} MiB", "", "", "", True)

head = ["task", "network", "Kayoi", "rival", "ratio", "target", "result"]
width = lambda t: sum(2 if unicodedata.east_asian_width(c) in "FW" else 1 for c in t)
sizes = [max(width(r[i]) for r in [head] + rows) for i in range(len(head))]
for row in [head, ["-" * s for s in sizes]] + rows:
    print("  ".join(c + " " * (s - width(c)) for c, s in zip(row, sizes)).rstrip())
