// Rows of voices. Twin of renderer.rs: first comes all that is at the control rate, then each segment, then what was too loud is made quieter.
// What the twin does in two steps is in two kernels, each of which every voice has at the same time.

const WIDTH = 256u;

var<workgroup> scanned: array<vec2<u32>, WIDTH>;

// The sums of both values up to each invocation, and of all. Every invocation of the workgroup must call it.
fn scan(lane: u32, values: vec2<u32>) -> vec2<u32> {
    scanned[lane] = values;
    workgroupBarrier();
    for (var distance = 1u; distance < WIDTH; distance <<= 1u) {
        var sum = scanned[lane];
        if lane >= distance {
            sum += scanned[lane - distance];
        }
        workgroupBarrier();
        scanned[lane] = sum;
        workgroupBarrier();
    }
    return scanned[lane];
}

// The modulations of both pitches, from the control sample before the first invocation's on.
var<workgroup> pitches: array<vec2<f32>, WIDTH + 1u>;
// What each segment adds to the phases, and those of which steps are summed one by one: 2 · invocation + oscillator.
var<workgroup> advances: array<atomic<u32>, 2u * WIDTH>;
var<workgroup> listed: array<u32, 2u * WIDTH>;
var<workgroup> listed_count: atomic<u32>;

// How many invocations sum up such a segment's steps together: no fewer than it has samples.
const TOGETHER = 128u;

// All that is at the control rate: a workgroup goes through a voice.
@compute @workgroup_size(256)
fn control(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let voice = group.x;
    var lfo_phases = vec2(voices[voice].lfos[0].start, voices[voice].lfos[1].start);
    var phases = vec2(voices[voice].pitches[0].start, voices[voice].pitches[1].start);
    if lane == 0u {
        atomicStore(&peaks[voice], bitcast<u32>(1.0));
    }
    for (var tile = 0u; tile < job.controls; tile += WIDTH) {
        let k = tile + lane;
        let moves = vec2(lfo_moves(voice, 0u, f32(k)), lfo_moves(voice, 1u, f32(k)));
        let moved = lfo_phases + scan(lane, moves);
        lfo_phases += scanned[WIDTH - 1u];
        let signals = inputs(voice, f32(k), moved);
        let now = vec2(mixed(voice, signals, 0u), mixed(voice, signals, 2u));
        pitches[lane + 1u] = now;
        if k < job.controls {
            for (var output = 0u; output < OUTPUTS; output++) {
                tracks[place(voice, output, k)] = bitcast<u32>(mixed(voice, signals, output));
            }
        }
        if lane == 0u {
            atomicStore(&listed_count, 0u);
        }
        workgroupBarrier();
        // The segment that ends at this control sample.
        let has_segment = k > 0u && k < job.controls;
        for (var i = 0u; i < 2u; i++) {
            var advance = 0u;
            if has_segment && voices[voice].levels[i] > 0.0 {
                let modulations = vec2(pitches[lane][i], now[i]);
                if prepared(voices[voice].pitches[i], modulations, k - 1u, &advance).is_stepped {
                    advance = 0u;
                    listed[atomicAdd(&listed_count, 1u)] = 2u * lane + i;
                }
            }
            atomicStore(&advances[2u * lane + i], advance);
        }
        workgroupBarrier();
        // In any order, since a sum of whole numbers has none.
        for (var at = lane / TOGETHER; at < atomicLoad(&listed_count); at += WIDTH / TOGETHER) {
            let entry = listed[at];
            let segment = tile + entry / 2u - 1u;
            let number = lane % TOGETHER;
            if number < segments[segment + 1u].start - segments[segment].start {
                let i = entry % 2u;
                let ends = vec2(pitches[entry / 2u][i], pitches[entry / 2u + 1u][i]);
                let line = line_between(ends.x, ends.y, segments[segment].offset);
                let step = step_under(voices[voice].pitches[i], line_at_exact(line, f32(number)));
                atomicAdd(&advances[entry], step);
            }
        }
        workgroupBarrier();
        let own = vec2(atomicLoad(&advances[2u * lane]), atomicLoad(&advances[2u * lane + 1u]));
        let before = phases + scan(lane, own) - own;
        phases += scanned[WIDTH - 1u];
        if has_segment {
            tracks[place(voice, OUTPUTS, k - 1u)] = before.x;
            tracks[place(voice, OUTPUTS + 1u, k - 1u)] = before.y;
        }
        if lane == 0u {
            pitches[0] = pitches[WIDTH];
        }
        // What was scanned is overwritten next.
        workgroupBarrier();
    }
}

// The most segments in a workgroup of `sound`, and how many samples of one an invocation renders.
const SEGMENTS = 20u;
const EACH = 8u;

var<workgroup> sums: array<Sum, 2u * SEGMENTS>;
var<workgroup> levels: array<Line, 3u * SEGMENTS>;
// Sums of an oscillator's steps, where they are summed one by one: by segment and sample, each from the beginning of its block of `EACH`.
var<workgroup> steps: array<u32, EACH * WIDTH>;
var<workgroup> loudest: array<f32, WIDTH>;

// Some samples of one of the workgroup's segments.
struct Samples {
    voice: u32,
    // The segment among the row's, and among the workgroup's.
    k: u32,
    own: u32,
    // The samples' numbers within the segment.
    numbers: vec4<u32>,
}

// What all samples of a segment have in common, for an oscillator; the second has the noise's level, too.
fn prepare(voice: u32, k: u32, own: u32, i: u32) {
    var advance = 0u;
    let ends = vec2(modulation(voice, 2u * i, k), modulation(voice, 2u * i, k + 1u));
    var sum = prepared(voices[voice].pitches[i], ends, k, &advance);
    sum.start = tracks[place(voice, OUTPUTS + i, k)];
    sums[2u * own + i] = sum;
    for (var source = i; source <= 2u * i; source++) {
        let output = min(2u * source + 1u, 4u);
        let line = line_between(modulation(voice, output, k), modulation(voice, output, k + 1u), segments[k].offset);
        levels[3u * own + source] = louder(line, voices[voice].levels[source]);
    }
}

// Sums up an oscillator's steps in a block of a segment. Twin of `stepped` in sweep.rs, with `stepped_at`.
fn sum_block(voice: u32, k: u32, own: u32, block: u32, i: u32) {
    let line = line_between(modulation(voice, 2u * i, k), modulation(voice, 2u * i, k + 1u), segments[k].offset);
    let base = own * job.across * EACH;
    var sum = 0u;
    for (var at = block * EACH; at < (block + 1u) * EACH; at++) {
        sum += step_under(voices[voice].pitches[i], line_at_exact(line, f32(at)));
        steps[base + at] = sum;
    }
}

// The sum of steps up to a sample, of steps that were summed in blocks.
fn stepped_at(own: u32, number: u32) -> u32 {
    let base = own * job.across * EACH;
    var sum = steps[base + number];
    for (var block = 0u; block < number / EACH; block++) {
        sum += steps[base + block * EACH + EACH - 1u];
    }
    return sum;
}

// Twin of `Oscillator` in sources.rs.
fn oscillator(samples: Samples, i: u32) -> vec4<f32> {
    let level = levels[3u * samples.own + i];
    if is_zero(level) {
        return vec4(0.0);
    }
    let sum = sums[2u * samples.own + i];
    let floats = vec4<f32>(samples.numbers);
    var phases: vec4<u32>;
    if sum.is_stepped {
        let n = samples.numbers;
        let own = samples.own;
        let moved = vec4(stepped_at(own, n.x), stepped_at(own, n.y), stepped_at(own, n.z), stepped_at(own, n.w));
        phases = moved + sum.start;
    } else {
        phases = phases_at(sum, samples.numbers, floats);
    }
    if i == 0u {
        return cos_phase(phases) * line_at(level, floats);
    }
    return square_saw_at(square_saw_of(samples.voice), phases) * line_at(level, floats);
}

// Noise. Twin of `hiss` in sources.rs.
fn hiss(samples: Samples) -> vec4<f32> {
    let level = levels[3u * samples.own + 2u];
    if is_zero(level) {
        return vec4(0.0);
    }
    let keys = vec2(voices[samples.voice].noise[0], voices[samples.voice].noise[1]);
    let numbers = samples.numbers + segments[samples.k].start;
    return noise_at(keys, numbers) * line_at(level, vec4<f32>(samples.numbers));
}

// Writes samples, those that the segment has; the greatest magnitude of them. Only what has a constant index stays in registers.
fn put(samples: Samples, out: vec4<f32>) -> f32 {
    let start = segments[samples.k].start;
    let n = samples.numbers;
    let are_in = n < vec4(segments[samples.k + 1u].start - start);
    let row = samples.voice * job.frames + start;
    if are_in.x {
        rows[row + n.x] = out.x;
    }
    if are_in.y {
        rows[row + n.y] = out.y;
    }
    if are_in.z {
        rows[row + n.z] = out.z;
    }
    if are_in.w {
        rows[row + n.w] = out.w;
    }
    let heard = select(vec4(0.0), abs(out), are_in);
    return max(max(heard.x, heard.y), max(heard.z, heard.w));
}

// Rows, before they are made quieter: `across` invocations render a segment, each every `across`th sample, so that neighbours write side by
// side. What a segment's samples have in common is computed once.
@compute @workgroup_size(256)
fn sound(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let voice = group.y;
    let first = group.x * job.together;
    if lane < 2u * job.together && first + lane / 2u < job.controls - 1u {
        prepare(voice, first + lane / 2u, lane / 2u, lane % 2u);
    }
    workgroupBarrier();
    let own = lane / job.across;
    let place_in = lane % job.across;
    let k = first + own;
    let is_used = own < job.together && k < job.controls - 1u;
    let early = Samples(voice, k, own, place_in + job.across * vec4(0u, 1u, 2u, 3u));
    let late = Samples(voice, k, own, early.numbers + job.across * 4u);
    var early_out = vec4(0.0);
    var late_out = vec4(0.0);
    for (var i = 0u; i < 2u; i++) {
        if is_used && sums[2u * own + i].is_stepped {
            sum_block(voice, k, own, place_in, i);
        }
        workgroupBarrier();
        if is_used {
            early_out += oscillator(early, i);
            late_out += oscillator(late, i);
        }
        workgroupBarrier();
    }
    var most = 0.0;
    if is_used {
        most = max(put(early, early_out + hiss(early)), put(late, late_out + hiss(late)));
    }
    loudest[lane] = most;
    workgroupBarrier();
    if lane < 16u {
        for (var i = lane + 16u; i < WIDTH; i += 16u) {
            most = max(most, loudest[i]);
        }
        loudest[lane] = most;
    }
    workgroupBarrier();
    if lane == 0u {
        for (var i = 1u; i < 16u; i++) {
            most = max(most, loudest[i]);
        }
        if most > 1.0 {
            // Of floats above 0 the greater has the greater bits.
            atomicMax(&peaks[voice], bitcast<u32>(most));
        }
    }
}

// How many samples each invocation of `quieten` takes.
const STRIDES = 16u;

// Divides rows by their greatest magnitude, where that is above 1. Twin of `normalize` in audio_mixer.rs.
@compute @workgroup_size(256)
fn quieten(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let most = bitcast<f32>(atomicLoad(&peaks[group.y]));
    if most > 1.0 {
        let factor = 1.0 / most;
        for (var i = 0u; i < STRIDES; i++) {
            let n = (group.x * STRIDES + i) * WIDTH + lane;
            if n < job.frames {
                // The quotient may be a little too great.
                rows[group.y * job.frames + n] = clamp(rows[group.y * job.frames + n] * factor, -1.0, 1.0);
            }
        }
    }
}
