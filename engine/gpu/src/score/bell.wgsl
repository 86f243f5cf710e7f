// A bell: two times four partials. Twin of engine/src/voice/bell.rs.

struct Partials {
    x: vec4<f32>,
    y: vec4<f32>,
    cos: vec4<f32>,
    sin: vec4<f32>,
    left: vec4<f32>,
    right: vec4<f32>,
}

struct Voice {
    one: Partials,
    other: Partials,
}

fn sum(four: vec4<f32>) -> f32 {
    return (four.x + four.z) + (four.y + four.w);
}

fn turn(partials: ptr<function, Partials>) {
    let p = *partials;
    (*partials).x = p.x * p.cos - p.y * p.sin;
    (*partials).y = p.x * p.sin + p.y * p.cos;
}

fn render(voice: ptr<function, Voice>, control: Control, moment: Moment, gains: ptr<function, Gains>) {
    var one = (*voice).one;
    var other = (*voice).other;
    let begin = control.gains.x;
    let step = control.gain_steps.x;
    for (var n = 0u; n < CONTROL; n++) {
        turn(&one);
        turn(&other);
        let gain = begin + step * f32(n);
        let a = one.y * gain;
        let b = other.y * gain;
        put(gains, vec2(sum(a * one.left + b * other.left), sum(a * one.right + b * other.right)));
    }
    (*voice).one = one;
    (*voice).other = other;
}
