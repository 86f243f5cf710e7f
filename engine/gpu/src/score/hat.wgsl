// The hi-hat. Twin of engine/src/voice/hat.rs.

struct Voice {
    noise: u32,
    filter_: Filter,
}

fn render(voice: ptr<function, Voice>, control: Control, moment: Moment, gains: ptr<function, Gains>) {
    var noise = (*voice).noise;
    var filter_ = (*voice).filter_;
    set_filter(&filter_, moment.hat, 0.8);
    for (var n = 0u; n < CONTROL; n++) {
        add(gains, high(&filter_, white(&noise)) * 0.5);
    }
    (*voice).noise = noise;
    (*voice).filter_ = filter_;
}
