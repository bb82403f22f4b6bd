//! Figures of many measurements.

/// Returns the median; of an even number the upper one.
pub fn median(values: &mut [f64]) -> f64 {
    percentile(values, 50)
}

/// Returns the value below which so many of a hundred are; of two the upper one. Sorts the values.
pub fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = values.len() * percent / 100;
    values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::{median, percentile};

    #[test]
    fn percentiles_are_values_that_occur() {
        let mut values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert!((percentile(&mut values, 99) - 199.0).abs() < f64::EPSILON);
        assert!((percentile(&mut values, 100) - 200.0).abs() < f64::EPSILON);
        assert!((median(&mut [3.0, 1.0, 2.0, 4.0]) - 3.0).abs() < f64::EPSILON);
        assert!(median(&mut []).is_nan());
    }
}
