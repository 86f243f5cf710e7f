//! How unlikely it is that a right composer gives what was counted.

/// The value that a chi-square variable of `freedom` degrees exceeds once in 100 000 times (Wilson and Hilferty's approximation).
fn chi_square_limit(freedom: usize) -> f64 {
    const Z: f64 = 4.265;
    let k = freedom as f64;
    let part = 2.0 / (9.0 * k);
    k * (1.0 - part + Z * part.sqrt()).powi(3)
}

/// Pearson's statistic of counts against probabilities, and its degrees of freedom. What cannot be must not have been.
fn chi_square(counts: &[u64], probabilities: &[f64]) -> (f64, usize) {
    let total: u64 = counts.iter().sum();
    let mut statistic = 0.0;
    let mut freedom = 0;
    for (count, p) in counts.iter().zip(probabilities) {
        if *p == 0.0 {
            assert_eq!(*count, 0, "what has no chance has happened");
            continue;
        }
        let expected = p * total as f64;
        assert!(expected >= 5.0, "too few ({total}) to judge");
        statistic += (*count as f64 - expected).powi(2) / expected;
        freedom += 1;
    }
    (statistic, freedom - 1)
}

#[track_caller]
pub(super) fn assert_distributed(counts: &[u64], probabilities: &[f64], what: &str) {
    let (statistic, freedom) = chi_square(counts, probabilities);
    let limit = chi_square_limit(freedom);
    assert!(statistic < limit, "{what}: chi-square {statistic:.1} over {limit:.1} ({counts:?})");
}

#[track_caller]
pub(super) fn assert_uniform(values: &[f64], low: f64, high: f64, what: &str) {
    const BINS: usize = 10;
    let mut counts = [0; BINS];
    for v in values {
        let bin = (v - low) / (high - low) * BINS as f64;
        assert!((0.0..=BINS as f64).contains(&bin), "{what}: {v} is not in {low} to {high}");
        counts[(bin as usize).min(BINS - 1)] += 1;
    }
    assert_distributed(&counts, &[0.1; BINS], what);
}

#[test]
fn the_critical_values_are_right() {
    // For even degrees of freedom the chance of exceeding x is exp(-x/2) · Σ (x/2)ⁱ/i!, i below half of them.
    for freedom in [2, 4, 6, 10, 30] {
        let half = chi_square_limit(freedom) / 2.0;
        let (mut term, mut sum) = (1.0, 0.0);
        for i in 1..=freedom / 2 {
            sum += term;
            term *= half / i as f64;
        }
        let chance = (-half).exp() * sum;
        assert!((0.4e-5..1.6e-5).contains(&chance), "{freedom}: {chance:e}");
    }
}
