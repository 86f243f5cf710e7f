// The lead. Twin of engine/src/voice/lead.rs; the glide is the processor's, which sends the steps of carrier and modulator.

struct Voice {
    carrier: Phase,
    modulator: Phase,
    triangle: Phase,
    vibrato: Phase,
    filter_: Filter,
    index: f32,
    tracking: f32,
}

fn render(voice: ptr<function, Voice>, control: Control, moment: Moment, gains: ptr<function, Gains>) {
    (*voice).carrier.step = control.steps.x;
    (*voice).modulator.step = control.steps.y;
    (*voice).triangle.step = control.steps.x;
    (*voice).triangle.half_period = 2147483648.0 / f32(control.steps.x);
    let base = moment.lead - 0.3;
    let cutoff = power_of_two((*voice).tracking + control.level * 0.5 + base);
    var filter_ = (*voice).filter_;
    set_filter(&filter_, min(cutoff, 0.27), 0.75);
    var carrier = (*voice).carrier;
    var modulator = (*voice).modulator;
    var triangle_ = (*voice).triangle;
    var vibrato = (*voice).vibrato;
    let index = (*voice).index * control.level;
    let rich = moment.richness;
    let under = rich * 0.3;
    let vibration = rich * 0.06;
    let plain = (1.0 - rich) * 0.5;
    for (var n = 0u; n < CONTROL; n++) {
        let push = sine(&modulator) * index + sine(&vibrato) * vibration;
        let sound = sine_pushed(&carrier, push);
        let tone = low(&filter_, sound * 0.5 + triangle(&triangle_) * under);
        add(gains, tone * rich + sound * plain);
    }
    (*voice).carrier = carrier;
    (*voice).modulator = modulator;
    (*voice).triangle = triangle_;
    (*voice).vibrato = vibrato;
    (*voice).filter_ = filter_;
}
