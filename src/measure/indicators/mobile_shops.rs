//! Q9 移動販売: who is far from every shop, and who of them is met by a mobile one.

use super::super::near::Counted;
use super::super::{Question, QuestionError, nearest_of};
use crate::atlas::Atlas;
use crate::atlas::streets::NONE;
use crate::model::{Basis, Day, kind_by_code, rules};
use serde::Serialize;

/// Weeks in each of which a mobile shop must come to be weekly.
const WEEKLY: i32 = 4;

/// Q9 移動販売: people far from every shop, and those of them a weekly mobile shop stops near.
#[derive(Debug, Serialize)]
pub struct MobileShops {
    /// One row per area; the last is the total.
    pub rows: Vec<MobileRow>,
    /// What it stands on.
    pub basis: Basis,
}

/// One area.
#[derive(Debug, Serialize)]
pub struct MobileRow {
    /// Name.
    pub area: String,
    /// People.
    pub people: f64,
    /// 店舗500m圏外.
    pub far: f64,
    /// Of those, within reach of a mobile shop at least once a week.
    pub rescued: f64,
}

/// Q9. Distances are of the named rules `shop_500m` and `mobile_300m`.
///
/// # Errors
/// As for coverage.
pub fn mobile_shops(atlas: &Atlas, q: &Question, from: Day) -> Result<MobileShops, QuestionError> {
    let counted = Counted::new(atlas, q)?;
    let metres = |id: &str, usual: f64| rules().rule.iter().find(|r| r.id == id).and_then(|r| r.metres).unwrap_or(usual);
    let of = |code: &str| kind_by_code(code).map_or(Vec::new(), |k| atlas.sites.of_kind(k).to_vec());
    let mm = |m: f64| (m * 1000.0) as u32;
    let shops = of("shop");
    let weekly = |s: &u32| {
        let site = &atlas.sites.all[*s as usize];
        site.schedule
            .as_ref()
            .is_some_and(|sch| (0..WEEKLY).all(|w| sch.days(from.plus(w * 7), from.plus(w * 7 + 7)).next().is_some()))
    };
    let all = of("mobile_shop");
    let vans: Vec<u32> = all.iter().copied().filter(weekly).collect();
    let unlocated = atlas.sites.unlocated.iter().filter(|s| s.kind.code() == "mobile_shop").count();
    let near = |sites: &[u32], limit: f64| nearest_of(atlas, &counted.demand, sites, mm(limit), q.walker, false).0;
    let (shop, van) = (near(&shops, metres("shop_500m", 500.0)), near(&vans, metres("mobile_300m", 300.0)));
    let rows = counted.classes::<3>(|p| Some(if shop[p] != NONE { 0 } else { 1 + usize::from(van[p] != NONE) }));
    let row = |(area, [near, far, rescued]): (String, [f64; 3])| MobileRow {
        area,
        people: near + far + rescued,
        far: far + rescued,
        rescued,
    };
    let notes = vec![
        "店舗500m圏外の人であり、食料品アクセス困難人口ではありません（自動車の利用は分からないため）。".into(),
        format!(
            "移動販売は、週1回以上と分かる{}か所（{}か所中）を数えました。位置未確定の{unlocated}件は助けに数えません。",
            vans.len(),
            all.len()
        ),
    ];
    Ok(MobileShops { rows: counted.names().into_iter().zip(rows).map(row).collect(), basis: q.basis(atlas, notes) })
}
