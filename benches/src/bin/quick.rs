//! quick
use auralis_benches::listening::dissected::*;
use auralis_benches::listening::levels::*;
use auralis_engine::*;
fn main() {
    let secs: usize = std::env::args().nth(1).map_or(300, |s| s.parse().unwrap());
    println!("preset       LUFS   TP    crest  st5%  st95% (max-min)  | dry RMS dBFS: drone pad lead bell grain noise perc | space | DC jump");
    for p in Preset::ALL {
        let mut d = Dissected::new(&Session { settings: p.settings(), ..Session::new(42) });
        let (mut l, mut r) = (vec![], vec![]);
        let mut e = [0.0f64; PARTS];
        let n = secs * 44100 / 64;
        for _ in 0..n {
            let i = d.step();
            l.extend_from_slice(&i.master.left);
            r.extend_from_slice(&i.master.right);
            for (e, p) in e.iter_mut().zip(&i.parts) {
                *e += p.left.iter().chain(&p.right).map(|x| f64::from(*x).powi(2)).sum::<f64>() / 128.0;
            }
        }
        let v = Levels::of(&l, &r, 44100).unwrap();
        let s: Vec<String> = e.iter().map(|e| format!("{:6.1}", power_db(e / n as f64))).collect();
        println!("{:<11} {:6.1} {:5.1} {:6.1} {:6.1} {:6.1} {:6.1}-{:.1} | {} | {} | {:.0} {:.3}", p.name(), v.integrated, v.true_peak, v.crest, v.percentile(0.05), v.percentile(0.95), v.percentile(0.0), v.percentile(1.0), s[..7].join(" "), s[7], v.direct, v.jump);
    }
}
