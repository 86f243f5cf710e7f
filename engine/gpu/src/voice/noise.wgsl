// White noise, a function of the sample's number. Twin of noise.rs.

fn noise_at(keys: vec2<u32>, sample: vec4<u32>) -> vec4<f32> {
    var x = sample + keys.x;
    x = x ^ (x >> vec4(16u));
    x = (x * 0x7feb352du) ^ vec4(keys.y);
    x = x ^ (x >> vec4(15u));
    x = x * 0x846ca68bu;
    x = x ^ (x >> vec4(16u));
    return vec4<f32>(bitcast<vec4<i32>>(x)) * 4.656612873077393e-10;
}
