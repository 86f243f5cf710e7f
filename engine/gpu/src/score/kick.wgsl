// The kick. Twin of engine/src/voice/kick.rs; the fall is the processor's, which sends the step.

struct Voice {
    position: u32,
}

fn render(voice: ptr<function, Voice>, control: Control, moment: Moment, gains: ptr<function, Gains>) {
    var phase = Phase((*voice).position, control.steps.x, 0.0);
    for (var n = 0u; n < CONTROL; n++) {
        add(gains, sine(&phase));
    }
    (*voice).position = phase.position;
}
