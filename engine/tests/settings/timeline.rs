//! Logs and timelines: what holds when.

use super::*;

#[test]
fn logs_fold_and_keep_their_order() {
    let mut log = ChangeLog::new();
    for (frame, words) in [(10, "bpm=60"), (10, "bpm=61"), (20, "preset=sleep"), (30, "intensity=1")] {
        log.push(Change { frame: Frame(frame), patch: patch(words) }).unwrap();
    }
    let late = log.push(Change { frame: Frame(29), patch: Patch::default() }).unwrap_err();
    assert!(late.to_string().contains("29") && late.to_string().contains("30"), "{late}");
    let s = Settings::default();
    assert_eq!(log.fold(&s, Frame(10)), s);
    assert_eq!(log.fold(&s, Frame(11)).bpm.get(), 61.0);
    assert_eq!(log.fold(&s, Frame(30)), Preset::Sleep.settings());
    assert_eq!(log.since(Frame(20)).len(), 2);
    assert_eq!(log.since(Frame(31)).len(), 0);
}

#[test]
fn continuous_settings_move_in_straight_ramps() {
    let rate = SampleRate::Hz44100;
    let mut timeline = Timeline::new(Settings::default());
    timeline.push(Frame(44_100), &patch("intensity=1 effects=false quality=reduced layers.pad=0")).unwrap();
    let at = |seconds: f64| timeline.controls(Frame(rate.frames(seconds)), rate);
    assert_eq!(
        (at(0.0).intensity, at(0.99).intensity, at(3.0).intensity, at(100.0).intensity),
        (0.5, 0.5, 1.0, 1.0)
    );
    for i in 0..=20 {
        let t = f64::from(i) / 10.0;
        let c = at(1.0 + t);
        let part = t as f32 / 2.0;
        assert!((c.intensity - (0.5 + 0.5 * part)).abs() < 1e-4);
        assert!((c.effects - (1.0 - part)).abs() < 1e-4);
        assert!((c.richness - (1.0 - part)).abs() < 1e-4);
        assert!((c.layers[1] - (1.0 - part)).abs() < 1e-4);
        assert!((c.layers[0] - 1.0).abs() < 1e-6);
    }
    // Changes on the heels of each other: never out of range, never a leap.
    for i in 0..40_u64 {
        let words = if i % 2 == 0 { "intensity=0" } else { "intensity=1" };
        timeline.push(Frame(88_200 + i * 3000), &patch(words)).unwrap();
    }
    let mut before = timeline.controls(Frame(80_000), rate).intensity;
    for i in 0..6000_u64 {
        let now = timeline.controls(Frame(80_000 + i * 64), rate).intensity;
        assert!((0.0..=1.0).contains(&now));
        assert!((now - before).abs() < 0.004, "a leap from {before} to {now}");
        before = now;
    }
    // Forgetting what is over changes nothing after it.
    let later = Frame(88_200 + 39 * 3000 + 90_000);
    let (known, latest) = (timeline.controls(later, rate), timeline.latest());
    timeline.forget_before(later);
    assert_eq!((timeline.controls(later, rate), timeline.latest()), (known, latest));
}
