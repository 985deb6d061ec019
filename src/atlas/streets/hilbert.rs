//! Order along a Hilbert curve, so that what is near on the ground is near in memory.

/// Distance along the curve of a position in a 65,536 × 65,536 square.
pub fn index(mut x: u32, mut y: u32) -> u64 {
    const N: u32 = 1 << 16;
    let mut d = 0u64;
    let mut s = N / 2;
    while s > 0 {
        let (rx, ry) = (u32::from(x & s > 0), u32::from(y & s > 0));
        d += u64::from(s) * u64::from(s) * u64::from((3 * rx) ^ ry);
        if ry == 0 {
            if rx == 1 {
                (x, y) = ((N - 1).wrapping_sub(x), (N - 1).wrapping_sub(y));
            }
            (x, y) = (y, x);
        }
        s /= 2;
    }
    d
}

#[cfg(test)]
mod tests {
    use super::index;

    #[test]
    fn neighbours_on_the_curve_are_neighbours_on_the_ground() {
        let mut at: Vec<(u64, (u32, u32))> = (0..64u32).flat_map(|x| (0..64).map(move |y| (index(x, y), (x, y)))).collect();
        at.sort_unstable();
        for pair in at.windows(2) {
            let ((x, y), (u, v)) = (pair[0].1, pair[1].1);
            assert_eq!(x.abs_diff(u) + y.abs_diff(v), 1);
        }
    }
}
