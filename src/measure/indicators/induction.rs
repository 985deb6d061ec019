//! M6: facilities and people inside the induction areas.

use super::super::near::Counted;
use super::super::{Question, QuestionError};
use crate::atlas::Atlas;
use crate::model::{AreaType, Basis, KindId, LonLat, kinds};
use serde::Serialize;

/// Shares of facilities and people inside the induction areas (M6), and density of the reach (M3).
#[derive(Debug, Serialize)]
pub struct Induction {
    /// By kind: inside 都市機能誘導区域, all.
    pub kinds: Vec<InsideRow>,
    /// People inside 居住誘導区域; nothing if there is none.
    pub residents: Option<f64>,
    /// All people.
    pub people: f64,
    /// What it stands on.
    pub basis: Basis,
}

/// One kind.
#[derive(Debug, Serialize)]
pub struct InsideRow {
    /// The kind.
    pub kind: KindId,
    /// Services inside a 都市機能誘導区域.
    pub inside: usize,
    /// Located running services.
    pub all: usize,
}

/// M6. A service on the boundary is inside; one in two overlapping areas counts once.
///
/// # Errors
/// As for coverage, and without 都市機能誘導区域.
pub fn induction(atlas: &Atlas, q: &Question) -> Result<Induction, QuestionError> {
    let counted = Counted::new(atlas, q)?;
    let missing = || {
        QuestionError::new(
            "no_induction_areas",
            "誘導区域のデータがありません。国土数値情報 A50 を取り込んでください。/ No induction areas have been imported.",
        )
    };
    let areas = atlas.areas.get(&AreaType::FunctionInduction).ok_or_else(missing)?;
    let wanted: Vec<KindId> =
        if q.kinds.is_empty() { (0..kinds().len()).map(|i| KindId(i as u8)).collect() } else { q.kinds.clone() };
    let row = |kind: KindId| {
        let sites = atlas.sites.of_kind(kind);
        let inside = sites.iter().filter(|s| !areas.at(atlas.sites.all[**s as usize].point).is_empty()).count();
        InsideRow { kind, inside, all: sites.len() }
    };
    let kinds = wanted.into_iter().map(row).filter(|r| r.all > 0).collect();
    let residence = atlas.areas.get(&AreaType::ResidenceInduction);
    let weights = counted.weights();
    let inside = |index: &crate::atlas::AreaIndex| -> f64 {
        let here = |p: usize| !index.at(LonLat::from_e7(counted.demand.points[p].point)).is_empty();
        weights.iter().enumerate().filter(|(p, w)| **w > 0.0 && here(*p)).map(|(_, w)| w).sum()
    };
    let people = weights.iter().sum();
    Ok(Induction {
        kinds,
        residents: residence.map(inside),
        people,
        basis: q.basis(atlas, vec!["境界の上は内側に数えました。".into()]),
    })
}
