//! M13: quantiles of the distance to the nearest service, weighted by people.

use crate::atlas::streets::NONE;

/// Width of a first, coarse bin, millimetres as a power of two: 2^14 mm ≈ 16 m.
const BIN_SHIFT: u32 = 14;

/// For each share `q`, the least distance within which at least that share of the weight lies. Distances are
/// millimetres; [`NONE`] is farther than anything, and a quantile that falls there is nothing.
/// Exact: the bin a quantile falls in is sorted, the others are only summed.
pub fn weighted_quantiles<const N: usize>(values: &[(u32, f64)], shares: [f64; N]) -> [Option<u32>; N] {
    let bin = |mm: u32| (mm >> BIN_SHIFT) as usize;
    let reached = || values.iter().filter(|v| v.0 != NONE);
    let bins = reached().map(|v| bin(v.0)).max().map_or(0, |b| b + 1);
    let mut sums = vec![0.0; bins];
    reached().for_each(|(mm, w)| sums[bin(*mm)] += w);
    let whole: f64 = values.iter().map(|v| v.1).sum();
    shares.map(|q| {
        let wanted = whole * q - whole * 1e-12;
        let mut before = 0.0;
        (whole > 0.0).then_some(())?;
        let found = sums.iter().position(|s| {
            before += s;
            before >= wanted
        })?;
        before -= sums[found];
        let mut inside: Vec<(u32, f64)> = reached().filter(|v| bin(v.0) == found).copied().collect();
        inside.sort_unstable_by_key(|v| v.0);
        let exact = inside.iter().find(|(_, w)| {
            before += w;
            before >= wanted
        });
        exact.or(inside.last()).map(|v| v.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_by_hand() {
        let v = [(300, 1.0), (100, 2.0), (200, 1.0), (NONE, 1.0)];
        assert_eq!(weighted_quantiles(&v, [0.4, 0.5, 0.8, 0.9]), [Some(100), Some(200), Some(300), None]);
        assert_eq!(weighted_quantiles(&[], [0.5]), [None]);
        assert_eq!(weighted_quantiles(&[(1, 0.0)], [0.5]), [None]);
    }

    proptest! {
        #[test]
        fn the_bins_change_nothing(mut v in proptest::collection::vec((0u32..90_000, 1u32..9), 1..200), q in 0.01f64..1.0) {
            let weighted: Vec<(u32, f64)> = v.iter().map(|(mm, w)| (*mm, f64::from(*w))).collect();
            v.sort_unstable();
            let whole: u32 = v.iter().map(|x| x.1).sum();
            let mut sum = 0.0;
            let plain = v.iter().find(|(_, w)| { sum += f64::from(*w); sum >= f64::from(whole) * (q - 1e-12) }).map(|x| x.0);
            prop_assert_eq!(weighted_quantiles(&weighted, [q])[0], plain);
        }
    }
}
