//! A canvas that writes SVG: for pictures inside pages. It holds no script, no style sheet and no address of anything outside.

use super::{Canvas, Ink, Pen, Spot};
use std::fmt::Write;

/// A picture being drawn. Units are pixels.
pub struct Svg {
    size: Spot,
    text: String,
}

impl Svg {
    /// An empty picture of a width and height.
    pub fn new(size: Spot) -> Self {
        Self { size, text: String::new() }
    }

    /// A filled disc with a white rim.
    pub fn disc(&mut self, [x, y]: Spot, radius: f32, ink: Ink) {
        // writing to a String cannot fail
        let _ = write!(
            self.text,
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="{radius}" fill="{}" stroke="#fff" stroke-width="2"/>"##,
            hex(ink)
        );
    }

    /// The whole picture; `title` is what it shows, in words.
    pub fn finish(self, title: &str) -> String {
        let [w, h] = self.size;
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img"><title>{}</title><rect width="{w}" height="{h}" fill="#faf9f6"/>{}</svg>"##,
            escaped(title),
            self.text
        )
    }

    fn path(&self, lines: &[Vec<Spot>], closed: bool) -> String {
        let mut d = String::new();
        // far outside of the picture a coordinate says nothing more
        let near =
            |p: &Spot| [p[0].clamp(-4.0 * self.size[0], 5.0 * self.size[0]), p[1].clamp(-4.0 * self.size[1], 5.0 * self.size[1])];
        for line in lines {
            let mut last = [0i32, 0];
            for (i, p) in line.iter().map(near).enumerate() {
                let at = [(p[0] * 10.0).round() as i32, (p[1] * 10.0).round() as i32];
                let _ = match i {
                    0 => write!(d, "M{} {}", tenth(at[0]), tenth(at[1])),
                    _ => write!(d, "l{} {}", tenth(at[0] - last[0]), tenth(at[1] - last[1])),
                };
                last = at;
            }
            if closed {
                d.push('z');
            }
        }
        d
    }
}

fn tenth(v: i32) -> String {
    let sign = if v < 0 { "-" } else { "" };
    match (v.abs() / 10, v.abs() % 10) {
        (whole, 0) => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

fn hex(Ink(r, g, b): Ink) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl Canvas for Svg {
    fn fill(&mut self, rings: &[Vec<Spot>], ink: Ink) {
        let _ = write!(self.text, r#"<path fill="{}" fill-rule="evenodd" d="{}"/>"#, hex(ink), self.path(rings, true));
    }

    fn stroke(&mut self, lines: &[Vec<Spot>], pen: Pen) {
        let dash = pen.dash.map_or(String::new(), |[a, b]| format!(r#" stroke-dasharray="{a} {b}""#));
        let _ = write!(
            self.text,
            r#"<path fill="none" stroke="{}" stroke-width="{}" stroke-linecap="round" stroke-linejoin="round"{dash} d="{}"/>"#,
            hex(pen.ink),
            pen.width,
            self.path(lines, false)
        );
    }

    fn label(&mut self, [x, y]: Spot, size: f32, text: &str, ink: Ink) {
        let _ = write!(
            self.text,
            r##"<text x="{x:.1}" y="{y:.1}" font-size="{size}" font-family="sans-serif" text-anchor="middle" dominant-baseline="middle" fill="{}" stroke="#fff" stroke-width="2" paint-order="stroke">{}</text>"##,
            hex(ink),
            escaped(text)
        );
    }
}
