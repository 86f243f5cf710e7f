// The drone. Twin of engine/src/voice/drone.rs.

struct Voice {
    a: Phase,
    b: Phase,
    ground: Phase,
    filter_: Filter,
    lfo_step: u32,
    lfo_offset: u32,
}

fn render(voice: ptr<function, Voice>, control: Control, moment: Moment, gains: ptr<function, Gains>) {
    let lfo = sin_phase(moment.frame * (*voice).lfo_step + (*voice).lfo_offset);
    var filter_ = (*voice).filter_;
    set_filter(&filter_, min(power_of_two(lfo * 0.6 + moment.drone), 0.25), 0.9);
    var a = (*voice).a;
    var b = (*voice).b;
    var ground = (*voice).ground;
    let rich = moment.richness;
    let gain = 0.75 - rich * 0.4;
    let pure = rich * 0.3;
    for (var n = 0u; n < CONTROL; n++) {
        let tone = (saw(&a) + saw(&b) * rich) * gain;
        add(gains, low(&filter_, tone) + sine(&ground) * pure);
    }
    (*voice).a = a;
    (*voice).b = b;
    (*voice).ground = ground;
    (*voice).filter_ = filter_;
}
