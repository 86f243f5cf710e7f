// The swell. Twin of engine/src/voice/swell.rs.

struct Voice {
    noise: u32,
    filter_: Filter,
    begin: f32,
    by: f32,
}

fn render(voice: ptr<function, Voice>, control: Control, moment: Moment, gains: ptr<function, Gains>) {
    var noise = (*voice).noise;
    var filter_ = (*voice).filter_;
    set_filter(&filter_, power_of_two((*voice).begin + (*voice).by * control.level + moment.swell), 1.8);
    for (var n = 0u; n < CONTROL; n++) {
        add(gains, band(&filter_, white(&noise)));
    }
    (*voice).noise = noise;
    (*voice).filter_ = filter_;
}
