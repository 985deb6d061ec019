"""Valhalla on the same extract, where its wheel with the tile builder installs (Python 3.12 and later). Adds to peers.json."""
import json, statistics, subprocess, sys, time
from pathlib import Path

pbf, out = Path(sys.argv[1]), Path(sys.argv[2])
peers = json.loads((out / "peers.json").read_text())
try:
    import valhalla
    from valhalla.config import get_config
    import numpy as np

    tiles = out / "valhalla"
    config = get_config(tile_extract=str(tiles / "t.tar"), tile_dir=str(tiles))
    (out / "valhalla.json").write_text(json.dumps(config))
    start = time.perf_counter()
    subprocess.run([str(Path(sys.executable).parent / "valhalla_build_tiles"), "-c", str(out / "valhalla.json"), str(pbf)], check=True, capture_output=True)
    peers["valhalla_t3"] = time.perf_counter() - start
    actor = valhalla.Actor(config)
    nodes = np.fromfile(out / "nodes.f64", dtype="<f8").reshape(-1, 2)
    seconds = []
    for k in range(200):
        lon, lat = nodes[(k * 40503 + 17) % len(nodes)]
        question = {"locations": [{"lon": lon, "lat": lat}], "costing": "pedestrian", "contours": [{"time": 30}], "polygons": True, "denoise": 0, "generalize": 0,
                    "costing_options": {"pedestrian": {"walking_speed": 3.6}}}
        start = time.perf_counter()
        try:
            actor.isochrone(question)
        except Exception:
            continue
        seconds.append(time.perf_counter() - start)
    seconds.sort()
    peers["valhalla_t5_p50"], peers["valhalla_t5_p95"] = statistics.median(seconds), seconds[len(seconds) * 95 // 100]
except Exception as error:
    peers["valhalla"] = f"{type(error).__name__}: {str(error)[:120]}"
(out / "peers.json").write_text(json.dumps(peers))
