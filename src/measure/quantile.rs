//! M13: quantiles of the distance to the nearest service, weighted by people.

/// The least value with at least a share `q` of the weight at or below it; nothing if there is no weight.
/// Values are (value, weight); infinite values count, so a quantile among the unreached is infinite.
pub fn weighted_quantile(values: &mut [(f64, f64)], q: f64) -> Option<f64> {
    let whole: f64 = values.iter().map(|v| v.1).sum();
    if whole <= 0.0 {
        return None;
    }
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut sum = 0.0;
    values.iter().find(|(_, w)| {
        sum += w;
        sum >= whole * q - whole * 1e-12
    }).map(|v| v.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_by_hand() {
        let mut v = vec![(300.0, 1.0), (100.0, 2.0), (200.0, 1.0), (f64::INFINITY, 1.0)];
        assert_eq!(weighted_quantile(&mut v, 0.4), Some(100.0));
        assert_eq!(weighted_quantile(&mut v, 0.5), Some(200.0));
        assert_eq!(weighted_quantile(&mut v, 0.8), Some(300.0));
        assert_eq!(weighted_quantile(&mut v, 0.9), Some(f64::INFINITY));
        assert_eq!(weighted_quantile(&mut [], 0.5), None);
        assert_eq!(weighted_quantile(&mut [(1.0, 0.0)], 0.5), None);
    }
}
