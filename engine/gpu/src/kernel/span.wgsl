// What every kernel of a texture is given and gives: a span in, sums of chunks of its parts out, which `mix` adds up in their order.

// Frames in a tile, which is what an invocation renders.
const TILE = 16u;
// Tiles in a control interval.
const TILES = 4u;
// Control intervals in a workgroup.
const INTERVALS = 16u;
// Invocations in a workgroup.
const WIDTH = 64u;

struct Span {
    // The first control point, from frame 0: low word, high word.
    control: vec2<u32>,
    // The first control point, from the texture's origin.
    at: u32,
    // How many control intervals there are.
    intervals: u32,
    // How many parts there are.
    parts: u32,
    // In how many chunks they are summed.
    chunks: u32,
}

@group(0) @binding(0) var<uniform> span: Span;
@group(0) @binding(3) var<storage, read_write> sums: array<vec2<f32>>;
@group(0) @binding(4) var<storage, read_write> mixed: array<vec2<f32>>;

// A tile of stereo.
struct Tile {
    left: array<vec4<f32>, 4>,
    right: array<vec4<f32>, 4>,
}

// Adds a tile of a voice.
fn add(tile: ptr<function, Tile>, first: Voice, left: f32, right: f32) {
    var voice = first;
    let a = next_four(&voice);
    let b = next_four(&voice);
    let c = next_four(&voice);
    let d = next_four(&voice);
    (*tile).left[0] += a * left;
    (*tile).right[0] += a * right;
    (*tile).left[1] += b * left;
    (*tile).right[1] += b * right;
    (*tile).left[2] += c * left;
    (*tile).right[2] += c * right;
    (*tile).left[3] += d * left;
    (*tile).right[3] += d * right;
}

// Writes a tile of a chunk's sum.
fn put(tile: Tile, chunk: u32, interval: u32, place: u32) {
    if interval >= span.intervals {
        return;
    }
    let first = ((chunk * span.intervals + interval) * TILES + place) * TILE;
    for (var four = 0u; four < 4u; four++) {
        let left = tile.left[four];
        let right = tile.right[four];
        sums[first + four * 4u] = vec2(left.x, right.x);
        sums[first + four * 4u + 1u] = vec2(left.y, right.y);
        sums[first + four * 4u + 2u] = vec2(left.z, right.z);
        sums[first + four * 4u + 3u] = vec2(left.w, right.w);
    }
}

@compute @workgroup_size(64)
fn mix_chunks(@builtin(global_invocation_id) id: vec3<u32>) {
    let frames = span.intervals * TILES * TILE;
    if id.x >= frames {
        return;
    }
    var sum = vec2(0.0);
    for (var chunk = 0u; chunk < span.chunks; chunk++) {
        sum += sums[chunk * frames + id.x];
    }
    mixed[id.x] = sum;
}
