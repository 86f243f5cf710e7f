//! How loud it is for the listener: his own volume, and the sleep timer's fade. Neither touches the session.

use super::Player;
use super::sleep::Point;

/// Seconds in which a change of the volume is heard: no jump, no click.
const VOLUME_SECONDS: f64 = 0.05;

impl Player {
    /// The sleep timer's fade: gains to be reached at the context's times, joined by straight lines. It never touches the session.
    pub fn fade_to_sleep(&self, points: &[Point]) {
        let gain = self.rest.gain();
        let _ = gain.cancel_scheduled_values(0.0);
        for (i, point) in points.iter().enumerate() {
            let _ = if i == 0 {
                gain.set_value_at_time(point.gain, point.at)
            } else {
                gain.linear_ramp_to_value_at_time(point.gain, point.at)
            };
        }
    }

    /// The listener's own volume, 0 to 1: it never touches the session.
    pub fn set_volume(&self, volume: f32) {
        let gain = self.volume.gain();
        let now = self.context.current_time();
        let _ = gain.cancel_scheduled_values(now);
        let _ = gain.set_value_at_time(gain.value(), now);
        let _ = gain.linear_ramp_to_value_at_time(volume, now + VOLUME_SECONDS);
    }
}
