// What every kernel of a texture is given and gives: a span in, sums of chunks of its parts out, which `mix_chunks` adds up in their order.
// Each invocation renders a control interval or two of a chunk, in tiles.

// Frames in a control interval, and in a tile.
const CONTROL = 64u;
const TILE = 16u;

struct Span {
    // The first control point, from frame 0: low word, high word.
    control: vec2<u32>,
    // The first control point, from the texture's origin.
    at: u32,
    // How many control intervals there are.
    intervals: u32,
    // How many times four parts there are.
    quads: u32,
    // In how many chunks they are summed.
    chunks: u32,
}

@group(0) @binding(0) var<uniform> span: Span;
// Of each frame middle and side: left is their sum, right their difference.
@group(0) @binding(3) var<storage, read_write> sums: array<vec2<f32>>;
@group(0) @binding(4) var<storage, read_write> mixed: array<vec2<f32>>;

// A chunk of a range of quads: the first of it, and the first after it.
fn chunk_of(range: vec2<u32>, chunk: u32) -> vec2<u32> {
    let size = (range.y - range.x + span.chunks - 1u) / span.chunks;
    let start = min(range.x + chunk * size, range.y);
    return vec2(start, min(start + size, range.y));
}

// Writes the `place`th tile of a chunk's sum.
fn put(tile: ptr<function, Tile>, chunk: u32, interval: u32, place: u32) {
    let first = (chunk * span.intervals + interval) * CONTROL + place * TILE;
    for (var four = 0u; four < 4u; four++) {
        let middle = (*tile).middle[four];
        let side = (*tile).side[four];
        sums[first + four * 4u] = vec2(middle.x, side.x);
        sums[first + four * 4u + 1u] = vec2(middle.y, side.y);
        sums[first + four * 4u + 2u] = vec2(middle.z, side.z);
        sums[first + four * 4u + 3u] = vec2(middle.w, side.w);
    }
}

@compute @workgroup_size(64)
fn mix_chunks(@builtin(global_invocation_id) id: vec3<u32>) {
    let frames = span.intervals * CONTROL;
    if id.x >= frames {
        return;
    }
    var sum = vec2(0.0);
    for (var chunk = 0u; chunk < span.chunks; chunk++) {
        sum += sums[chunk * frames + id.x];
    }
    mixed[id.x] = vec2(sum.x + sum.y, sum.x - sum.y);
}
