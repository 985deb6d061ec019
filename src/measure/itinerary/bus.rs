//! A journey by bus, tram or train, in words.

use super::{Itinerary, LegWords, Places, at, by, minutes, walk_leg};
use crate::atlas::Transit;
use crate::atlas::transit::ServiceDay;
use crate::travel::transit::{Journey, Leg};

impl Places<'_> {
    pub(super) fn by_bus(&self, transit: &Transit, day: &ServiceDay, journey: &Journey) -> Itinerary {
        let name = |stop: u32, end: &str| match stop {
            crate::atlas::streets::NONE => end.to_owned(),
            s => {
                let stop = transit.stop(s);
                stop.platform.as_ref().map_or_else(|| stop.name.clone(), |p| format!("{}（{p}番のりば）", stop.name))
            }
        };
        let words = |leg: &Leg| match *leg {
            Leg::Walk { from, to, leave, arrive } => {
                let ends = self.spot(transit, from, self.from).zip(self.spot(transit, to, self.to));
                let path = ends.and_then(|(a, b)| self.walk(a, b)).unwrap_or_default().1;
                walk_leg(&name(from, "出発地"), &name(to, "目的地"), leave, arrive, path)
            }
            Leg::Ride { trip, board, alight, from, to, leave, arrive } => {
                let t = day.trips[trip as usize];
                let feed = &transit.feeds[t.feed as usize];
                let (route, trip) = (transit.route(&t), &feed.feed.trips[t.trip as usize]);
                let first = transit.first_stop[t.feed as usize];
                let calls = &feed.trip_times(t.trip as usize)[board as usize..=alight as usize];
                let head = if trip.headsign.is_empty() { String::new() } else { format!("（{}行き）", trip.headsign) };
                let line = format!("{}{head}", route.name);
                let (a, b) = (name(from, ""), name(to, ""));
                LegWords {
                    mode: "ride",
                    leave: at(leave),
                    arrive: at(arrive),
                    minutes: minutes(arrive - leave),
                    ja: format!("{}発の{}「{line}」に{a}で乗り、{}に{b}で降ります。", at(leave), route.vehicle_ja(), at(arrive)),
                    from: a,
                    to: b,
                    line: Some(line),
                    operator: Some(feed.feed.agency.clone()),
                    trip: Some(trip.id.clone()),
                    metres: None,
                    path: calls.iter().map(|c| transit.stops[(first + c.stop) as usize].point).collect(),
                }
            }
        };
        Itinerary {
            by: "transit",
            leave: at(journey.leave),
            arrive: by(journey.arrive),
            minutes: minutes(journey.arrive - journey.leave),
            rides: journey.rides,
            legs: journey.legs.iter().map(words).collect(),
            booking: None,
        }
    }
}
