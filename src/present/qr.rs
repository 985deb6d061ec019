//! QR codes as squares, for pages and for paper.

/// A code.
pub struct Qr {
    /// Squares on a side, the quiet zone of four on each edge included.
    pub side: usize,
    /// Column and row of each dark square.
    pub dark: Vec<[usize; 2]>,
}

impl Qr {
    /// The code of a text; nothing if it is too long for one.
    pub fn new(text: &str) -> Option<Self> {
        /// What the standard (ISO/IEC 18004) leaves white around a code, squares.
        const QUIET: usize = 4;
        let code = qrcode::QrCode::new(text).ok()?;
        let wide = code.width();
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, c)| *c == qrcode::Color::Dark);
        let dark = dark.map(|(i, _)| [i % wide + QUIET, i / wide + QUIET]).collect();
        Some(Self { side: wide + 2 * QUIET, dark })
    }

    /// As SVG: one path of unit squares.
    pub fn svg(&self) -> String {
        let path: String = self.dark.iter().map(|[x, y]| format!("M{x} {y}h1v1h-1z")).collect();
        let side = self.side;
        format!(
            r##"<svg viewBox="0 0 {side} {side}" width="160" height="160" role="img" aria-label="QR" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path d="{path}"/></svg>"##
        )
    }
}
