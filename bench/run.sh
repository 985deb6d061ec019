#!/usr/bin/env bash
# The engine against its rivals on the same data, machine and run. Sets up its own Python environment.
set -euo pipefail
cd "$(dirname "$0")/.."
real=${KAYOI_REAL_DATA:-../shared/data/kumamoto}
out=${KAYOI_BENCH_OUT:-bench/out}
mkdir -p "$out"
python=$(command -v python3.13 || command -v python3.12 || command -v python3)
if [ ! -x bench/.venv/bin/python ]; then
  "$python" -m venv bench/.venv
  bench/.venv/bin/pip install --quiet --disable-pip-version-check numpy scipy pandas igraph pandana || true
  bench/.venv/bin/pip install --quiet --disable-pip-version-check 'ferrobus==0.2.1' || true
  bench/.venv/bin/pip install --quiet --disable-pip-version-check 'pyvalhalla>=3.9' 2>/dev/null || true
fi
py=bench/.venv/bin/python

folders=()
if [ -d "$real" ]; then
  data=$out/kumamoto-data
  rm -rf "$data" && mkdir -p "$out/kumamoto"
  echo "importing $real …"
  "$py" - "$out/kumamoto/import.txt" target/release/kayoi import --data "$data" "$real" <<'P'
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL)
open(sys.argv[1], "w").write(f"{time.perf_counter() - start} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}")
P
  cargo bench --locked --quiet --bench engine -- pbf "$PWD/$out/kumamoto" --pbf "$PWD/$real/osm/kumamoto-reconstructed.osm.pbf" --data "$PWD/$data"
  folders+=("$out/kumamoto")
else
  echo "no real city at $real: only the synthetic grid is measured (set KAYOI_REAL_DATA)" >&2
fi
cargo bench --locked --quiet --bench engine -- grid "$PWD/$out/grid"
folders+=("$out/grid")
for folder in "${folders[@]}"; do
  echo "rivals on $folder (a contraction hierarchy of 200,000 nodes takes ten minutes or more) …"
  timeout "${KAYOI_BENCH_PATIENCE:-1800}" "$py" bench/peers.py "$folder" || echo "a rival on $folder gave no answer in time"
done
[ -d "$real" ] && { "$py" bench/transit_peer.py "$real/osm/kumamoto-reconstructed.osm.pbf" "$real/gtfs" "$out/kumamoto" 2>/dev/null || echo "the timetable rival gave no answer"; }
[ -d "$real" ] && "$py" bench/isochrone_peer.py "$real/osm/kumamoto-reconstructed.osm.pbf" "$out/kumamoto"
"$py" bench/table.py "${folders[@]}" | tee "$out/table.txt"
cargo bench --locked --quiet --bench search -- "$PWD/$out/search" >/dev/null
"$py" bench/search_peer.py "$out/search" | tee -a "$out/table.txt"
pages=$out/kumamoto-data
if [ ! -d "$pages" ]; then
  pages=$out/sample-data
  [ -d "$pages" ] || { target/release/kayoi sample "$out/sample" && target/release/kayoi import --data "$pages" "$out/sample" >/dev/null; }
fi
cargo bench --locked --quiet --bench pages -- "$PWD/target/release/kayoi" "$PWD/$pages" | tee -a "$out/table.txt"
listen=127.0.0.1:8099
target/release/kayoi serve --data "$pages" --listen $listen 2>/dev/null &
server=$!
trap 'kill $server' EXIT
until (exec 3<>/dev/tcp/127.0.0.1/8099) 2>/dev/null; do sleep 0.2; done
node bench/planner.mjs "http://$listen" | tee -a "$out/table.txt"
