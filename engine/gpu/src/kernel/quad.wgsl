// The inner loop of all textures: four sines at a time. Twin of engine/src/texture/quad.rs.

// Sixteen frames of stereo.
struct Tile {
    left: array<vec4<f32>, 4>,
    right: array<vec4<f32>, 4>,
}

// Adds four frames of four voices, the `at`th of the tile. Four recurrences side by side hide each other's latency, and share one
// addition to the sums.
fn add_four(tile: ptr<function, Tile>, at: u32, a: ptr<function, Voice>, b: ptr<function, Voice>, c: ptr<function, Voice>, d: ptr<function, Voice>) {
    let one = next_four(a);
    let two = next_four(b);
    let three = next_four(c);
    let four = next_four(d);
    (*tile).left[at] += (one * (*a).sides.x + two * (*b).sides.x) + (three * (*c).sides.x + four * (*d).sides.x);
    (*tile).right[at] += (one * (*a).sides.y + two * (*b).sides.y) + (three * (*c).sides.y + four * (*d).sides.y);
}

// Adds a tile of four voices. It is no loop, since only what has a constant index stays in registers.
fn add(tile: ptr<function, Tile>, a: ptr<function, Voice>, b: ptr<function, Voice>, c: ptr<function, Voice>, d: ptr<function, Voice>) {
    add_four(tile, 0u, a, b, c, d);
    add_four(tile, 1u, a, b, c, d);
    add_four(tile, 2u, a, b, c, d);
    add_four(tile, 3u, a, b, c, d);
}
