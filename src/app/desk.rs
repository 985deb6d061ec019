//! What staff work on: every record of the current revision, public or not, with a search over their words.

use crate::atlas::{Searched, Words};
use crate::model::Filed;
use std::collections::HashMap;

/// Every record of one revision.
pub struct Desk {
    /// The revision.
    pub revision: i64,
    /// The records, in register order.
    pub records: Vec<Filed>,
    by_place: HashMap<i64, usize>,
    /// Place of each service.
    by_service: HashMap<i64, usize>,
    words: Words,
}

impl Desk {
    /// Over the records of a revision.
    pub fn new(revision: i64, records: Vec<Filed>) -> Self {
        let by_place = records.iter().enumerate().map(|(i, f)| (f.place.id, i)).collect();
        let of_place = |(i, f): (usize, &Filed)| f.place.services.iter().map(|s| (s.id, i)).collect::<Vec<_>>();
        let by_service = records.iter().enumerate().flat_map(of_place).collect();
        let words = Words::new(records.iter().map(|f| {
            let p = &f.place;
            let mut said = vec![(p.name.as_str(), 3.0)];
            said.extend(p.kana.iter().map(|k| (k.as_str(), 3.0)));
            said.extend(p.address.iter().map(|a| (a.as_str(), 1.0)));
            for s in &p.services {
                said.push((&s.name, 3.0));
                said.push((&s.kind.kind().ja, 1.0));
                said.extend(s.phone.iter().map(|t| (t.as_str(), 1.0)));
                said.extend(s.serves.iter().map(|t| (t.as_str(), 1.0)));
            }
            said
        }));
        Self { revision, records, by_place, by_service, words }
    }

    /// The record of a place.
    pub fn place(&self, id: i64) -> Option<&Filed> {
        self.by_place.get(&id).map(|&i| &self.records[i])
    }

    /// The record of the place of a service.
    pub fn of_service(&self, service: i64) -> Option<&Filed> {
        self.by_service.get(&service).map(|&i| &self.records[i])
    }

    /// Records with these words, best first.
    pub fn search(&self, text: &str) -> Vec<Searched> {
        self.words.search(text)
    }
}
