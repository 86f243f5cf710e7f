// Wind: a band of it. Twin of engine/src/voice/noise.rs.

struct Voice {
    noise: u32,
    filter_: Filter,
    place: f32,
    centre_step: u32,
    centre_offset: u32,
    level_step: u32,
    level_offset: u32,
    // On which side it is: 1 there, 0 on the other.
    left: f32,
    right: f32,
    gain: f32,
}

fn render(voice: ptr<function, Voice>, control: Control, moment: Moment, gains: ptr<function, Gains>) {
    let wander = sin_phase(moment.frame * (*voice).centre_step + (*voice).centre_offset);
    let swell = sin_phase(moment.frame * (*voice).level_step + (*voice).level_offset);
    var filter_ = (*voice).filter_;
    set_filter(&filter_, min(power_of_two((*voice).place + wander * 0.5 + moment.wind), 0.3), 1.6);
    let sides = moment.sides * vec2((*voice).left, (*voice).right);
    let aim = (swell * 0.45 + 0.55) * power_of_two((*voice).place * -0.65) * (sides.x + sides.y);
    var gain = (*voice).gain;
    let step = (aim - gain) * (1.0 / 64.0);
    var noise = (*voice).noise;
    for (var n = 0u; n < CONTROL; n++) {
        gain += step;
        let sound = band(&filter_, white(&noise)) * gain;
        put(gains, sound * vec2((*voice).left, (*voice).right));
    }
    (*voice).noise = noise;
    (*voice).filter_ = filter_;
    (*voice).gain = aim;
}
