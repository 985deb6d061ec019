//! M16: how fresh the register is.

use crate::atlas::Atlas;
use crate::model::{Day, KindId, policy};
use serde::Serialize;

/// M16: how fresh the register is, by source.
#[derive(Debug, Serialize)]
pub struct Freshness {
    /// By kind: verified within a year, all running services.
    pub kinds: Vec<FreshRow>,
}

/// One kind.
#[derive(Debug, Serialize)]
pub struct FreshRow {
    /// The kind.
    pub kind: KindId,
    /// Verified within the policy's days.
    pub fresh: usize,
    /// With any date of verification.
    pub dated: usize,
    /// Running services, 位置未確定 included.
    pub all: usize,
}

/// M16 on a day.
pub fn freshness(atlas: &Atlas, today: Day) -> Freshness {
    let mut rows: Vec<FreshRow> = Vec::new();
    for s in atlas.sites.services().filter(|s| s.status == crate::model::Status::Active) {
        let at = rows.iter().position(|r| r.kind == s.kind).unwrap_or_else(|| {
            rows.push(FreshRow { kind: s.kind, fresh: 0, dated: 0, all: 0 });
            rows.len() - 1
        });
        let date = s.verified_on.as_deref().and_then(Day::parse);
        rows[at].all += 1;
        rows[at].dated += usize::from(date.is_some());
        rows[at].fresh += usize::from(policy().verify.is_fresh(s.verified_on.as_deref(), today));
    }
    rows.sort_by_key(|r| r.kind);
    Freshness { kinds: rows }
}
