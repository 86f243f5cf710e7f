//! The library's panel, and what fills it: what is played is remembered as it plays, what is liked is kept.

use super::dom::{add, add_text, by_id, document, on, show, window};
use super::{App, Phase, now, store};
use crate::library::{self, Entry, LONGEST_NAME, MOST_PLAYED};
use crate::link::Link;
use auralis_engine::session::MovementSpan;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// Seconds that something must have been heard to be remembered, and between two writings.
const WORTH: f64 = 2.0;
const WRITE: f64 = 10.0;
/// Seconds at most between two looks of a page in the background; what is longer was a machine asleep.
const LOOKS: f64 = 90.0;

/// What is being played, as the history has it.
#[derive(Default)]
pub(super) struct Library {
    /// The key of what plays in the history, once it is there.
    playing: RefCell<Option<String>>,
    /// Seconds that it was heard since it was written last, and when that was counted.
    heard: Cell<f64>,
    looked: Cell<Option<f64>>,
    /// Whether this movement is a favourite, for the button.
    favourites: RefCell<Vec<(String, Entry)>>,
}

/// Listens to the button, the panel, and the page's other tabs.
pub(super) fn attend(app: &Rc<App>) {
    let this = app.clone();
    on(&by_id::<Element>("like"), "click", move |_| like(&this));
    let clear: HtmlElement = by_id("clear-history");
    let (this, button) = (app.clone(), clear.clone());
    on(&clear, "click", move |_| {
        if button.get_attribute("data-sure").is_none() {
            let _ = button.set_attribute("data-sure", "");
            show(&button, "Press again to forget all of it");
        } else {
            for key in store::keys_of(store::PLAYED) {
                if store::get(&key).is_some_and(|text| Entry::read(&text).is_some()) {
                    store::remove(&key);
                }
            }
            this.library.playing.replace(None);
            opened(&this);
        }
    });
    let this = app.clone();
    on(&window(), "storage", move |_| changed(&this));
    *app.library.favourites.borrow_mut() = entries(store::FAVOURITE);
}

/// Everything of a kind that can be read, the latest first. The rest stays where it is.
fn entries(prefix: &str) -> Vec<(String, Entry)> {
    let keys = store::keys_of(prefix).into_iter();
    let mut all: Vec<(String, Entry)> = Vec::new();
    for (key, entry) in
        keys.filter_map(|key| Some((Entry::read(&store::get(&key)?)?, key))).map(|(e, k)| (k, e))
    {
        let place = all.partition_point(|(_, other)| other.when > entry.when);
        all.insert(place, (key, entry));
    }
    all
}

/// A key that no other tab takes.
fn new_key(prefix: &str) -> String {
    format!("{prefix}{}-{:08x}", date(), (js_sys::Math::random() * 4_294_967_296.0) as u32)
}

fn date() -> u64 {
    js_sys::Date::now() as u64
}

/// A link as the history knows it: what this device played itself, it can go back to from the beginning.
pub(super) fn known(link: Link) -> Link {
    let whole = entries(store::PLAYED).into_iter().find(|(_, entry)| link.is_moment_of(&entry.link));
    whole.map_or(link.clone(), |(_, entry)| Link { at: link.at, ..entry.link })
}

/// Counts what is heard, and writes it down now and then.
pub(super) fn follow(app: &App) {
    let library = &app.library;
    let now = js_sys::Date::now() / 1000.0;
    let playing = app.phase.get() == Phase::Playing;
    let before = library.looked.replace(playing.then_some(now));
    if let Some(before) = before.filter(|before| (0.0..LOOKS).contains(&(now - before))) {
        library.heard.set(library.heard.get() + now - before);
    }
    let enough = if library.playing.borrow().is_some() { WRITE } else { WORTH };
    if library.heard.get() >= if playing { enough } else { WORTH } {
        write(app);
    }
    show_like(app);
}

/// Writes down what was heard until now.
pub(super) fn write(app: &App) {
    let library = &app.library;
    let seconds = library.heard.get();
    if seconds < WORTH {
        return;
    }
    library.heard.set(seconds.fract());
    let link = library::remembered(app.whole_link());
    let key = library.playing.borrow().clone();
    let before = match key {
        Some(key) => store::get(&key).and_then(|text| Entry::read(&text)).map(|entry| (key, entry)),
        // Whoever comes back to a session goes on with its entry.
        None => entries(store::PLAYED).into_iter().find(|(_, entry)| entry.link.session == link.session),
    };
    let (key, so_far) =
        before.map_or_else(|| (new_key(store::PLAYED), 0), |(key, entry)| (key, entry.seconds));
    let name = app.name();
    store::put(&key, &Entry::new(name, date(), so_far + seconds as u32, link).text());
    let known = library.playing.replace(Some(key));
    if known.is_none() {
        for old in library::too_many(&entries(store::PLAYED), MOST_PLAYED) {
            store::remove(old);
        }
    }
}

/// Another session comes: this one is written down to its end.
pub(super) fn leave(app: &App) {
    follow(app);
    write(app);
    app.library.playing.replace(None);
    app.library.heard.set(0.0);
    app.library.looked.set(None);
}

// ---- favourites ----

/// The favourites in the movement that plays.
fn liked(app: &App) -> Vec<String> {
    let session = *app.steering.borrow().session();
    let now = app.movement(app.position());
    let here = |entry: &Entry| {
        let (link, other) = (&entry.link, &entry.link.session);
        (other.seed, other.rate) == (session.seed, session.rate)
            && MovementSpan::at(other.seed, other.rate, link.at).index == now
    };
    app.library.favourites.borrow().iter().filter(|(_, e)| here(e)).map(|(key, _)| key.clone()).collect()
}

fn show_like(app: &App) {
    let pressed = if liked(app).is_empty() { "false" } else { "true" };
    let button: Element = by_id("like");
    if button.get_attribute("aria-pressed").as_deref() != Some(pressed) {
        let _ = button.set_attribute("aria-pressed", pressed);
    }
}

/// Likes this moment, or no longer likes this movement.
fn like(app: &Rc<App>) {
    let old = liked(app);
    if old.is_empty() {
        let link = library::remembered(app.whole_link());
        let clock = now::clock(link.session.rate.seconds(link.at.0));
        let name = format!("{} at {clock}", app.name());
        let entry = Entry::new(name, date(), 0, link);
        store::put(&new_key(store::FAVOURITE), &entry.text());
        app.say(&format!("Kept in the library: {}", entry.name));
    } else {
        for key in old {
            store::remove(&key);
        }
        app.say("No longer in the library");
    }
    changed(app);
}

/// The favourites changed, here or in another tab.
fn changed(app: &Rc<App>) {
    *app.library.favourites.borrow_mut() = entries(store::FAVOURITE);
    show_like(app);
    // Nobody's typing is taken away.
    let typing =
        document().active_element().is_some_and(|e| e.closest("#favourites").ok().flatten().is_some());
    if super::panels::is_open("library") && !typing {
        opened(app);
    }
}

// ---- the panel ----

/// The panel was opened: it shows what there is.
pub(super) fn opened(app: &Rc<App>) {
    write(app);
    let favourites = entries(store::FAVOURITE);
    let list: Element = by_id("favourites");
    list.set_text_content(None);
    for (key, entry) in &favourites {
        show_favourite(app, &list, key, entry);
    }
    by_id::<HtmlElement>("no-favourites").set_hidden(!favourites.is_empty());

    let played = entries(store::PLAYED);
    let list: Element = by_id("history");
    list.set_text_content(None);
    for (_, entry) in &played {
        let item: Element = add(&list, "li", &[]);
        let words: Element = add(&item, "div", &[("class", "entry")]);
        add_text(&words, "span", "", &entry.name);
        let line = format!(
            "{} · {} · seed {}",
            day(entry.when),
            library::length(entry.seconds),
            entry.link.session.seed
        );
        add_text(&words, "span", "help", &line);
        play_button(app, &item, entry);
    }
    by_id::<HtmlElement>("no-history").set_hidden(!played.is_empty());
    let clear: HtmlElement = by_id("clear-history");
    clear.set_hidden(played.is_empty());
    let _ = clear.remove_attribute("data-sure");
    show(&clear, "Forget the history");
}

fn show_favourite(app: &Rc<App>, list: &Element, key: &str, entry: &Entry) {
    let item: Element = add(list, "li", &[]);
    let words: Element = add(&item, "div", &[("class", "entry")]);
    let most = LONGEST_NAME.to_string();
    let field: HtmlInputElement = add(
        &words,
        "input",
        &[("type", "text"), ("aria-label", "Name"), ("maxlength", &most), ("autocomplete", "off")],
    );
    field.set_value(&entry.name);
    let clock = now::clock(entry.link.session.rate.seconds(entry.link.at.0));
    add_text(
        &words,
        "span",
        "help",
        &format!("{} · at {clock} · seed {}", day(entry.when), entry.link.session.seed),
    );
    let (input, place) = (field.clone(), key.to_owned());
    on(&field, "change", move |_| {
        // As it is now: another tab may have changed it too.
        let Some(mut entry) = store::get(&place).and_then(|text| Entry::read(&text)) else { return };
        if let Some(name) = library::name(&input.value()) {
            entry.name = name;
        }
        input.set_value(&entry.name);
        store::put(&place, &entry.text());
    });
    play_button(app, &item, entry);
    let button: HtmlElement = add(&item, "button", &[("type", "button"), ("class", "quiet")]);
    button.set_text_content(Some("Remove"));
    let _ = button.set_attribute("aria-label", &format!("Remove {}", entry.name));
    let (this, key) = (app.clone(), key.to_owned());
    on(&button, "click", move |_| remove(&this, &item, &key));
}

/// Removes a favourite; in its place stands how to get it back, until the panel is opened again.
fn remove(app: &Rc<App>, item: &Element, key: &str) {
    let Some(text) = store::get(key) else { return };
    store::remove(key);
    *app.library.favourites.borrow_mut() = entries(store::FAVOURITE);
    show_like(app);
    item.set_text_content(None);
    add_text(item, "span", "entry help", "Removed");
    let button: HtmlElement = add(item, "button", &[("type", "button")]);
    button.set_text_content(Some("Undo"));
    let _ = button.focus();
    let (this, key) = (app.clone(), key.to_owned());
    on(&button, "click", move |_| {
        store::put(&key, &text);
        *this.library.favourites.borrow_mut() = entries(store::FAVOURITE);
        opened(&this);
    });
}

fn play_button(app: &Rc<App>, item: &Element, entry: &Entry) {
    let button: Element = add(item, "button", &[("type", "button")]);
    button.set_text_content(Some("Play"));
    let _ = button.set_attribute("aria-label", &format!("Play {}", entry.name));
    let (this, entry) = (app.clone(), entry.clone());
    on(&button, "click", move |_| {
        this.open_link(entry.link.clone());
        if this.phase.get() == Phase::Resting {
            this.play();
        }
        if let Some(notice) = &entry.notice {
            this.trouble(notice);
        }
    });
}

/// A date as this person writes it.
fn day(when: u64) -> String {
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    let date = js_sys::Date::new(&(when as f64).into());
    String::from(date.to_locale_string("default", &options))
}
