//! How long a change takes from every stop to every other within a walk, by the streets and by the operators' rules.

use super::Rider;
use crate::atlas::Transit;
use crate::model::{ground_metres, rules};
use std::collections::HashMap;

/// Changes from each stop, the stop itself included, in milliseconds.
pub struct Changes {
    first: Vec<u32>,
    all: Vec<(u32, i32)>,
}

impl Changes {
    /// For a rider on a network.
    pub fn new(transit: &Transit, rider: &Rider) -> Self {
        let walks = transit.walks.view();
        let count = transit.stops.len();
        let mut ruled: HashMap<(u32, u32), Option<u32>> = HashMap::new();
        let mut station: HashMap<(usize, &str), Vec<u32>> = HashMap::new();
        for (f, feed) in transit.each_feed().enumerate() {
            let base = transit.first_stop[f];
            feed.transfers.iter().for_each(|t| {
                ruled.insert((base + t.from, base + t.to), t.seconds);
            });
            for (i, s) in feed.stops.iter().enumerate() {
                s.station.iter().for_each(|p| station.entry((f, p)).or_default().push(base + i as u32));
            }
        }
        let mut extra: HashMap<u32, Vec<(u32, u32)>> = HashMap::new();
        // platforms of one station are joined indoors, where the street map may know no way
        for members in station.values() {
            for (&a, &b) in members.iter().flat_map(|a| members.iter().map(move |b| (a, b))).filter(|(a, b)| a != b) {
                let metres = ground_metres(transit.stops[a as usize].point, transit.stops[b as usize].point);
                let mm = metres * rules().network.detour_factor * 1000.0;
                if mm <= rules().transit.change_metres * 1000.0 {
                    extra.entry(a).or_default().push((b, mm as u32));
                }
            }
        }
        for (&(a, b), seconds) in &ruled {
            if a != b && seconds.is_some() {
                let metres = ground_metres(transit.stops[a as usize].point, transit.stops[b as usize].point);
                extra.entry(a).or_default().push((b, (metres * rules().network.detour_factor * 1000.0).min(1e9) as u32));
            }
        }
        let (mut first, mut all) = (vec![0u32], Vec::new());
        for stop in 0..count as u32 {
            let mut own: HashMap<u32, u32> = HashMap::from([(stop, 0)]);
            let near = walks.changes(stop).iter().map(|w| (w.stop, w.mm));
            for (to, mm) in near.chain(extra.get(&stop).into_iter().flatten().copied()) {
                let known = own.entry(to).or_insert(mm);
                *known = (*known).min(mm);
            }
            let mut list: Vec<(u32, i32)> = own
                .into_iter()
                .filter_map(|(to, mm)| {
                    let walk = rider.walker.ms(mm);
                    match ruled.get(&(stop, to)) {
                        Some(None) => None,
                        Some(Some(0)) => Some((to, walk)),
                        Some(Some(s)) => Some((to, walk.max((*s).min(86_400) as i32 * 1000))),
                        None => Some((to, walk + rider.change_ms)),
                    }
                })
                .collect();
            list.sort_unstable_by_key(|&(to, ms)| (ms, to));
            all.extend(list);
            first.push(all.len() as u32);
        }
        Self { first, all }
    }

    /// Changes from a stop: to which, how long.
    pub fn from(&self, stop: u32) -> &[(u32, i32)] {
        &self.all[self.first[stop as usize] as usize..self.first[stop as usize + 1] as usize]
    }

    /// The same changes by the stop they lead to.
    pub fn turned(&self) -> Self {
        let count = self.first.len() - 1;
        let mut lists: Vec<Vec<(u32, i32)>> = vec![Vec::new(); count];
        for stop in 0..count as u32 {
            self.from(stop).iter().for_each(|&(to, ms)| lists[to as usize].push((stop, ms)));
        }
        let (mut first, mut all) = (vec![0u32], Vec::new());
        for list in lists {
            all.extend(list);
            first.push(all.len() as u32);
        }
        Self { first, all }
    }
}
