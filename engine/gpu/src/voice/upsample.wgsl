// A straight line through the audio samples of a segment. Twin of `Line` in upsample.rs.

struct Line {
    first: f32,
    slope: f32,
}

// From one control sample to the next, over a segment whose first audio sample lies at `offset` between them.
fn line_between(start: f32, end: f32, offset: f32) -> Line {
    let rise = end - start;
    return Line(start + product(rise, offset), product(rise, job.step));
}

fn louder(line: Line, level: f32) -> Line {
    return Line(line.first * level, line.slope * level);
}

fn is_zero(line: Line) -> bool {
    return line.first == 0.0 && line.slope == 0.0;
}

// Its value at a sample, counted from the segment's first, to the bit.
fn line_at_exact(line: Line, sample: f32) -> f32 {
    return product(sample, line.slope) + line.first;
}

fn line_at(line: Line, sample: vec4<f32>) -> vec4<f32> {
    return sample * line.slope + line.first;
}
