//! Voices: what sessions ask for within a short time is played in one submission, and waited for.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use auralis_gpu::chain::{Backend, Chain};
use auralis_gpu::score::{Played, Recording, Recordings};
use auralis_gpu::supplier::Speed;

use super::desk::Desk;

/// How long it is waited for others' spans, when one has come.
const GATHER: Duration = Duration::from_millis(4);
/// The most movements in a submission.
const MOST: usize = 256;

/// Some movements of one session, whom they are for, and how long they are waited for.
pub(super) struct Order {
    recordings: Vec<Recording>,
    answer: SyncSender<Vec<Option<Played>>>,
    until: Instant,
}

impl Order {
    /// Whether nobody waits for it any more.
    fn is_over(&self) -> bool {
        self.until <= Instant::now()
    }
}

impl Desk<Order> {
    /// What a device makes of a session's movements; nothing if it has to be done elsewhere, or did not come in time.
    pub(super) fn play(&self, recordings: Vec<Recording>, patience: Duration) -> Option<Vec<Played>> {
        let (answer, played) = sync_channel(1);
        if !self.ask(Order { recordings, answer, until: Instant::now() + patience }) {
            return None;
        }
        let Ok(played) = played.recv_timeout(patience) else {
            // Nobody waits twice for one that hangs.
            self.pause();
            return None;
        };
        played.into_iter().collect()
    }
}

/// Plays an order, with those that come within a short time. For each there is `time`.
pub(super) fn serve<B>(
    chain: &mut Chain<B>,
    first: Order,
    orders: &Receiver<Order>,
    speed: &mut Speed,
    time: Duration,
) where
    B: Backend<Work = Recordings> + Send + 'static,
{
    let until = Instant::now() + GATHER;
    let mut movements = first.recordings.len();
    let mut waiting = vec![first];
    while movements < MOST
        && let Ok(order) = orders.recv_timeout(until.saturating_duration_since(Instant::now()))
    {
        movements += order.recordings.len();
        waiting.push(order);
    }
    waiting.retain(|order| !order.is_over());
    let (recordings, answers): (Vec<_>, Vec<_>) =
        waiting.into_iter().map(|Order { recordings, answer, .. }| (recordings, answer)).unzip();
    let lengths: Vec<_> = recordings.iter().map(Vec::len).collect();
    let recordings = Recordings(recordings.into_iter().flatten().collect());
    let begun = Instant::now();
    let mut played = pollster::block_on(chain.render(&recordings, recordings.all())).into_iter();
    speed.judge(chain, begun.elapsed(), time);
    for (answer, length) in answers.into_iter().zip(lengths) {
        // Who has waited too long hears nothing of it.
        let _ = answer.send(played.by_ref().take(length).collect());
    }
}
