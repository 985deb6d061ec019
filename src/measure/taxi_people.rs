//! People by the five facts of a demand taxi.

use crate::travel::taxi::fact;
use serde::Serialize;

/// People by what is true of demand taxis where they live; each number is part of the one before.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct TaxiPeople {
    /// A demand service picks up there.
    pub in_zone: f64,
    /// … and runs on the day.
    pub runs: f64,
    /// … and can still be booked by somebody eligible.
    pub bookable: f64,
    /// … and leads to a service of the kind (however long it takes).
    pub leads: f64,
    /// … and these reach it within the threshold, on foot and by bus included.
    pub within: f64,
    /// Of those it leads somewhere, expected to find a seat.
    pub seated: f64,
    /// Of those, with services that do not say how many seats they have.
    pub seats_unknown: f64,
}

impl TaxiPeople {
    pub(super) fn add(&mut self, o: &Self) {
        self.in_zone += o.in_zone;
        self.runs += o.runs;
        self.bookable += o.bookable;
        self.leads += o.leads;
        self.within += o.within;
        self.seated += o.seated;
        self.seats_unknown += o.seats_unknown;
    }

    pub(super) fn count(&mut self, facts: u8, within: bool, seat: Option<f64>, people: f64) {
        let mut all = fact::IN_ZONE;
        let fields = [
            (fact::IN_ZONE, &mut self.in_zone),
            (fact::RUNS, &mut self.runs),
            (fact::BOOKABLE, &mut self.bookable),
            (fact::LEADS, &mut self.leads),
        ];
        for (bit, field) in fields {
            all |= bit;
            *field += if facts & all == all { people } else { 0.0 };
        }
        if facts & all == all {
            self.within += if within { people } else { 0.0 };
            self.seated += people * seat.unwrap_or(0.0);
            self.seats_unknown += if seat.is_none() { people } else { 0.0 };
        }
    }
}
