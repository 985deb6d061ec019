//! Shortest walks from many places at once, bounded, forwards or on the reversed network.
//!
//! A bucket queue of whole millimetres: a bucket is worked through until nothing in it improves, so the result is
//! exact whatever the bucket width. Source of the idea: Dial 1969, Denardo & Fox 1979.

use crate::atlas::streets::{Arc, FERRY, NONE, Snapped, View};

/// Bucket width as a power of two: 2^14 mm ≈ 16 m, a third of a typical edge.
const WIDTH_SHIFT: u32 = 14;

/// Who walks. A walk is measured in millimetres of level way, so in a search only ferries depend on the speed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Walker {
    /// Metres per minute on the flat.
    pub metres_per_minute: f64,
}

impl Walker {
    /// Millimetres of walk that take as long as some tenths of a second.
    fn mm_of_deciseconds(self, deciseconds: u32) -> u32 {
        (f64::from(deciseconds) * self.metres_per_minute * (1000.0 / 600.0)).round().min(f64::from(FERRY - 1)) as u32
    }

    /// Minutes for a walk of some millimetres.
    pub fn minutes(self, mm: u32) -> f64 {
        f64::from(mm) / 1000.0 / self.metres_per_minute
    }

    /// Milliseconds for a walk of some millimetres.
    pub fn ms(self, mm: u32) -> i32 {
        (f64::from(mm) * 60.0 / self.metres_per_minute).round().min(f64::from(i32::MAX / 4)) as i32
    }

    /// The millimetres walked in some minutes.
    pub fn mm_in(self, minutes: f64) -> u32 {
        (minutes * self.metres_per_minute * 1000.0).round().clamp(0.0, f64::from(FERRY - 1)) as u32
    }
}

/// Where a search starts: a node, what it has cost to get there, and which source it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed {
    /// Node.
    pub node: u32,
    /// Millimetres already walked.
    pub mm: u32,
    /// Source number, handed through to the nodes it wins.
    pub source: u32,
}

/// Seeds of a walk that leaves a snapped place.
pub fn seeds_from(view: &View, at: &Snapped, source: u32) -> impl Iterator<Item = Seed> {
    view.leaving(at).map(move |(node, mm)| Seed { node, mm, source })
}

/// Seeds of walks that arrive at a snapped place, for a search on the reversed network.
pub fn seeds_toward(view: &View, at: &Snapped, source: u32) -> impl Iterator<Item = Seed> {
    view.arriving(at).map(move |(node, mm)| Seed { node, mm, source })
}

/// A reusable search: distances of every node from the nearest source.
pub struct Search {
    /// Millimetres to each node; [`NONE`] beyond the limit.
    pub mm: Vec<u32>,
    /// Winning source of each node, if asked for.
    pub source: Vec<u32>,
    /// Nodes reached, in no particular order.
    pub touched: Vec<u32>,
    buckets: Vec<Vec<(u32, u32)>>,
}

thread_local! {
    /// The arrays of the last search of this thread: a short walk in a large city costs less than making them.
    static SCRATCH: std::cell::Cell<Option<Search>> = const { std::cell::Cell::new(None) };
}

impl Search {
    /// A search over a network of this many nodes.
    pub fn new(nodes: usize) -> Self {
        Self { mm: vec![NONE; nodes], source: Vec::new(), touched: Vec::new(), buckets: Vec::new() }
    }

    /// Works with a search over a network of this many nodes that is kept for the next on this thread.
    pub fn lent<T>(nodes: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        let kept = SCRATCH.take().filter(|s| s.mm.len() == nodes);
        let mut search = kept.unwrap_or_else(|| Self::new(nodes));
        let done = work(&mut search);
        SCRATCH.set(Some(search));
        done
    }

    /// Walks out from the seeds as far as `limit` millimetres, along the arcs.
    pub fn outward(&mut self, view: &View, seeds: impl Iterator<Item = Seed>, limit: u32, walker: Walker) {
        self.run::<false>((view.first_arc, view.arcs, view.longest), seeds, limit, walker);
    }

    /// Distances **to** the seeds: the same on the reversed network.
    pub fn inward(&mut self, view: &View, seeds: impl Iterator<Item = Seed>, limit: u32, walker: Walker) {
        self.run::<false>((view.first_back, view.back_arcs, view.longest), seeds, limit, walker);
    }

    /// As [`Search::outward`], and from which source.
    pub fn outward_labelled(&mut self, view: &View, seeds: impl Iterator<Item = Seed>, limit: u32, walker: Walker) {
        self.run::<true>((view.first_arc, view.arcs, view.longest), seeds, limit, walker);
    }

    /// As [`Search::inward`], and which source is nearest.
    pub fn inward_labelled(&mut self, view: &View, seeds: impl Iterator<Item = Seed>, limit: u32, walker: Walker) {
        self.run::<true>((view.first_back, view.back_arcs, view.longest), seeds, limit, walker);
    }

    fn clear(&mut self, labelled: bool) {
        if self.touched.len() > self.mm.len() / 8 {
            self.mm.fill(NONE);
        } else {
            self.touched.iter().for_each(|&n| self.mm[n as usize] = NONE);
        }
        self.touched.clear();
        if labelled {
            self.source.clear();
            self.source.resize(self.mm.len(), NONE);
        }
    }

    /// A ring of buckets long enough that no arc laps it; a ferry grows with speed.
    fn make_ring(&mut self, [walk, sail]: [u32; 2], limit: u32, walker: Walker) {
        let span = walk.max(walker.mm_of_deciseconds(sail)).min(limit);
        let count = ((span >> WIDTH_SHIFT) as usize + 2).next_power_of_two();
        if count > self.buckets.len() {
            self.buckets.resize(count, Vec::new());
        }
    }

    fn run<const LABELLED: bool>(
        &mut self,
        (first, arcs, longest): (&[u32], &[Arc], [u32; 2]),
        seeds: impl Iterator<Item = Seed>,
        limit: u32,
        walker: Walker,
    ) {
        self.clear(LABELLED);
        let mut seeds: Vec<Seed> = seeds.filter(|s| s.mm <= limit).collect();
        seeds.sort_unstable_by_key(|s| (s.mm, s.source, s.node));
        let Some(start) = seeds.first().map(|s| s.mm) else { return };
        self.make_ring(longest, limit, walker);
        // plain slices: the loop below is the whole cost of a question
        let (best, winner, touched) = (self.mm.as_mut_slice(), self.source.as_mut_slice(), &mut self.touched);
        let buckets = self.buckets.as_mut_slice();
        let wrap = buckets.len() - 1;
        let last = (limit >> WIDTH_SHIFT) as usize;
        let (mut turn, mut next_seed, mut waiting) = ((start >> WIDTH_SHIFT) as usize, 0, 0usize);
        while turn <= last && (waiting > 0 || next_seed < seeds.len()) {
            if waiting == 0 {
                turn = turn.max((seeds[next_seed].mm >> WIDTH_SHIFT) as usize);
            }
            while let Some(s) = seeds.get(next_seed).filter(|s| (s.mm >> WIDTH_SHIFT) as usize <= turn) {
                if improves::<LABELLED>(best, winner, touched, s.node, s.mm, s.source) {
                    buckets[(s.mm >> WIDTH_SHIFT) as usize & wrap].push((s.node, s.mm));
                    waiting += 1;
                }
                next_seed += 1;
            }
            while let Some((node, mm)) = buckets[turn & wrap].pop() {
                waiting -= 1;
                if best[node as usize] != mm {
                    continue; // improved since
                }
                let source = if LABELLED { winner[node as usize] } else { 0 };
                for arc in &arcs[first[node as usize] as usize..first[node as usize + 1] as usize] {
                    let cost = if arc.cost & FERRY == 0 { arc.cost } else { walker.mm_of_deciseconds(arc.cost & !FERRY) };
                    let total = mm.saturating_add(cost);
                    if total <= limit && improves::<LABELLED>(best, winner, touched, arc.head, total, source) {
                        buckets[(total >> WIDTH_SHIFT) as usize & wrap].push((arc.head, total));
                        waiting += 1;
                    }
                }
            }
            turn += 1;
        }
    }
}

/// Records a better way to a node; true if it is one. Equal costs go to the lower source number.
#[inline(always)]
fn improves<const LABELLED: bool>(
    best: &mut [u32],
    winner: &mut [u32],
    touched: &mut Vec<u32>,
    node: u32,
    mm: u32,
    source: u32,
) -> bool {
    let known = best[node as usize];
    if mm > known || (mm == known && (!LABELLED || source >= winner[node as usize])) {
        return false;
    }
    if known == NONE {
        touched.push(node);
    }
    best[node as usize] = mm;
    if LABELLED {
        winner[node as usize] = source;
    }
    true
}
