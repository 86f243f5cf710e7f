// The inner loop of all textures: four sines at a time. Twin of engine/src/texture/quad.rs, which has as many groups of lanes.
// Here middle and side are summed, there left and right: the gain lies in the amplitude, so that a frame takes a product less.

// Sines whose amplitudes move evenly.
struct Voices {
    chord: Chord,
    amplitude: vec4<f32>,
    step: vec4<f32>,
    // Half the difference of left and right, as a part of their mean: -1 to 1.
    side: vec4<f32>,
}

// Sixteen frames of stereo.
struct Tile {
    middle: array<vec4<f32>, 4>,
    side: array<vec4<f32>, 4>,
}

fn sum(four: vec4<f32>) -> f32 {
    return (four.x + four.y) + (four.z + four.w);
}

// A frame, middle and side; the voices move on by it.
fn next_frame(voices: ptr<function, Voices>) -> vec2<f32> {
    var v = *voices;
    let sound = v.chord.value * v.amplitude;
    v.amplitude += v.step;
    v.chord.difference -= v.chord.square * v.chord.value;
    v.chord.value += v.chord.difference;
    *voices = v;
    return vec2(sum(sound), sum(sound * v.side));
}

// Adds four frames, the `at`th of the tile.
fn add_four(tile: ptr<function, Tile>, at: u32, voices: ptr<function, Voices>) {
    let a = next_frame(voices);
    let b = next_frame(voices);
    let c = next_frame(voices);
    let d = next_frame(voices);
    (*tile).middle[at] += vec4(a.x, b.x, c.x, d.x);
    (*tile).side[at] += vec4(a.y, b.y, c.y, d.y);
}

// Adds a tile. It is no loop, since only what has a constant index stays in registers.
fn add(tile: ptr<function, Tile>, voices: ptr<function, Voices>) {
    add_four(tile, 0u, voices);
    add_four(tile, 1u, voices);
    add_four(tile, 2u, voices);
    add_four(tile, 3u, voices);
}
