//! What staff work on: every record of the current revision, public or not, with a search over their words.

use crate::atlas::{Searched, Words};
use crate::model::Filed;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// Every record of one revision.
pub struct Desk {
    /// The revision.
    pub revision: i64,
    /// The records, in register order.
    pub records: Vec<Arc<Filed>>,
    /// Place of each service.
    by_service: HashMap<i64, usize>,
    /// Made when somebody first searches.
    words: OnceLock<Words>,
}

impl Desk {
    /// Over the records of a revision, in the order of their places' ids.
    pub fn new(revision: i64, records: Vec<Arc<Filed>>) -> Self {
        let of_place = |(i, f): (usize, &Arc<Filed>)| f.place.services.iter().map(|s| (s.id, i)).collect::<Vec<_>>();
        let by_service = records.iter().enumerate().flat_map(of_place).collect();
        Self { revision, records, by_service, words: OnceLock::new() }
    }

    /// The same at a later revision, where only some places changed; nothing in place of one that has gone.
    pub fn edited(&self, revision: i64, changes: Vec<(i64, Option<Filed>)>) -> Self {
        let mut records = self.records.clone();
        for (id, filed) in changes {
            match (records.binary_search_by_key(&id, |f| f.place.id), filed.map(Arc::new)) {
                (Ok(i), Some(f)) => records[i] = f,
                (Ok(i), None) => {
                    records.remove(i);
                }
                (Err(i), Some(f)) => records.insert(i, f),
                (Err(_), None) => {}
            }
        }
        Self::new(revision, records)
    }

    fn words(&self) -> &Words {
        self.words.get_or_init(|| {
            Words::new(self.records.iter().map(|f| {
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
            }))
        })
    }

    /// The record of a place.
    pub fn place(&self, id: i64) -> Option<&Filed> {
        self.records.binary_search_by_key(&id, |f| f.place.id).ok().map(|i| self.records[i].as_ref())
    }

    /// The record of the place of a service.
    pub fn of_service(&self, service: i64) -> Option<&Filed> {
        self.by_service.get(&service).map(|&i| self.records[i].as_ref())
    }

    /// Records with these words, best first.
    pub fn search(&self, text: &str) -> Vec<Searched> {
        self.words().search(text)
    }
}
