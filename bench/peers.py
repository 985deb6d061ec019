"""The rivals' side of `make bench`: the same network, the same questions, their own best calls. Writes peers.json."""
import json, statistics, sys, time, warnings
from pathlib import Path
import numpy as np

warnings.filterwarnings("ignore")
out = Path(sys.argv[1])
own = json.loads((out / "kayoi.json").read_text())
read = lambda name, kind: np.fromfile(out / name, dtype=kind)
nodes = read("nodes.f64", "<f8").reshape(-1, 2)
edges = read("edges.u32", "<u4").reshape(-1, 2).astype(np.int64)
metres = read("metres.f64", "<f8")
facilities = np.unique(read("facilities.u32", "<u4").astype(np.int64))
table = read("table.u32", "<u4").astype(np.int64)
n = len(nodes)
peers = {}


def timed(runs, work):
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), result


def scipy_side():
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import dijkstra

    # parallel edges: the shortest counts, as for a walker
    order = np.argsort(metres)[::-1]
    key = {}
    rows, cols, cost = edges[order, 0], edges[order, 1], metres[order]
    lows, highs = np.minimum(rows, cols), np.maximum(rows, cols)
    best = dict(zip(zip(lows.tolist(), highs.tolist()), np.maximum(cost, 1e-6).tolist()))
    i = np.fromiter((k[0] for k in best), dtype=np.int64)
    j = np.fromiter((k[1] for k in best), dtype=np.int64)
    w = np.fromiter(best.values(), dtype=float)
    keep = i != j
    graph = coo_matrix((np.r_[w[keep], w[keep]], (np.r_[i[keep], j[keep]], np.r_[j[keep], i[keep]])), shape=(n, n)).tocsr()
    seconds, nearest = timed(5, lambda: dijkstra(graph, indices=facilities, limit=1800.0, min_only=True))
    peers["scipy_t1"] = seconds
    mine = read("nearest_mm.u32", "<u4").astype(float)
    mine[mine >= 2**31] = np.inf
    reached = np.isfinite(nearest) & np.isfinite(mine / 1000)
    peers["a1_nearest_max_m"] = float(np.max(np.abs(nearest[reached] - mine[reached] / 1000)))
    peers["a1_nearest_flips"] = int(np.sum((np.isfinite(nearest) != np.isfinite(mine)) & (np.minimum(nearest, mine / 1000) < 1799.9)))
    _, whole = timed(1, lambda: dijkstra(graph, indices=[int(table[0])])[0])
    one = read("from_first_mm.u32", "<u4").astype(float) / 1000
    both = np.isfinite(whole)
    peers["a1_whole_max_m"] = float(np.max(np.abs(whole[both] - one[both])))


def igraph_side():
    import igraph

    graph = igraph.Graph(n=n, edges=edges.tolist(), edge_attrs={"m": metres.tolist()})
    peers["igraph_t4"], _ = timed(3, lambda: graph.distances(source=table.tolist(), target=table.tolist(), weights="m"))


def pandana_side():
    import pandana, pandas

    x, y = pandas.Series(nodes[:, 0]), pandas.Series(nodes[:, 1])
    start = time.perf_counter()
    net = pandana.Network(x, y, pandas.Series(edges[:, 0]), pandas.Series(edges[:, 1]), pandas.DataFrame({"m": metres}), twoway=True)
    peers["pandana_t3"] = time.perf_counter() - start
    net.set_pois("f", 1800.0, 1, nodes[facilities, 0], nodes[facilities, 1])
    peers["pandana_t1"], _ = timed(3, lambda: net.nearest_pois(1800.0, "f", num_pois=1))
    net.set(pandas.Series(facilities), variable=pandas.Series(np.ones(len(facilities))), name="f")
    peers["pandana_t2"], _ = timed(1, lambda: net.aggregate(1800.0, type="sum", decay="flat", name="f"))
    pairs = np.array(np.meshgrid(table, table)).reshape(2, -1)
    peers["pandana_t4"], _ = timed(1, lambda: net.shortest_path_lengths(pairs[0], pairs[1]))


for side in (scipy_side, igraph_side, pandana_side):
    try:
        side()
    except Exception as error:  # a rival that does not run here is named in the table, not hidden
        peers[side.__name__] = f"{type(error).__name__}: {error}"
    (out / "peers.json").write_text(json.dumps(peers))
