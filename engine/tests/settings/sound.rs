//! Whatever is set and changed, and whatever the seed: two seconds of sound without NaN, within full scale, without a panic.

use super::*;
use auralis_engine::Performance;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

    #[test]
    #[cfg_attr(coverage, ignore = "renders minutes, which counting lines slows a hundredfold")]
    fn any_session_sounds_and_stays_within_its_bounds(
        session in any_session(),
        changes in proptest::collection::vec((0_u64..100_000, any_patch()), 0..12),
        from in prop_oneof![Just(0_u64), 0_u64..400_000],
    ) {
        let mut changes = changes;
        changes.sort_by_key(|c| c.0);
        for quality in [Quality::Full, Quality::Reduced] {
            let mut log = ChangeLog::new();
            for (frame, patch) in &changes {
                log.push(Change { frame: Frame(from + frame), patch: *patch }).unwrap();
            }
            let settings = Settings { quality, ..session.settings };
            let mut performance = Performance::new(&Session { settings, ..session }, log);
            performance.seek(Frame(from)).unwrap();
            let mut out = vec![0.0; 2 * 2 * 48_000];
            performance.render_interleaved(&mut out).unwrap();
            prop_assert!(out.iter().all(|x| x.is_finite() && x.abs() <= 1.0));
        }
    }
}
