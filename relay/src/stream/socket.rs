//! One connection, from its first message to its last.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use auralis_engine::{Change, Frame, SOUND_VERSION};
use auralis_protocol::{ClientMessage, Code, MAIN_SESSION, ServerMessage, Severity, Transport};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::allowance::Allowance;
use super::pings::Pings;
use super::proving::Proving;
use crate::audio::{Form, Listener, Next};
use crate::metrics::Kind;
use crate::relay::Relay;
use crate::session::{Room, Update};
use crate::time;

/// The longest message that a client may send, in bytes.
const LONGEST: usize = 64 * 1024;
/// How much is read at once of what a client says, in bytes. Most say next to nothing, and there are many.
const READ: usize = 512;
/// How often the relay pings, and how long a client may be silent.
const PING: Duration = Duration::from_secs(30);
const SILENT: Duration = Duration::from_secs(60);
/// How long a message may take to be sent: who is slower than that is gone, or might as well be.
const STUCK: Duration = Duration::from_secs(10);
/// How long a client may take to say goodbye, too.
const FAREWELL: Duration = Duration::from_secs(2);
/// How many messages a client may send at once, and then a second: controls, and all of them.
const CONTROLS: (u32, f64) = (20, 5.0);
const MESSAGES: (u32, f64) = (200, 50.0);

/// What an address may say.
#[derive(Deserialize)]
pub struct Wanted {
    session: Option<String>,
    transport: Option<String>,
}

/// Connects a client to a session.
pub async fn connect(
    State(relay): State<Arc<Relay>>,
    Query(wanted): Query<Wanted>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let name = wanted.session.as_deref().unwrap_or(MAIN_SESSION);
    let transport = wanted.transport.as_deref().unwrap_or(Transport::default().name());
    let known = Transport::parse(transport).filter(|wanted| relay.transports().any(|had| had == *wanted));
    let Some(transport) = known else {
        let allowed = relay.transports().map(Transport::name).collect::<Vec<_>>().join(", ");
        let sentence = format!("transport cannot be {transport:?}; allowed: {allowed}\n");
        return (StatusCode::UNPROCESSABLE_ENTITY, sentence).into_response();
    };
    let Some(room) = relay.sessions().find(name) else {
        return (StatusCode::NOT_FOUND, format!("there is no session {name:?}\n")).into_response();
    };
    upgrade
        .max_message_size(LONGEST)
        .max_frame_size(LONGEST)
        .read_buffer_size(READ)
        // Each message goes out at once, whole.
        .write_buffer_size(0)
        .on_upgrade(move |socket| Connection::new(socket, room, relay, transport).run())
}

/// Why a connection ended.
enum End {
    /// The client went.
    Gone,
    /// The client is told to go.
    Close(u16, Cow<'static, str>),
}

struct Connection {
    socket: WebSocket,
    room: Arc<Room>,
    relay: Arc<Relay>,
    transport: Transport,
    token: Option<String>,
    controls: Allowance,
    messages: Allowance,
    heard: Instant,
    pings: Pings,
    /// What it shows of its own rendering, and what keeps the relay's going for that.
    proving: Proving,
    witness: Option<Listener>,
}

impl Connection {
    fn new(socket: WebSocket, room: Arc<Room>, relay: Arc<Relay>, transport: Transport) -> Self {
        let [controls, messages] = [CONTROLS, MESSAGES].map(|(most, rate)| Allowance::new(most, rate));
        let (heard, pings, proving) = (Instant::now(), Pings::default(), Proving::default());
        Self {
            socket,
            room,
            relay,
            transport,
            token: None,
            controls,
            messages,
            heard,
            pings,
            proving,
            witness: None,
        }
    }

    async fn run(mut self) {
        let end = match self.serve().await {
            Ok(()) | Err(End::Gone) => return,
            Err(End::Close(code, reason)) => CloseFrame { code, reason: reason.as_ref().into() },
        };
        let _ = timeout(STUCK, self.socket.send(Message::Close(Some(end)))).await;
        // What a client has said and nobody has read resets the connection when that is closed, and takes our last words with it.
        let _ = timeout(FAREWELL, async { while let Some(Ok(_)) = self.socket.recv().await {} }).await;
    }

    async fn serve(&mut self) -> Result<(), End> {
        let Some(_place) = self.relay.admit(self.transport) else {
            let sentence = "as many listen as this relay can serve; try again later";
            self.complain(Code::ServerOverload, sentence).await?;
            return Err(End::Close(close_code::AGAIN, sentence.into()));
        };
        let _present = self.room.meter().enter(Kind::Socket(self.transport));
        // Before the session is told: no change is missed between.
        let mut updates = self.room.watch();
        let mut listener = match self.transport {
            Transport::Score => None,
            Transport::Opus => Some(self.room.listen(Form::Opus).await),
            Transport::Json | Transport::Pcm => Some(self.room.listen(Form::Samples).await),
        };
        if listener.is_none() {
            let session = self.session();
            self.say(&session).await?;
            if self.room.is_streams_only() {
                self.send_elsewhere("its sound is the relay’s alone.".into()).await?;
            }
        }
        let mut beat = interval(PING);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // At once: how far a client is is known from the beginning.
        beat.tick().await;
        self.ping().await?;
        // Once for all turns of the loop: each would take a lock that all connections share.
        let mut stopping = pin!(self.relay.stopping().clone().cancelled_owned());
        let mut ended = pin!(self.room.ended().clone().cancelled_owned());
        loop {
            tokio::select! {
                () = &mut stopping => {
                    return Err(End::Close(close_code::RESTART, "the relay stops; connect again in a moment".into()));
                }
                () = &mut ended => return Err(End::Close(close_code::NORMAL, "the session has ended".into())),
                message = self.socket.recv() => {
                    let message = match message {
                        Some(Ok(message)) => message,
                        Some(Err(error)) if is_too_long(&error) => {
                            return Err(End::Close(close_code::SIZE, "a message is longer than 64 KiB".into()));
                        }
                        _ => return Err(End::Gone),
                    };
                    self.heard = Instant::now();
                    self.hear(message).await?;
                }
                next = heard(&mut listener) => self.pass_on(next).await?,
                update = updates.recv() => self.tell(update).await?,
                _ = beat.tick() => {
                    if self.heard.elapsed() > SILENT {
                        return Err(End::Close(close_code::AWAY, "nothing was heard for a minute".into()));
                    }
                    self.ping().await?;
                }
            }
        }
    }

    async fn ping(&mut self) -> Result<(), End> {
        let ping = self.pings.next();
        self.send(Message::Ping(ping)).await
    }

    /// A chunk goes out, in this client's form.
    async fn pass_on(&mut self, next: Next) -> Result<(), End> {
        match next {
            Next::Chunk(chunk) if self.transport == Transport::Json => {
                self.send(Message::Text(chunk.json())).await
            }
            Next::Chunk(chunk) if self.transport == Transport::Opus => match chunk.opus() {
                Some(packets) => self.send(Message::Binary(packets)).await,
                None => Ok(()),
            },
            Next::Chunk(chunk) => self.send(Message::Binary(chunk.pcm())).await,
            Next::Trouble(trouble) => self.error(trouble.code, trouble.severity, &trouble.message).await,
            Next::Lost(chunks) => {
                self.room.meter().dropped(chunks);
                let sentence = format!("{chunks} chunks came too fast for this client: on with what is live");
                self.complain(Code::BufferOverrun, &sentence).await
            }
        }
    }

    /// Somebody changed the session.
    async fn tell(&mut self, update: Result<Arc<Update>, RecvError>) -> Result<(), End> {
        let now = match update {
            Ok(update) => {
                if self.transport == Transport::Score {
                    self.send(Message::Text(update.change_message(&self.room))).await?;
                }
                update.now_message(&self.room)
            }
            // Too many at once: the whole log says it all.
            Err(_) => {
                if self.transport == Transport::Score {
                    let session = self.session();
                    self.say(&session).await?;
                }
                serde_json::to_string(&self.room.update()).unwrap_or_default().into()
            }
        };
        self.send(Message::Text(now)).await
    }

    /// A client says something.
    async fn hear(&mut self, message: Message) -> Result<(), End> {
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return Err(End::Gone),
            Message::Binary(_) => {
                return self
                    .complain(Code::InvalidControl, "binary messages say nothing here; allowed: JSON")
                    .await;
            }
            // axum answers pings itself.
            Message::Ping(_) => return Ok(()),
            Message::Pong(number) => {
                if let Some(took) = self.pings.answered(&number) {
                    self.room.meter().round_trip(took);
                }
                return Ok(());
            }
        };
        if !self.messages.take() {
            return Err(End::Close(close_code::POLICY, "too many messages".into()));
        }
        match ClientMessage::read(&text) {
            Ok(ClientMessage::Ping { client_time }) => {
                self.say(&ServerMessage::Pong { client_time, server_time: time::now() }).await
            }
            Ok(ClientMessage::StatusRequest {}) => {
                let status = self.relay.status(&self.room);
                self.say(&status).await
            }
            Ok(ClientMessage::Authenticate { token }) => {
                if self.room.admits(Some(&token)) {
                    self.token = Some(token);
                    Ok(())
                } else {
                    self.complain(Code::InvalidControl, "that is not this session's host token").await
                }
            }
            Ok(ClientMessage::Control(control)) => self.control(&control).await,
            Ok(ClientMessage::Proof { sound_version, frame, hash }) => {
                self.compare(sound_version, frame, &hash).await
            }
            Err(sentence) => self.complain(Code::InvalidControl, &sentence).await,
        }
    }

    /// A client shows what it has rendered of the session.
    async fn compare(&mut self, sound_version: u32, frame: u64, hash: &str) -> Result<(), End> {
        if self.room.is_streams_only() {
            // There are no hashes of what may be a GPU's; who makes the music all the same was told where to hear it.
            return Ok(());
        }
        if self.witness.is_none() && self.transport == Transport::Score {
            // From now on it is rendered here, too.
            self.witness = Some(self.room.listen(Form::Proofs).await);
        }
        let wanted = self.room.station().proof(Frame(frame));
        let Some(message) = self.proving.judge(sound_version, hash, wanted) else { return Ok(()) };
        tracing::warn!("a client of the session {:?} is to hear the relay: {message}", self.room.name());
        self.send_elsewhere(message).await
    }

    /// Tells the client to hear the relay, and why.
    async fn send_elsewhere(&mut self, message: String) -> Result<(), End> {
        let transport = if self.relay.has_opus() { Transport::Opus } else { Transport::Pcm };
        self.say(&ServerMessage::Move { transport: transport.name().into(), message }).await
    }

    /// Changes the session: everybody is told when that is kept, this client too.
    async fn control(&mut self, control: &auralis_protocol::Control) -> Result<(), End> {
        let patch = if !self.room.admits(self.token.as_deref()) {
            Err("this session is steered by its host: send its token first (type: authenticate)".into())
        } else if !self.controls.take() {
            Err("too many changes at once; try again in a moment".into())
        } else {
            crate::session::patch_of(control).map_err(|error| error.to_string())
        };
        let outcome = match patch {
            Ok(patch) => self.room.change(patch).await.map(|_| ()).map_err(|refusal| refusal.to_string()),
            Err(sentence) => {
                self.room.meter().control(false);
                Err(sentence)
            }
        };
        match outcome {
            // The answer comes as everybody's update does.
            Ok(()) => Ok(()),
            Err(sentence) => self.complain(Code::InvalidControl, &sentence).await,
        }
    }

    /// The whole session, for a client that synthesizes it.
    fn session(&self) -> ServerMessage {
        let session = self.room.session();
        let log = self.room.log();
        ServerMessage::Session {
            name: self.room.name().into(),
            sound_version: SOUND_VERSION,
            streams_only: self.room.is_streams_only(),
            seed: session.seed.to_string(),
            sample_rate: session.rate.hz(),
            settings: json(&session.settings),
            changes: log.changes().iter().map(json::<Change>).collect(),
            began: time::text(self.room.clock().time_of(Frame::ZERO)),
            server_time: time::now(),
        }
    }

    async fn complain(&mut self, code: Code, sentence: &str) -> Result<(), End> {
        self.error(code, code.severity(), sentence).await
    }

    async fn error(&mut self, code: Code, severity: Severity, sentence: &str) -> Result<(), End> {
        self.room.meter().error(code);
        let message =
            ServerMessage::Error { code, message: sentence.into(), severity, timestamp: time::now() };
        self.say(&message).await
    }

    async fn say(&mut self, message: &ServerMessage) -> Result<(), End> {
        let text = serde_json::to_string(message).unwrap_or_default();
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(STUCK, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(End::Gone),
        }
    }
}

/// What comes next to who listens; nothing ever to who does not.
async fn heard(listener: &mut Option<Listener>) -> Next {
    match listener {
        Some(listener) => listener.next().await,
        None => std::future::pending().await,
    }
}

/// Whether a message was longer than it may be. The kind of error is that of a crate of its own, which axum does not show.
fn is_too_long(error: &axum::Error) -> bool {
    error.to_string().starts_with("Space limit exceeded")
}

fn json<T: serde::Serialize>(value: &T) -> Value {
    // Plain data with text keys always is JSON.
    serde_json::to_value(value).unwrap_or_default()
}
