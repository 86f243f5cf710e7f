// The pad. Twin of engine/src/voice/pad.rs.

struct Voice {
    a: Phase,
    b: Phase,
    sub: Phase,
    filter_: Filter,
    tracking: f32,
    lfo_step: u32,
    lfo_offset: u32,
}

fn render(voice: ptr<function, Voice>, control: Control, moment: Moment, gains: ptr<function, Gains>) {
    let base = moment.pad - 0.4;
    let lfo = sin_phase(moment.frame * (*voice).lfo_step + (*voice).lfo_offset);
    let cutoff = power_of_two((*voice).tracking + lfo * 0.45 + control.level * 0.8 + base);
    var filter_ = (*voice).filter_;
    set_filter(&filter_, min(cutoff, 0.25), 0.8);
    var a = (*voice).a;
    var b = (*voice).b;
    var sub = (*voice).sub;
    let rich = moment.richness;
    let gain = 0.42 - rich * 0.12;
    let under = rich * 0.22;
    for (var n = 0u; n < CONTROL; n++) {
        let tone = (saw(&a) + saw(&b) * rich) * gain + sine(&sub) * under;
        add(gains, low(&filter_, tone));
    }
    (*voice).a = a;
    (*voice).b = b;
    (*voice).sub = sub;
    (*voice).filter_ = filter_;
}
