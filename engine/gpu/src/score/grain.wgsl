// Grains. Twin of engine/src/voice/grain.rs.

struct Voice {
    phase: Phase,
    octave: Phase,
    colour: f32,
}

fn render(voice: ptr<function, Voice>, control: Control, moment: Moment, gains: ptr<function, Gains>) {
    var phase = (*voice).phase;
    var octave = (*voice).octave;
    let colour = (*voice).colour * moment.richness;
    for (var n = 0u; n < CONTROL; n++) {
        add(gains, sine(&phase) + sine(&octave) * colour);
    }
    (*voice).phase = phase;
    (*voice).octave = octave;
}
